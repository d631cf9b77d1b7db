"""Fields of this floor's forms."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from agencies import addresses

MANY = 1_000_000_000
WHOLE = re.compile(r"\d+|\d{1,3}(?:[ ,.'’\u00a0\u202f]\d{3})+")


class CapField(forms.IntegerField):
    """An optional ceiling: a whole number of 0 or more, also as 1,000 or 1.000; empty draws on the shared pool."""

    def __init__(self, *, label: str) -> None:
        wrong = "Please enter a whole number of 0 or more, or leave it empty."
        super().__init__(
            label=label,
            required=False,
            min_value=0,
            max_value=MANY,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "Shared pool", "autocomplete": "off"}),
            error_messages={
                "invalid": wrong,
                "min_value": wrong,
                "max_value": "That is more than any pool holds. Leave it empty to draw on the shared pool.",
            },
        )

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if text and not WHOLE.fullmatch(text):  # "1.5" and "1,5" are no thousands: guessing would cut a client off
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(re.sub(r"\D", "", text))


class AmountField(CapField):
    """A whole number of 1 or more, also as 1,000 or 1.000."""

    def __init__(self, *, label: str) -> None:
        super().__init__(label=label)
        wrong = "Please enter a whole number of 1 or more."
        self.required, self.widget.is_required = True, True
        self.validators = [MinValueValidator(1), MaxValueValidator(MANY)]
        self.error_messages |= dict.fromkeys(("required", "invalid", "min_value"), wrong)
        self.error_messages["max_value"] = "That is more than any pool holds."
        del self.widget.attrs["placeholder"]


class EmailField(addresses.EmailField):
    """An address to invite."""

    def __init__(self, *, required: bool) -> None:
        super().__init__(
            label="E-mail",
            required=required,
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "off", "placeholder": "name@client.example"}),
            error_messages={
                "invalid": "This is not an e-mail address. An example: name@client.example",
                "required": "Please enter the address to invite.",
            },
        )

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).lower()  # before its length is checked: İ grows


class DayField(forms.DateField):
    """A day of the calendar, within what a log can hold."""

    def __init__(self, *, label: str) -> None:
        wrong = "Please choose a day between 2000 and 2100."
        super().__init__(
            label=label,
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}),
            validators=[MinValueValidator(date(2000, 1, 1), wrong), MaxValueValidator(date(2100, 1, 1), wrong)],
            error_messages={"invalid": wrong},
        )
