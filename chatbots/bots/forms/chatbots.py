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
