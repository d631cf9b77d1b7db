"""What a visitor may send."""

from typing import Any

from django import forms

from agencies.addresses import EmailField
from agencies.names import NameField

LONGEST_MESSAGE = 2000  # characters


class TokenField(forms.RegexField):
    """What opens a visitor's conversation: 256 bits."""

    def __init__(self) -> None:
        super().__init__(r"^[A-Za-z0-9_-]{43}\Z", widget=forms.HiddenInput)


class TokenForm(forms.Form):
    """What opens a conversation, and nothing else."""

    token = TokenField()


class MessageForm(forms.Form):
    """A visitor's message. The token opens the conversation; the message id makes it count once."""

    token = TokenField()
    message_id = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 1, "dir": "auto"}),
        error_messages={
            "required": "Please write a message first.",
            "max_length": f"Please keep it to {LONGEST_MESSAGE} characters.",
        },
    )


class LeadForm(forms.Form):
    """What a visitor leaves for the team. It stands beside the message form, so its fields have ids of their own."""

    token = TokenField()
    request_key = forms.UUIDField(widget=forms.HiddenInput)
    name = NameField(label="Your name")
    email = EmailField(
        label="Your e-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": "Please enter your address: the answer goes there.",
            "max_length": "Please keep it to 254 characters.",
            "invalid": "This is not an e-mail address. An example: name@mail.example",
        },
    )
    text = forms.CharField(
        label="Your message",
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        error_messages={
            "required": "Please write a message.",
            "max_length": f"Please keep it to {LONGEST_MESSAGE} characters.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "leave_%s", **kwargs})
        self.fields["name"].required = False
        self.fields["name"].widget.attrs["autocomplete"] = "name"


class NewsForm(forms.Form):
    """What a page asks for while a person speaks: the lines after one."""

    token = TokenField()
    after = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)


class PersonForm(forms.Form):
    """The visitor asks for a person."""

    token = TokenField()


class RateForm(forms.Form):
    """A thumb for a line, or none."""

    token = TokenField()
    line = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    rating = forms.ChoiceField(choices=[("up", "up"), ("down", "down"), ("none", "none")])
