"""The filters of the ledger."""

from datetime import date, datetime

from django import forms
from django.http import QueryDict

from billing import ledger
from billing.ledger import Wanted
from billing.models import LedgerEntry
from billing.periods import Period
from chatbots.insights.lines import Reader
from workspaces.forms.fields import DayField

OFFERED = 200  # workspaces or chatbots to choose from
LARGEST = 2**63 - 1  # the column holds no more
IDS = ("workspace", "chatbot", "conversation", "entry")
Choices = list[tuple[int, str]]


class KeyField(forms.IntegerField):
    """The key of a row. One of another tenant finds as little as one that never was."""

    def __init__(self, *, label: str = "", widget: type[forms.Widget] = forms.HiddenInput) -> None:
        super().__init__(label=label, widget=widget, required=False, min_value=1, max_value=LARGEST)


class LedgerForm(forms.Form):
    """Filters of the ledger, as they stand in the address. `period` is current, previous, or the day it began on."""

    workspace = KeyField(label="Workspace", widget=forms.Select)
    chatbot = KeyField(label="Chatbot", widget=forms.Select)
    kind = forms.ChoiceField(
        label="What was said", required=False, choices=[("", "Everything"), *LedgerEntry.Kind.choices]
    )
    period = forms.ChoiceField(
        label="Billing period", required=False, error_messages={"invalid_choice": "There was no such billing period."}
    )
    start = DayField(label="From")
    end = DayField(label="To")
    conversation = KeyField()
    entry = KeyField()
    before = KeyField()

    def __init__(self, data: QueryDict, *, reader: Reader, now: datetime) -> None:
        self.reader = reader
        own = reader.workspace.pk if reader.workspace else None
        known = ledger.known_periods(reader.agency, now, workspace_id=own)
        self.periods = {f"{period.start:%Y-%m-%d}": period for period in known}
        super().__init__(dated(data, list(self.periods)))
        days = [(day, f"{period.start:%-d %b} – {period.last_day:%-d %b %Y}") for day, period in self.periods.items()]
        self.fields["period"].choices = [("", "All time"), *days]  # type: ignore[attr-defined]
        self.offer("chatbot", "All chatbots", self.chatbots())
        if own:
            del self.fields["workspace"]
        else:
            self.offer("workspace", "All workspaces", self.workspaces())

    def offer(self, name: str, everything: str, choices: Choices) -> None:
        self.fields[name].widget.choices = [("", everything), *choices]

    def chosen(self, name: str) -> int | None:
        """The key in the address, if it can be one."""
        value = str(self.data.get(name, ""))
        return int(value) if value.isdecimal() and len(value) < len(str(LARGEST)) else None

    def workspaces(self) -> Choices:
        """The first ones by name, and the one that is chosen."""
        every, chosen = self.reader.workspaces(), self.chosen("workspace")
        rows = [*every[:OFFERED], *every.filter(pk=chosen)] if chosen else every[:OFFERED]
        return list({each.pk: each.name for each in rows}.items())

    def chatbots(self) -> Choices:
        """The first ones by name, of one workspace where only one is shown; and the one that is chosen."""
        place = self.reader.workspace.pk if self.reader.workspace else self.chosen("workspace")
        every = self.reader.chatbots().order_by("name", "pk")
        rows = list((every.filter(workspace=place) if place else every)[:OFFERED])
        self.reader.met.update({bot.pk: bot for bot in rows})
        choices = {bot.pk: bot.name if place else f"{bot.name} · {bot.workspace.name}" for bot in rows}
        if chosen := self.chosen("chatbot"):
            choices.setdefault(chosen, self.reader.name(chosen, self.reader.chatbots_of([chosen])))
        return list(choices.items())

    def clean_workspace(self) -> int | None:
        chosen: int | None = self.cleaned_data["workspace"]
        if chosen and not self.reader.workspaces().filter(pk=chosen).exists():
            raise forms.ValidationError("There is no such workspace.")
        return chosen

    def clean(self) -> None:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and start > end:
            self.add_error("end", "This day is before the first one.")

    def words(self) -> list[str]:
        """The filters that are set, as the page says them; none of them when one makes no sense."""
        if not self.is_valid():
            return []
        return [self.said(name, value) for name, value in self.cleaned_data.items() if value and name != "before"]

    def said(self, name: str, value: date | int | str) -> str:
        if choices := getattr(self.fields[name].widget, "choices", None):
            return str(dict(choices).get(value))
        if isinstance(value, date):
            return f"{str(self.fields[name].label).lower()} {value:%-d %b %Y}"
        return f"{'row' if name == 'entry' else name} {value}"

    def wanted(self) -> Wanted | None:
        """What the filters ask for; None when they make no sense, and the form says so at the field."""
        if not self.is_valid():
            return None
        asked = self.cleaned_data
        keys = {f"{name}_id": asked.get(name) for name in IDS}
        if self.reader.workspace:
            keys["workspace_id"] = self.reader.workspace.pk
        period: Period | None = self.periods.get(asked["period"])
        return Wanted(
            self.reader.agency, kind=asked["kind"], period=period, start=asked["start"], end=asked["end"], **keys
        )


def dated(data: QueryDict, days: list[str]) -> QueryDict:
    """The same, with `current` and `previous` as the days on which these periods began: a link stays what it was."""
    told, words = data.copy(), dict(zip(("current", "previous"), days, strict=False))
    if (period := told.get("period", "")) in words:
        told["period"] = words[period]
    return told
