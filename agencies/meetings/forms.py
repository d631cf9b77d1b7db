"""What is asked before a meeting, and which time."""

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from agencies.addresses import EmailField
from agencies.forms import MANY, WholeField
from agencies.models import OfficeHours
from agencies.names import NameField
from agencies.zones import known_zone, zones

# What a mail program, or a person, takes for a web address. A company may be called Booking.com, a person may not.
ADDRESS = re.compile(r"://|\bwww\.|[^\s/.]\.[^\s/.]{2,}/", re.I)
HOST = re.compile(r"[^\s.]\.(?:[a-z]{2,}|[A-Z]{2,})\b")


class SlotForm(forms.Form):
    """An instant, as the list offers it, and the zone in which it was read."""

    slot = forms.CharField(error_messages={"required": "Please choose a time."})
    zone = forms.CharField(
        max_length=63,
        validators=[known_zone],
        widget=forms.HiddenInput,
        error_messages={"required": "Please choose a time zone."},
    )

    def clean_slot(self) -> datetime:
        try:
            at = datetime.fromisoformat(self.cleaned_data["slot"])
        except ValueError:
            at = None
        if at is None or at.tzinfo is None or not 2000 < at.year < 9000:
            raise ValidationError("Please choose a time from the list.")
        return at.astimezone(UTC)


class MeetingForm(SlotForm):
    """Half an hour, and what support would like to know before."""

    name = NameField(label="Your name")
    email = EmailField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": "Please enter your e-mail.", "invalid": "This is not an e-mail address."},
    )
    company = NameField(label="Company")
    website = forms.URLField(
        label="Website",
        required=False,
        max_length=300,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "url"}),
        error_messages={"invalid": "This is not a web address. An example: https://northwind.example"},
    )
    clients = WholeField(label="For how many clients do you work?", max_value=100_000)
    messages = WholeField(label="Messages you expect a month, for all of them", max_value=MANY)
    goals = forms.CharField(
        label="What do you want to do for your clients?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    request_key = forms.UUIDField(initial=uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["company"].widget.attrs["autocomplete"] = "organization"

    def clean_name(self) -> str:
        return without_address(self.cleaned_data["name"], ADDRESS, HOST)

    def clean_company(self) -> str:
        return without_address(self.cleaned_data["company"], ADDRESS)

    @property
    def questions(self) -> list[forms.BoundField]:
        """The fields that are typed, without the time."""
        return [field for field in self.visible_fields() if field.name != "slot"]

    @property
    def booking(self) -> dict[str, Any]:
        """As `booking.schedule` takes it."""
        answers = dict(self.cleaned_data)
        return {"starts_at": answers.pop("slot"), "time_zone": answers.pop("zone"), **answers}


class OfficeHoursFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """The hours of the week. Two of one day that overlap would offer times that overlap."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """In a table the head of the column labels a field for eyes alone."""
        super().add_fields(form, index)
        for name in {"weekday", "opens", "closes", "DELETE"} & {*form.fields}:
            form.fields[name].widget.attrs["aria-label"] = str(form.fields[name].label)

    def clean(self) -> None:
        super().clean()
        rows = [form.cleaned_data for form in self.forms if form.is_valid() and not form.cleaned_data.get("DELETE")]
        hours = sorted((row["weekday"], row["opens"], row["closes"]) for row in rows if "opens" in row)
        for (day, _, closes), (next_day, opens, _) in pairwise(hours):
            if day == next_day and opens < closes:
                name = OfficeHours.Weekday(day).label
                raise ValidationError(f"Two hours of {name} overlap. Please make one of them, or part them.")


class CancelForm(forms.Form):
    """Support's reason, which the other side reads."""

    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        error_messages={"required": "Please give a reason: it stands in the mail."},
    )


def without_address(name: str, *addresses: re.Pattern[str]) -> str:
    """Mails to an address that a stranger typed carry no other address than ours."""
    if any(pattern.search(name) for pattern in addresses):
        raise ValidationError("Please write this name without a web address.")
    return name


def known_or_utc(name: str) -> tuple[str, str]:
    """The zone to show times in, and what to say when there is none of this name."""
    if not name or name in zones():
        return name or "UTC", ""
    return "UTC", f"There is no time zone “{name[:60]}”. Times are in UTC; please choose yours from the list."


def by_day(free: list[datetime], zone: str) -> list[tuple[datetime, list[datetime]]]:
    """Free times grouped by the day on which they are in this zone."""
    days: dict[Any, list[datetime]] = {}
    for at in free:
        local = at.astimezone(ZoneInfo(zone))
        days.setdefault(local.date(), []).append(local)
    return [(times[0], times) for times in days.values()]
