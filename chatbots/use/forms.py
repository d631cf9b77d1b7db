"""Forms of asking for more, granting and declining."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from billing.periods import Period
from workspaces.forms.fields import AmountField, DayField


class AskForm(forms.Form):
    """A client's wish."""

    note = forms.CharField(
        label="Why, or how much",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
        help_text="Up to 300 characters, for your agency.",
    )


class DeclineForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label="Reason",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
        help_text="Up to 300 characters. The client reads it.",
        error_messages={"required": "Please say why, for the one who asked."},
    )


class GrantForm(forms.Form):
    """How much more, and until when: the end of the billing period, a day, or for good."""

    PERIOD, DAY, OPEN = "period", "day", "open"

    amount = AmountField(label="How many more")
    until = forms.ChoiceField(label="Until", initial=PERIOD)
    day = DayField(label="Last day")

    def __init__(self, *args: Any, period: Period, time_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.period, self.zone = period, ZoneInfo(time_zone)
        self.fields["until"].choices = [  # type: ignore[attr-defined]
            (self.PERIOD, "End of this billing period"),
            (self.DAY, "The last day below"),
            (self.OPEN, "No end"),
        ]
        self.fields["until"].help_text = f"The period's last day is {period.last_day:%-d %B %Y}."
        self.fields["day"].help_text = f"Only for that choice. The day counts to its end ({time_zone})."

    def clean(self) -> None:
        if self.cleaned_data.get("until") != self.DAY or self.has_error("day"):
            return
        day = self.cleaned_data.get("day")
        if day is None:
            self.add_error("day", "Please choose the last day.")
        elif day < timezone.now().astimezone(self.zone).date():
            self.add_error("day", "This day is over already. Please choose a later one.")

    @property
    def ends_at(self) -> datetime | None:
        """The first moment at which it counts no more."""
        if self.cleaned_data["until"] == self.DAY:
            following = self.cleaned_data["day"] + timedelta(days=1)
            return datetime.combine(following, time(), self.zone)
        return self.period.end if self.cleaned_data["until"] == self.PERIOD else None
