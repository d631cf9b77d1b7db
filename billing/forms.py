"""Forms of this floor."""

import re
from typing import Any

from django import forms

from billing import alerts
from workspaces.forms.fields import CapField


class CapsForm(forms.Form):
    """Optional ceilings of one workspace."""

    message_cap = CapField(label="Messages per period, at most")
    source_cap = CapField(label="Data sources, at most")
    seat_cap = CapField(label="Seats, at most")


class ThresholdsField(forms.CharField):
    """Per cents in one line, such as 50, 75, 90, 100; the domain says which will do."""

    def to_python(self, value: Any) -> list[int]:  # type: ignore[override]
        pieces = re.split(r"[\s,;%]+", super().to_python(value) or "")
        try:
            return [int(piece) for piece in pieces if piece]
        except ValueError as error:
            raise forms.ValidationError(str(alerts.WrongThresholds())) from error

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value


class AlertsForm(forms.Form):
    """When an agency wants to be told of use."""

    thresholds = ThresholdsField(
        label="Thresholds, in per cent",
        required=False,
        max_length=60,
        help_text="Up to 6 whole numbers from 1 to 100. Empty means no alerts.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "No alerts"}),
    )
