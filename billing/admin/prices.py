"""Prices, as support types them."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from agencies.forms import MANY
from billing import money


class CurrencyField(forms.CharField):
    """Three letters, in any case."""

    def __init__(self, *, required: bool = True) -> None:
        wrong = "Please enter the three letters of a currency, as EUR."
        super().__init__(
            required=required,
            min_length=3,
            max_length=3,
            initial="EUR",
            validators=[RegexValidator("^[A-Z]{3}$", wrong)],
            error_messages={"min_length": wrong, "max_length": wrong},
            widget=forms.TextInput(attrs={"size": 4, "autocomplete": "off"}),
        )

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).upper()


class PricedForm(forms.ModelForm):
    """A row with a price: typed as people write it, kept in the minor units of its currency."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.price is not None:
            self.initial["price"] = money.major(self.instance.price, self.instance.currency)

    def clean(self) -> dict[str, Any]:
        wanted: dict[str, Any] = super().clean() or self.cleaned_data
        if "currency" in wanted:
            wanted["currency"] = wanted["currency"] or self.instance.currency
        if wanted.get("price") is not None and "currency" in wanted:
            try:
                wanted["price"] = money.minor(wanted["price"], wanted["currency"])
            except money.TooFine as refusal:
                self.add_error("price", str(refusal))
            else:
                if wanted["price"] > MANY:
                    self.add_error("price", f"That is more than a {self.instance._meta.verbose_name} can cost.")
        return wanted
