"""A model provider of one's own."""

from typing import Any
from urllib.parse import SplitResult, urlsplit

from django import forms
from django.conf import settings

from chatbots.models import Endpoint


class ProviderForm(forms.Form):
    """An endpoint that speaks the OpenAI protocol. The stored key is never filled in."""

    base_url = forms.URLField(
        label="Address",
        max_length=300,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://api.example.com/v1", "autocomplete": "off"}),
        help_text="Up to and including /v1, as the provider writes it for clients of the OpenAI protocol.",
        error_messages={
            "required": "Please enter the provider's address.",
            "invalid": "This is not a web address. It begins with https:// and mostly ends in /v1.",
        },
    )
    model = forms.CharField(
        label="Model",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "gpt-4o-mini"}),
        error_messages={"required": "Please enter the name of a model that the provider has."},
    )
    api_key = forms.CharField(
        label="Key",
        min_length=8,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="It is stored encrypted, and shown to nobody again.",
        error_messages={"required": "Please enter the key."},
    )
    falls_back = forms.BooleanField(
        label="When it fails, ask the next one",
        required=False,
        help_text="After a chatbot's own the agency's, after that this Bureau's, as far as there is one. It sees the "
        "visitors' words then, and its owner pays.",
    )

    def __init__(self, *args: Any, endpoint: Endpoint | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if endpoint:
            self.fields["api_key"].required = False
            self.fields["api_key"].help_text = f"One that ends in {endpoint.key_end} is stored. Empty: it stays."

    def clean_base_url(self) -> str:
        url = str(self.cleaned_data["base_url"]).rstrip("/")
        parts = urlsplit(url)
        if not has_port(parts):
            raise forms.ValidationError("Please look at the number behind the colon: it is no port.")
        if parts.scheme != "https" and parts.netloc not in settings.FETCH_ALLOWED:
            raise forms.ValidationError(
                "Please use an address that begins with https://, so that the key stays secret."
            )
        if parts.username or parts.password or parts.query or parts.fragment:
            raise forms.ValidationError("Please leave out names, passwords and everything from a ? or # on.")
        return url


def has_port(parts: SplitResult) -> bool:
    """Whether the port, if one is written, can be one."""
    try:
        return parts.port != 0
    except ValueError:
        return False
