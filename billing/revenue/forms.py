"""Forms of money. Amounts are typed as people write them, and come out in the currency's minor units."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from billing import money
from billing.models import Way
from billing.models.revenue import MOST, MOST_MULTIPLE, MOST_PRICE, MOST_UNITS, ONCE
from billing.revenue import calculator
from billing.revenue.sums import Priced
from workspaces.forms.fields import DayField

LOST = "This form has lost its month. Please reload the page."
AMOUNT = "Please enter an amount of 0 or more, as 19.00, without the currency."


class MoneyField(forms.DecimalField):
    """An amount of a currency, at most `most` minor units."""

    def __init__(
        self, *, label: str, currency: str, most: int = MOST, help_text: str = "", required: bool = True
    ) -> None:
        self.currency, self.most = currency, most
        super().__init__(
            label=f"{label} ({currency})",
            min_value=Decimal(0),
            required=required,
            help_text=help_text,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            error_messages=dict.fromkeys(("required", "invalid", "min_value"), AMOUNT),
        )

    def clean(self, value: Any) -> Any:
        amount: Decimal | None = super().clean(value)
        if amount is None:
            return 0
        if amount > money.major(self.most, self.currency):
            raise forms.ValidationError(f"Please enter at most {money.shown(self.most, self.currency)}.")
        try:
            return money.minor(amount, self.currency)
        except money.TooFine as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def prepare_value(self, value: Any) -> Any:
        return f"{money.major(value, self.currency):f}" if isinstance(value, int) else value


class SinceField(DayField):
    """The day from which something holds."""

    def __init__(self, *, label: str = "From") -> None:
        super().__init__(label=label)
        self.required = self.widget.is_required = True
        self.error_messages["required"] = self.error_messages["invalid"]


class CurrencyField(forms.CharField):
    """Three letters, in any case."""

    def __init__(self, *, label: str) -> None:
        wrong = "Please enter the three letters of a currency, as EUR."
        super().__init__(
            label=label,
            min_length=3,
            max_length=3,
            validators=[RegexValidator("^[A-Z]{3}$", wrong)],
            error_messages=dict.fromkeys(("required", "min_length", "max_length"), wrong),
            widget=forms.TextInput(attrs={"autocomplete": "off", "size": 4}),
        )

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).upper()


def tried(label: str, most: int, initial: int) -> forms.IntegerField:
    """A number of the public calculator."""
    wrong = f"Please enter a whole number from 1 to {most:,}."
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=most,
        initial=initial,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
    )


class TermsForm(forms.Form):
    """What a client pays from a day. Only the fields of the chosen way count."""

    way = forms.ChoiceField(label="How it is billed", choices=Way.choices)
    since = SinceField()

    def __init__(self, data: Any = None, *, currency: str, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        told: dict[str, Any] = {"currency": currency, "required": False}
        self.fields["fee"] = MoneyField(
            label="A month", help_text="Of a referral: what the client pays Bureau.", **told
        )
        self.fields["included"] = whole("Units in the fee", MOST_UNITS)
        self.fields["extra_price"] = MoneyField(label="Each 1,000 units beyond them", most=MOST_PRICE, **told)
        self.fields["multiple"] = forms.DecimalField(
            label="Times its cost",
            required=False,
            max_value=Decimal(MOST_MULTIPLE) / ONCE,
            decimal_places=2,
            help_text="As 1.5: what a client costs is its share of the pool, and its own model.",
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )

    def clean(self) -> None:
        multiple = self.cleaned_data.get("multiple")
        if self.cleaned_data.get("way") == Way.MULTIPLE and "multiple" in self.cleaned_data and not (multiple or 0) > 0:
            self.add_error("multiple", "Please enter more than 0, as 1.5.")

    @property
    def priced(self) -> Priced:
        """What was typed, as far as it belongs to the chosen way."""
        typed = self.cleaned_data
        way = typed["way"]
        fee = typed["fee"] if way in (Way.FLAT, Way.REFERRAL) else 0
        if way == Way.FLAT:
            return Priced(way, fee, typed["included"] or 0, typed["extra_price"])
        return Priced(way, fee, multiple=int(typed["multiple"] * ONCE) if way == Way.MULTIPLE else 0)


def whole(label: str, most: int) -> forms.IntegerField:
    wrong = "Please enter a whole number of 0 or more."
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=most,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(("invalid", "min_value"), wrong)
        | {"max_value": f"Please enter at most {most:,}."},
    )


class BooksForm(forms.Form):
    currency = CurrencyField(label="You count in")


class ModelPriceForm(forms.Form):
    """What a model of the agency's own provider costs."""

    model = forms.CharField(label="Model", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    since = SinceField()

    def __init__(self, data: Any = None, *, currency: str, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="id_model_%s")
        told: dict[str, Any] = {"currency": currency, "most": MOST_PRICE}
        self.fields["input_price"] = MoneyField(label="A million tokens read", **told)
        self.fields["output_price"] = MoneyField(label="A million tokens written", **told)


class RateForm(forms.Form):
    """What another currency is in the agency's own."""

    currency = CurrencyField(label="Currency of a plan or pack")
    since = SinceField()
    rate = forms.DecimalField(
        min_value=Decimal("0.00000001"),
        max_value=Decimal(1_000_000),
        max_digits=18,
        decimal_places=8,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value"), "Please enter a rate above 0, as 162.5."),
    )

    def __init__(self, data: Any = None, *, own: str, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="id_rate_%s")
        self.fields["rate"].label = f"1 of it in {own}"


class MarginForm(forms.Form):
    """The margin that is wished for."""

    margin = forms.IntegerField(
        label="Wished margin, in per cent",
        min_value=0,
        max_value=99,
        initial=30,
        widget=forms.NumberInput(),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Please enter a whole number from 0 to 99."
        ),
    )


class CloseForm(forms.Form):
    """The month that was looked at, by its first day."""

    start = forms.DateField(widget=forms.HiddenInput, error_messages=dict.fromkeys(("required", "invalid"), LOST))


class CalculatorForm(forms.Form):
    """What a visitor of the public page tries."""

    clients = tried("Clients", 10_000, calculator.CLIENTS)
    messages = tried("Messages of each a month", 1_000_000, calculator.MESSAGES)
    price = tried("Each pays a month", 1_000_000, calculator.PRICE)

    def __init__(self, data: Any = None, *, currency: str) -> None:
        super().__init__(data)
        self.currency = currency
        self.fields["price"].label = f"Each pays a month ({currency})"

    @property
    def numbers(self) -> dict[str, int]:
        """What was typed, or what the page begins with; the price in minor units."""
        typed = self.cleaned_data if self.is_bound else {name: each.initial for name, each in self.fields.items()}
        return typed | {"price": money.minor(Decimal(typed["price"]), self.currency)}


def starts(day: date | None) -> dict[str, Any]:
    """What a form begins with."""
    return {"since": day.isoformat()} if day else {}
