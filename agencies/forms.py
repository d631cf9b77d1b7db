"""Forms of this floor."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from agencies import zones

MANY = 1_000_000_000
MOST_CHOSEN = 100  # rows at once, as many as a page shows


class WholeField(forms.IntegerField):
    """A whole number of 1 or more."""

    default_error_messages = dict.fromkeys(("required", "invalid"), "Please enter a whole number of 1 or more.")

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, **options)
        self.validators = [
            MinValueValidator(1, self.default_error_messages["invalid"]),
            MaxValueValidator(options["max_value"], f"Please enter at most {options['max_value']:,}."),
        ]


class ApplicationForm(forms.Form):
    """Asks for the agency model."""

    website = forms.URLField(
        label="Your website",
        required=False,
        max_length=300,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "url"}),
        error_messages={"invalid": "This is not a web address. An example: https://northwind.example"},
    )
    clients = WholeField(label="Clients you expect in the first year", max_value=100_000, initial=3)
    messages = WholeField(label="Messages you expect a month, for all clients together", max_value=MANY, initial=5000)
    goals = forms.CharField(
        label="What do you want to do for your clients?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class WordsField(forms.CharField):
    """Something that one side of an application writes to the other."""

    def __init__(self, *, label: str, missing: str) -> None:
        super().__init__(
            label=label,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 4, "cols": 60, "dir": "auto"}),
            error_messages={"required": missing, "max_length": "Please keep it to 2,000 characters."},
        )


class AnswerForm(forms.Form):
    """The applicant answers support. What is being typed outlives the look for news."""

    text = WordsField(label="Your answer", missing="Please write an answer.")
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)  # the last question that was on the page

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "answer_%s", **kwargs})
        self.fields["text"].widget.attrs["hx-preserve"] = "true"


class QuestionForm(forms.Form):
    """Support asks the applicant."""

    text = WordsField(label="Question", missing="Please write a question: the applicant reads it.")


class NoteForm(forms.Form):
    """Support writes something down for support."""

    text = WordsField(label="Note", missing="Please write a note. Only support reads it.")


class SuspendForm(forms.Form):
    """Support's reason, which the account's people read."""

    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
        error_messages={"required": "Please give a reason: the account's people read it."},
    )


class VisitForm(forms.Form):
    """Why support looks at an agency's pages; the agency reads it."""

    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        error_messages={"required": "Please give a reason: the agency reads it."},
    )


class DeclineForm(forms.Form):
    """Support's reason, which the applicant reads."""

    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
        error_messages={"required": "Please give a reason: the applicant reads it."},
    )


class ZoneForm(forms.Form):
    """A time zone from the list; where `empty` says what no choice means, none may be chosen."""

    time_zone = forms.ChoiceField(
        label="Time zone",
        error_messages={"required": "Please choose a time zone.", "invalid_choice": "Please choose one from the list."},
    )

    def __init__(self, data: Any = None, *, chosen: str, empty: str = "") -> None:
        super().__init__(data, initial={"time_zone": chosen})
        field: Any = self.fields["time_zone"]
        none = [("", empty)] if empty else []
        field.required, field.choices = not empty, [*none, *((name, name) for name in zones.offered(chosen))]


class KeysField(forms.TypedMultipleChoiceField):
    """Rows that were chosen in a list, by their keys. Whose they are is asked where they are loaded."""

    default_error_messages = {
        "required": "Choose at least one first. Nothing was changed.",
        "invalid_choice": "This is no row of the list. Nothing was changed.",
    }

    def __init__(self) -> None:
        super().__init__(coerce=int)

    def valid_value(self, value: Any) -> bool:
        return str(value).isdecimal() and str(value).isascii() and len(str(value)) < 19

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > MOST_CHOSEN:
            raise forms.ValidationError(f"Choose at most {MOST_CHOSEN} at once. Nothing was changed.")


class ChosenForm(forms.Form):
    """What a button above a list is pressed for."""

    chosen = KeysField()
