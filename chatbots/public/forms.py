"""What a visitor may send."""

from django import forms

LONGEST_MESSAGE = 2000  # characters


class MessageForm(forms.Form):
    """A visitor's message. The token opens the conversation; the message id makes it count once."""

    token = forms.RegexField(r"^[A-Za-z0-9_-]{43}\Z", widget=forms.HiddenInput)
    message_id = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 1, "dir": "auto", "placeholder": "Write a message…"}),
        error_messages={
            "required": "Please write a message first.",
            "max_length": f"Please keep it to {LONGEST_MESSAGE} characters.",
        },
    )
