"""All clients of an agency side by side, in a number of queries that is the same for one of them and for thousands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from agencies.models import Agency
from billing import periods, usage
from billing.periods import Period
from billing.revenue import clients
from billing.revenue.clients import Row as Money
from chatbots.insights import numbers
from chatbots.insights.numbers import NOTHING, Numbers, Span
from chatbots.models import Conversation
from workspaces.models import Workspace

DAYS = 30  # of the figures that say how well it goes, and of the small charts
# What the table can be ordered by, with what its column is called; a minus before it begins with the most.
SORTS = {
    "name": "Client",
    "-used": "Units used",
    "-pace": "A day",
    "-messages": "Messages",
    "answered": "Answered",
    "-waiting": "Waiting",
    "margin": "Margin",
}


@dataclass(frozen=True)
class Row:
    """One client: what it took of the pool in this period, units a day, and how its last DAYS went."""

    workspace: Workspace
    used: int
    share: float | None  # of the pool, or without a limit of all that is used
    pace: int
    numbers: Numbers
    waiting: int  # visitors who wait for a person now
    money: Money | None  # of the running month; None of the agency's own workspace

    @property
    def name(self) -> str:
        return self.workspace.name.casefold()

    @property
    def messages(self) -> int:
        return self.numbers.visitor_messages

    @property
    def margin(self) -> float:
        """For ordering: whoever loses money comes first, and who is not billed last."""
        known = self.money.margin if self.money else None
        return 2.0 if known is None else known

    @property
    def answered(self) -> float:
        """For ordering: whoever was asked nothing comes last."""
        return 2.0 if self.numbers.answered_share is None else self.numbers.answered_share


@dataclass(frozen=True)
class Overview:
    """All clients, and what they share. `limit` None is unlimited."""

    rows: list[Row]
    period: Period
    span: Span
    used: int
    limit: int | None

    @property
    def pace(self) -> int:
        return sum(row.pace for row in self.rows)

    @property
    def waiting(self) -> int:
        return sum(row.waiting for row in self.rows)

    def ordered(self, sort: str) -> list[Row]:
        """By the word behind an optional minus; of equals the name decides."""
        key = sort.removeprefix("-")
        rows = sorted(self.rows, key=lambda row: row.name)
        return sorted(rows, key=lambda row: getattr(row, key), reverse=sort.startswith("-"))


def of(agency: Agency, *, now: datetime, search: str = "") -> Overview:
    """Every workspace that was not deleted, the agency's own too."""
    counted = usage.counted(agency, now)
    span = Span(*usage.last_days(agency, now, DAYS))
    period = periods.current(agency, now)
    known, paces, waiting = numbers.by_workspace(agency, span), usage.paces(agency, now), waiting_in(agency)
    whole, money = counted.limit or counted.used, clients.running(agency, now)
    rows = [
        Row(
            workspace=workspace,
            used=(used := counted.owned.get(workspace.pk, 0)),
            share=numbers.share(used, whole),
            pace=paces.get(workspace.pk, 0),
            numbers=known.get(workspace.pk, NOTHING),
            waiting=waiting.get(workspace.pk, 0),
            money=money.get(workspace.pk),
        )
        for workspace in workspaces(agency, search)
    ]
    return Overview(rows, period, span, counted.used, counted.limit)


def workspaces(agency: Agency, search: str) -> Iterable[Workspace]:
    every = agency.workspaces.filter(deleted_at=None).only(*usage.SHOWN)
    return every.filter(name__icontains=search) if search else every


def waiting_in(agency: Agency) -> dict[int, int]:
    """{workspace id: visitors who wait for a person}."""
    rows = Conversation.objects.filter(workspace__agency=agency, wanted_at__isnull=False)
    return dict(rows.values_list("workspace_id").annotate(number=Count("pk")).order_by())
