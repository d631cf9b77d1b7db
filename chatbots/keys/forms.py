"""What a new API key needs."""

from django import forms

from agencies.names import NameField


class KeyForm(forms.Form):
    """A key's name. The request key makes one key of a form that is sent twice."""

    request_key = forms.UUIDField(widget=forms.HiddenInput)
    name = NameField(label="Name of the key", help_text="What will use it, such as “Our app” or “Intranet”.")
