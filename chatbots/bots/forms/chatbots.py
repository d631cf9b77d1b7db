"""Forms of a chatbot's own settings."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from agencies.names import NameField
from chatbots.models import Blueprint, Chatbot
from workspaces.models import Workspace


class ChatbotForm(forms.Form):
    """A new chatbot."""

    name = NameField(label="Name of the chatbot", placeholder="Bakery assistant", help_text="Visitors see it.")
    language = forms.ChoiceField(
        label="Language of what it learns", choices=Chatbot.Language.choices, initial=Chatbot.Language.ENGLISH
    )
    blueprint = forms.ModelChoiceField(
        label="Blueprint",
        queryset=Blueprint.objects.none(),
        required=False,
        empty_label="None: the usual settings",
        error_messages={"invalid_choice": "This blueprint is gone. Please choose another one."},
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, blueprints: QuerySet[Blueprint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["blueprint"].queryset = blueprints  # type: ignore[attr-defined]
        if not blueprints.exists():
            del self.fields["blueprint"]


class BlueprintForm(forms.Form):
    """Keeps a chatbot's settings as a blueprint."""

    name = NameField(label="Name of the blueprint", help_text="Only your team sees it.")
    replaces = forms.BooleanField(label="Replace the blueprint of this name, if there is one", required=False)


class PushForm(forms.Form):
    """Which settings of a blueprint go into which of its chatbots."""

    settings = forms.MultipleChoiceField(error_messages={"required": "Please choose at least one setting."})
    chatbots = forms.ModelMultipleChoiceField(
        queryset=Chatbot.objects.none(),
        error_messages={
            "required": "Please choose at least one chatbot.",
            "invalid_choice": "One of these chatbots is not of this blueprint any more. Please choose again.",
            "invalid_pk_value": "One of these chatbots is not of this blueprint any more. Please choose again.",
        },
    )

    def __init__(self, *args: Any, settings: list[str], chatbots: QuerySet[Chatbot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["settings"].choices = [(name, name) for name in settings]  # type: ignore[attr-defined]
        self.fields["chatbots"].queryset = chatbots  # type: ignore[attr-defined]


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
