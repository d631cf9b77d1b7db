"""The form of a week, of what is said outside of it, and of where a chatbot may stand."""

from collections.abc import Iterator, Mapping
from datetime import time
from typing import Any

from django import forms

from chatbots.bots.forms.fields import DomainsField, ZoneField
from chatbots.bots.forms.subjects import SubjectForm
from chatbots.bots.hours import DAYS, MIDNIGHT
from chatbots.models.settings import MOST_DOMAINS

SPANS = 2  # a day
WRITTEN = ["%H:%M", "%H.%M", "%H"]  # ways of writing a time
HALF = "Please give both times, or none."
BACKWARDS = "It ends before it begins. For a night, end at 00:00 and begin the next day at 00:00."
OVERLAP = "The second times begin before the first ones end."


class AvailabilityForm(SubjectForm):
    """When people are there, and where the chatbot may stand. Without any time it is always open."""

    time_zone = ZoneField(
        label="Time zone",
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off", "spellcheck": "false"}),
        help_text="Empty: the agency's.",
    )
    away_notice = forms.CharField(
        label="Notice outside of the hours",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text="Above the conversation. The chatbot answers all the same.",
    )
    allowed_domains = DomainsField(
        label="Allowed domains",
        most=MOST_DOMAINS,
        longest=260,
        what="domains",
        help_text="Pages that may show it, one host in a line: shop.example, or *.shop.example for all below. "
        "Empty: every page.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day, label in DAYS.items():
            for name in names_of(day):
                says = f"{label}, {'from' if name.endswith('from') else 'to'}"
                attrs = {"aria-label": says, "inputmode": "numeric", "autocomplete": "off", "placeholder": "–:–"}
                widget = forms.TimeInput(format="%H:%M", attrs=attrs)
                self.fields[name] = forms.TimeField(label=says, required=False, widget=widget, input_formats=WRITTEN)
                self.fields[name].error_messages["invalid"] = "Please write a time such as 09:30."

    @classmethod
    def typed_for(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        shown = super().typed_for(values)
        for day, spans in (values.get("hours") or {}).items():
            times = [moment for span in spans[:SPANS] for moment in span]
            shown |= zip(names_of(day), (moment.replace(MIDNIGHT, "00:00") for moment in times), strict=False)
        return shown

    def week(self) -> Iterator[tuple[str, list[Any], list[str]]]:
        """Each day's name, its fields and what is wrong with them, for the page."""
        for day, label in DAYS.items():
            fields = [self[name] for name in names_of(day)]
            yield label, fields, [str(error) for field in fields for error in field.errors]

    def clean(self) -> dict[str, Any]:
        """Adds `hours`, as they are kept, where all of them were typed well."""
        sent: dict[str, Any] = self.cleaned_data
        week = {day: self.spans_of(day) for day in DAYS}
        if not any(name in self.errors for day in DAYS for name in names_of(day)):
            sent["hours"] = {day: spans for day, spans in week.items() if spans}
        return sent

    def spans_of(self, day: str) -> list[list[str]]:
        spans: list[list[str]] = []
        names = names_of(day)
        for begins, ends in zip(names[::2], names[1::2], strict=True):
            span = self.span(begins, ends)
            if span and spans and span[0] < spans[-1][1]:
                self.add_error(begins, OVERLAP)
            spans += [span] if span else []
        return spans

    def span(self, begins: str, ends: str) -> list[str]:
        """The times of two fields as they are kept; none where they are empty or amiss."""
        since, until = self.cleaned_data.get(begins), self.cleaned_data.get(ends)
        if begins in self.errors or ends in self.errors or (since is None and until is None):
            return []
        if since is None or until is None:
            self.add_error(begins if since is None else ends, HALF)
            return []
        last = MIDNIGHT if until == time(0) else f"{until:%H:%M}"
        if last <= f"{since:%H:%M}":
            self.add_error(ends, BACKWARDS)
            return []
        return [f"{since:%H:%M}", last]

    @property
    def settings(self) -> dict[str, Any]:
        kept = ("hours", "time_zone", "away_notice", "allowed_domains")
        return {name: self.cleaned_data[name] for name in kept if name in self.cleaned_data}


def names_of(day: str) -> list[str]:
    return [f"{day}_{span}_{edge}" for span in range(1, SPANS + 1) for edge in ("from", "to")]
