"""Forms of a chatbot's own settings."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from agencies.names import NameField
from chatbots.models import Chatbot
from workspaces.models import Workspace


class ChatbotForm(forms.Form):
    """A new chatbot."""

    name = NameField(label="Name of the chatbot", placeholder="Bakery assistant", help_text="Visitors see it.")
    language = forms.ChoiceField(
        label="Language of what it learns", choices=Chatbot.Language.choices, initial=Chatbot.Language.ENGLISH
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)


class SettingsForm(forms.Form):
    """What a chatbot is called, how it begins, and how a model should speak."""

    name = NameField(label="Name", help_text="Visitors see it above the conversation.")
    language = forms.ChoiceField(label="Language of what it learns", choices=Chatbot.Language.choices)
    first_message = forms.CharField(
        label="First message", max_length=300, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    instructions = forms.CharField(
        label="Instructions",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text="Tone and rules for a model. The embedded answerer quotes the data sources and needs none.",
    )
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


class MoveForm(forms.Form):
    """Where a chatbot moves to: one of the agency's open workspaces."""

    to = forms.ModelChoiceField(
        label="Workspace",
        queryset=Workspace.objects.none(),
        error_messages={
            "required": "Please choose a workspace.",
            "invalid_choice": "This workspace is not open any more. Please choose another one.",
        },
    )

    def __init__(self, *args: Any, workspaces: QuerySet[Workspace], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = workspaces  # type: ignore[attr-defined]


class CloneForm(MoveForm):
    """A copy's name, and where it goes."""

    name = NameField(label="Name of the copy", help_text="Visitors see it.")
    request_key = forms.UUIDField(widget=forms.HiddenInput)
