"""What people write into a conversation, and their rules."""

import uuid
from typing import Any

from django import forms

from agencies.names import NameField
from chatbots.models.conversations import LONGEST_TAG, MOST_TAGS

LONGEST_REPLY, LONGEST_NOTE = 4000, 4000


class ReplyForm(forms.Form):
    """A person's reply to the visitor."""

    text = forms.CharField(
        label="Reply",
        max_length=LONGEST_REPLY,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={
            "required": "Please write a reply first.",
            "max_length": f"Please keep it to {LONGEST_REPLY} characters.",
        },
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)


class NoteForm(forms.Form):
    """A note for one's own side."""

    text = forms.CharField(
        label="Note",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        error_messages={
            "required": "Please write a note first.",
            "max_length": f"Please keep it to {LONGEST_NOTE} characters.",
        },
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "note_%s", **kwargs})


class TagsForm(forms.Form):
    """Words that sort conversations, with commas between them."""

    tags = forms.CharField(
        label="Tags",
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", "placeholder": "refund, wholesale"}),
    )

    def clean_tags(self) -> list[str]:
        names = [NameField(label="").to_python(part).casefold() for part in str(self.cleaned_data["tags"]).split(",")]
        tags = list(dict.fromkeys(filter(None, names)))
        if len(tags) > MOST_TAGS:
            raise forms.ValidationError(f"Please keep it to {MOST_TAGS} tags.")
        if any(len(tag) > LONGEST_TAG for tag in tags):
            raise forms.ValidationError(f"Please keep each tag to {LONGEST_TAG} characters.")
        return tags


class AssigneeForm(forms.Form):
    """Whose conversation it is."""

    assignee = forms.TypedChoiceField(label="Assignee", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, people: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "Nobody"), *((person.pk, str(person)) for person in people)]
        self.fields["assignee"].choices = choices  # type: ignore[attr-defined]


class RulesForm(forms.Form):
    """How soon people reply, and how long conversations are kept."""

    reply_within = forms.IntegerField(
        label="Minutes to reply",
        min_value=1,
        max_value=1440,
        help_text="When nobody has replied by then, the chatbot answers again and says so.",
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Please enter 1 to 1,440 minutes."
        ),
    )
    kept_days = forms.IntegerField(
        label="Days to keep conversations",
        required=False,
        min_value=1,
        max_value=36_500,
        help_text="Older ones are deleted with what was left in them; units and charts stay. Empty: for ever.",
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Please enter 1 to 36,500 days."),
    )


def fresh(form: type[ReplyForm] | type[NoteForm], text: str = "") -> ReplyForm | NoteForm:
    """A blank form under a new key, or with words that were not taken."""
    return form(initial={"request_key": uuid.uuid4(), "text": text})
