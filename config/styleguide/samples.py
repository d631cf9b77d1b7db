"""Rows as the fragments expect them, made up in memory: nothing is asked of the database, and nothing is written.

Names are as awkward as real ones: 80 characters, and from right to left.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Page, Paginator

from agencies.models import Agency
from agencies.timeline import State, Step
from billing import periods
from billing.usage import Day, Meter, Part, Pool
from chatbots.models import Chatbot, DataSource
from workspaces.models import Workspace

NOBODY = 0  # the key of what is not in the database
NAMES = (
    "Bakery",
    "Buchhandlung am Marktplatz für Kinder- und Jugendliteratur, Noten und Schreibwaren",
    "مخبز المدينة القديمة",
    "Garden",
)
USED = (4200, 1900, 900, 0)
CAPS = (None, 1900, 1000, 0)


class Sample(forms.Form):
    """One field of each kind, and one that is wrong."""

    name = forms.CharField(label="Name of the workspace", help_text="Your client reads it too.", max_length=80)
    email = forms.EmailField(label="E-mail", required=False)
    role = forms.ChoiceField(label="Role", choices=[("manager", "Manager"), ("viewer", "Viewer")])
    text = forms.CharField(label="What they read", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    told = forms.BooleanField(label="Tell them by mail", help_text="They get one mail, at once.", required=False)


def form() -> Sample:
    typed = {"name": "Bakery", "email": "bo@bakery", "role": "viewer", "told": "on"}
    return Sample({f"sample-{name}": value for name, value in typed.items()}, prefix="sample")


def clients(agency: Agency) -> list[Workspace]:
    return [Workspace(pk=NOBODY + n, agency=agency, name=name) for n, name in enumerate(NAMES)]


def pool(agency: Agency, now: datetime, *, limit: int | None = 10_000, reserved: int = 800) -> Pool:
    used = sum(USED)
    parts = [
        Part(workspace, units, units / used, n + 1)
        for n, (workspace, units) in enumerate(zip(clients(agency), USED, strict=True))
    ]
    return Pool(periods.containing(now - timedelta(days=17), now), used, 0, limit, parts, reserved)


def days(now: datetime) -> list[Day]:
    """A month with its weekends, in which three clients take turns."""
    dates = [(now - timedelta(days=29 - n)).date() for n in range(30)]
    takes = [{0: 40 + n * 3, 1: 20 + n % 5 * 8, 2: 10} if day.weekday() < 5 else {0: 12} for n, day in enumerate(dates)]
    return [Day(day, sum(by.values()), by) for day, by in zip(dates, takes, strict=True)]


def sources(now: datetime) -> list[DataSource]:
    """One in each state."""
    kinds = DataSource.Kind
    made = [
        DataSource(pk=1, title="Opening hours", kind=kinds.TEXT, status="trained", learned_at=now),
        DataSource(pk=2, title="bakery.example", kind=kinds.WEBSITE, status="processing", run=UUID(int=1)),
        DataSource(pk=3, title="Price list", kind=kinds.FILE, status="queued"),
        DataSource(pk=4, title="Menu", kind=kinds.FILE, status="failed", failure="It is encrypted: upload it without."),
    ]
    for source in made:
        source.__dict__.update(found=70, fetched=40, learned=38, missed=2)
    return made


def steps(now: datetime) -> list[Step]:
    return [
        Step("Application sent", State.DONE, now - timedelta(days=3), "Ada"),
        Step("Initial meeting", State.NOW, now - timedelta(days=1), "You", "Choose a time that suits you."),
        Step("Decision", State.LATER),
    ]


def page() -> Page[int]:
    return Paginator(range(70), 25).page(2)


def everything(now: datetime) -> dict[str, Any]:
    """What the page's fragments are given."""
    agency = Agency(pk=NOBODY, name="Northwind", approved_at=now)
    workspaces = clients(agency)
    whole = pool(agency, now)
    return {
        "now": now,
        "agency": agency,
        "account": Agency(pk=NOBODY, name="Newcomer"),
        "form": form(),
        "page": page(),
        "pool": whole,
        "spent": pool(agency, now, limit=sum(USED), reserved=0),
        "capped": Meter(1900, 2000),
        "client_rows": [
            (part, cap, 3 * part.used) for part, cap in zip(whole.parts, (None, 1900, 1000, 0), strict=True)
        ],
        "days": days(now),
        "toned": [(workspace, n + 1) for n, workspace in enumerate(workspaces[:3])],
        "used": True,
        "first": now - timedelta(days=29),
        "last": now,
        "bots": [(Chatbot(pk=1, workspace=workspaces[0], name="Counter"), 4200)],
        "sources": sources(now),
        "steps": steps(now),
        "paused": Workspace(pk=NOBODY, agency=agency, name="Garden", paused_at=now),
        "archived": Workspace(pk=NOBODY, agency=agency, name="Garden", archived_at=now),
    }
