"""What a chatbot can be taught by hand."""

from django import forms

LONGEST_TEXT = 200_000  # characters


class TextForm(forms.Form):
    """A text."""

    title = forms.CharField(
        label="Title",
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off", "placeholder": "Opening hours"}),
        help_text="Answers name it as their source.",
        error_messages={"required": "Please give it a title."},
    )
    text = forms.CharField(
        label="Text",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 12, "dir": "auto"}),
        error_messages={"required": "Please enter the text to learn."},
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)


class QAForm(forms.Form):
    """A question with its answer."""

    title = forms.CharField(
        label="Question",
        max_length=200,
        widget=forms.TextInput(
            attrs={"dir": "auto", "autocomplete": "off", "placeholder": "Do you bake without gluten?"}
        ),
        error_messages={"required": "Please enter the question."},
    )
    text = forms.CharField(
        label="Answer",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text="Visitors get it word for word.",
        error_messages={"required": "Please enter the answer."},
    )
    request_key = forms.UUIDField(widget=forms.HiddenInput)
