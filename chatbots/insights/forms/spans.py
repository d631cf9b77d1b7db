"""The days that a page of numbers is about, as they stand in its address."""

from datetime import datetime
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from agencies.models import Agency
from chatbots.insights import spans
from chatbots.insights.spans import CHOICES, LONGEST, Chosen
from workspaces.forms.fields import DayField

MEASURES = {
    "visitor_messages": "Visitor messages",
    "conversations": "Conversations",
    "visitors": "Visitors",
    "units": "Units",
    "unanswered": "Unanswered",
    "leads": "Left messages",
}
BY_HOUR = ("visitor_messages", "conversations")


class SpanForm(forms.Form):
    """`period` names days, and `start` and `end` are own ones; `show` is what the chart shows."""

    period = forms.ChoiceField(
        label="Days",
        required=False,
        choices=list(CHOICES.items()),
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "There are no such days to choose. Choose among the ones above."},
    )
    start = DayField(label="From")
    end = DayField(label="To")
    show = forms.ChoiceField(required=False, choices=list(MEASURES.items()), widget=forms.HiddenInput)

    def clean(self) -> None:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if self.cleaned_data.get("period") not in ("own", "") or self.errors:
            return
        if (start is None) != (end is None) or (self.cleaned_data["period"] == "own" and start is None):
            self.add_error("start" if start is None else "end", "Please choose the first and the last day.")
        elif start and end and start > end:
            self.add_error("end", "This day is before the first one.")
        elif start and end and (end - start).days >= LONGEST:
            self.add_error("end", f"Please choose {LONGEST} days at most.")

    def chosen(self, agency: Agency, *, now: datetime) -> Chosen | None:
        """The days; None when they make no sense, and the form says so."""
        if not self.is_valid():
            return None
        asked = self.cleaned_data
        name = asked["period"] or ("own" if asked["start"] else spans.USUAL)
        return spans.chosen(agency, name, now=now, first=asked["start"], last=asked["end"])

    @property
    def measure(self) -> str:
        return str(self.cleaned_data.get("show") or next(iter(MEASURES)))

    @property
    def query(self) -> str:
        """What is set, as it stands in an address."""
        return urlencode({name: self.data[name] for name in self.fields if self.data.get(name)})

    def days_query(self) -> str:
        """The same without what the chart shows."""
        return urlencode({name: self.data[name] for name in ("period", "start", "end") if self.data.get(name)})


def of(data: QueryDict) -> SpanForm:
    form = SpanForm(data)
    if data.get("period") not in (None, "", "own"):  # left over in the form of own days
        form = SpanForm({"period": data["period"], "show": data.get("show", "")})
    return form
