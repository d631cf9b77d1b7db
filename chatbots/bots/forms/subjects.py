"""The forms of a chatbot's settings: one for each subject."""

from collections.abc import Mapping
from typing import Any

from django import forms

from agencies.forms import MANY, WholeField
from agencies.names import LONGEST, NameField
from chatbots.bots.forms.fields import ColourField, LinesField, PictureField
from chatbots.models import Chatbot
from chatbots.models.settings import LONGEST_SUGGESTED, MOST_SUGGESTED
from chatbots.public.limits import PER_CHATBOT_AND_DAY, PER_VISITOR

UNSEEN = {"data-unseen": ""}  # no page of a visitor shows it, so the live preview needs none of it


class SubjectForm(forms.Form):
    """The settings of one subject. `settings` are those that were typed well, as they are kept."""

    @classmethod
    def typed_for(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the fields show for these settings."""
        return {name: values[name] for name in cls.base_fields if name in values}

    @property
    def settings(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    @property
    def picture(self) -> bytes | None:
        return None


class IdentityForm(SubjectForm):
    """Who the chatbot is, and how it begins."""

    name = NameField(label="Name", help_text="Visitors see it above the conversation.")
    company = NameField(label="Company", help_text="Beneath the name: for whom it speaks.")
    new_picture = PictureField(label="Picture", help_text="PNG, JPEG, WebP or GIF, up to 5 MB. It is cut to a square.")
    without_picture = forms.BooleanField(label="Remove the picture", required=False)
    first_message = forms.CharField(
        label="First message", max_length=300, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )
    suggested = LinesField(
        label="Suggested questions",
        most=MOST_SUGGESTED,
        longest=LONGEST_SUGGESTED,
        what="questions",
        help_text=f"Up to {MOST_SUGGESTED}, one in a line. Visitors ask them with a click.",
    )
    speech = forms.ChoiceField(
        label="Language of the buttons and notices", choices=Chatbot.Speech.choices, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].required = False
        self.fields["company"].error_messages["max_length"] = f"Please keep it to {LONGEST} characters."

    @property
    def settings(self) -> dict[str, Any]:
        kept = {name: value for name, value in self.cleaned_data.items() if not name.endswith("_picture")}
        return kept | ({"avatar": ""} if self.cleaned_data.get("without_picture") and not self.picture else {})

    @property
    def picture(self) -> bytes | None:
        return self.cleaned_data.get("new_picture")


class BehaviourForm(SubjectForm):
    """How it answers, and what it does when it cannot."""

    language = forms.ChoiceField(label="Language of what it learns", choices=Chatbot.Language.choices)
    instructions = forms.CharField(
        label="Instructions",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto", **UNSEEN}),
        help_text="Rules for a model. The embedded answerer quotes the data sources and needs none.",
    )
    tone = forms.ChoiceField(label="Tone of a model", choices=Chatbot.Tone.choices)
    answers_in = forms.CharField(
        label="Language of the answers",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"dir": "auto", "placeholder": "The visitor's"}),
        help_text="Of a model. Empty: it answers in the language of the question.",
    )
    answer_length = forms.ChoiceField(label="Length of a model's answers", choices=Chatbot.Length.choices)
    temperature = forms.FloatField(
        label="Temperature of a model",
        min_value=0,
        max_value=2,
        widget=forms.NumberInput(attrs={"step": "0.1"}),
        help_text="0 keeps to the likeliest words; 2 is freer, and less reliable. Usually 0.2.",
    )
    without_answer = forms.ChoiceField(label="When it knows no answer", choices=Chatbot.WithoutAnswer.choices)
    per_visitor = WholeField(
        label="One visitor's messages a minute",
        max_value=PER_VISITOR,
        help_text=f"At most {PER_VISITOR}, which this Bureau allows everybody.",
    )
    per_day = WholeField(
        label="All messages a day",
        max_value=PER_CHATBOT_AND_DAY,
        help_text=f"At most {PER_CHATBOT_AND_DAY:,}.",
    )
    unit_cap = WholeField(
        label="Units in a billing period",
        required=False,
        max_value=MANY,
        help_text="Never more, whatever the pool has left. At the cap visitors get what the workspace chose for it. "
        "Empty: the workspace's cap and the pool alone.",
    )


class LookForm(SubjectForm):
    """Its colours and shapes."""

    accent = ColourField(label="Colour")
    theme = forms.ChoiceField(label="Light or dark", choices=Chatbot.Theme.choices)
    position = forms.ChoiceField(label="Position", choices=Chatbot.Position.choices)
    size = forms.ChoiceField(label="Size", choices=Chatbot.Size.choices)
    radius = forms.IntegerField(
        label="Roundness of the corners",
        min_value=0,
        max_value=28,
        widget=forms.NumberInput(attrs={"type": "range", "min": 0, "max": 28}),
    )
    launcher = forms.ChoiceField(label="Icon of the button that opens it", choices=Chatbot.Launcher.choices)
    font = forms.ChoiceField(label="Font", choices=Chatbot.Font.choices)
    teaser = forms.CharField(
        label="Teaser",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"dir": "auto", "placeholder": "Questions? I know the answers."}),
        help_text="Beside that button, until it was opened once.",
    )
    powered_by = forms.BooleanField(label="Show “Powered by Bureau”", required=False)
