"""Filters of the inbox, and keeping them under a name."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from agencies.names import NameField
from chatbots.conversations import inbox
from chatbots.conversations.inbox import Inbox, Wanted
from chatbots.insights.forms.ledger import OFFERED, KeyField
from chatbots.models import Conversation
from chatbots.models.conversations import LONGEST_TAG
from workspaces.forms.fields import DayField

LONGEST_SEARCH, SHORTEST_SEARCH = 80, 2
AT = re.compile(r"(\d{1,16})-(\d{1,18})")


class FilterForm(forms.Form):
    """Filters as they stand in the address. `before` leads to the next page, `since` is where the shown one begins."""

    q = forms.CharField(
        label="Search in the text",
        required=False,
        min_length=SHORTEST_SEARCH,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "dir": "auto", "placeholder": "Search in the text"}
        ),
        error_messages={
            "min_length": f"Please search for {SHORTEST_SEARCH} characters or more.",
            "max_length": f"Please keep it to {LONGEST_SEARCH} characters.",
        },
    )
    workspace = KeyField(label="Client", widget=forms.Select)
    chatbot = KeyField(label="Chatbot", widget=forms.Select)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), *Conversation.State.choices])
    tag = forms.CharField(label="Tag", required=False, max_length=LONGEST_TAG, widget=forms.Select)
    start = DayField(label="From")
    end = DayField(label="To")
    unanswered = forms.BooleanField(label="Unanswered", required=False)
    down = forms.BooleanField(label="Rated down", required=False)
    lead = forms.BooleanField(label="Left a message", required=False)
    mine = forms.BooleanField(label="Assigned to me", required=False)
    unread = forms.BooleanField(label="Unread", required=False)
    before = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    since = forms.IntegerField(required=False, min_value=0, max_value=10**16 - 1, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, of: Inbox) -> None:
        super().__init__(data)
        self.of = of
        self.offer("chatbot", "All chatbots", self.chatbots())
        self.offer("tag", "All tags", [(tag, tag) for tag in inbox.tags(of)])
        if of.workspace:
            del self.fields["workspace"]
        else:
            every = of.workspaces()[:OFFERED]
            self.offer("workspace", "All clients", [(place.pk, place.name) for place in every])

    def offer(self, name: str, everything: str, choices: list[tuple[Any, str]]) -> None:
        self.fields[name].widget.choices = [("", everything), *choices]

    def chatbots(self) -> list[tuple[Any, str]]:
        every = self.of.chatbots().order_by("name", "pk")[:OFFERED]
        return [(bot.pk, bot.name if self.of.workspace else f"{bot.name} · {bot.workspace.name}") for bot in every]

    def clean_q(self) -> str:
        return " ".join(str(self.cleaned_data["q"]).split())

    def clean_before(self) -> tuple[datetime, int] | None:
        sent = self.cleaned_data["before"]
        if not sent:
            return None
        if not (match := AT.fullmatch(sent)):
            raise forms.ValidationError("This address names no page.")
        return inbox.moment_of(int(match[1])), int(match[2])

    def clean(self) -> None:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and start > end:
            self.add_error("end", "This day is before the first one.")

    @property
    def query(self) -> dict[str, str]:
        """The filters that are set, as they stand in an address."""
        names = [name for name in self.fields if name not in ("before", "since")]
        return {name: str(self.data[name]) for name in names if self.data.get(name)}

    def words(self) -> list[str]:
        """The filters that are set, as the page says them; none of them when one makes no sense."""
        if not self.is_valid():
            return []
        hidden = ("before", "since", "q")
        return [self.said(name, value) for name, value in self.cleaned_data.items() if value and name not in hidden]

    def said(self, name: str, value: Any) -> str:
        if choices := getattr(self.fields[name].widget, "choices", None):
            return str({str(key): word for key, word in choices}.get(str(value), value))
        label = str(self.fields[name].label).lower()
        return label if value is True else f"{label} {value:%-d %b %Y}"

    def wanted(self) -> Wanted | None:
        """What the filters ask for; None when they make no sense, and the form says so at the field."""
        if not self.is_valid():
            return None
        return Wanted(**{name: value for name, value in self.cleaned_data.items() if name not in ("before", "since")})

    def with_(self, **more: Any) -> str:
        return urlencode(self.query | more)


class ViewForm(forms.Form):
    """A name for the filters that are set."""

    name = NameField(label="Name of the view")

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if len(name) > 60:
            raise forms.ValidationError("Please keep it to 60 characters.")
        return name


class DeleteViewForm(forms.Form):
    """Which of one's own views is kept no longer."""

    view = forms.IntegerField(min_value=1, max_value=2**63 - 1)
