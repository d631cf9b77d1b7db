"""How much was used, as plain values for pages: the pool now from the counters, the days behind from the rollup."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from agencies.models import Agency
from billing import periods
from billing.models import PoolPeriod, UsageDay, UsageTotal, WorkspacePeriod
from billing.periods import Period
from workspaces import caps
from workspaces.caps import Counted
from workspaces.models import Resource, Workspace

PACE_OF = 7  # days
SHOWN = (
    *("agency", "name", "is_main", "paused_at", "archived_at", "deleted_at"),
    *(f"{resource}_{wall}" for resource in ("message", "source", "seat") for wall in ("cap", "guarantee")),
)
TOLD_APART = 8  # workspaces, as many as there are colours


@dataclass(frozen=True)
class Part:
    """What one workspace took of the pool in this period."""

    workspace: Workspace
    used: int
    share: float  # of everything used, 0 to 1
    tone: int  # its colour in every meter and chart, 1 to 8


@dataclass(frozen=True)
class Pool:
    """An agency's message pool in one period. `limit` None is unlimited."""

    period: Period
    used: int
    held: int
    limit: int | None
    parts: list[Part]
    reserved: int = 0  # of what is left: guaranteed to clients that have not used it yet

    @property
    def left(self) -> int | None:
        """What nobody has used, reserved or not."""
        return None if self.limit is None else max(self.limit - self.used - self.held, 0)

    @property
    def for_everybody(self) -> int | None:
        """What is left and reserved for nobody."""
        return None if self.left is None else max(self.left - self.reserved, 0)


@dataclass(frozen=True)
class Standing:
    """An agency's messages in the running period. `limit` None is unlimited."""

    period: Period
    limit: int | None
    used: int
    held: int


@dataclass(frozen=True)
class Meter:
    """One workspace's own use against its cap (None: it draws on the shared pool), with what was granted on top."""

    used: int
    cap: int | None
    guarantee: int | None = None

    @property
    def left(self) -> int | None:
        return None if self.cap is None else max(self.cap - self.used, 0)


@dataclass(frozen=True)
class Day:
    """One day's units: all of them, and by workspace or chatbot id."""

    day: date
    units: int
    by: dict[int, int]


def pool(agency: Agency, now: datetime) -> Pool:
    """The pool right now, stacked by workspace, the biggest first; a closed one as far as it used something."""
    period = periods.current(agency, now)
    counter = PoolPeriod.objects.filter(agency=agency, start=period.start).first()
    used = counter.used if counter else 0
    rows = WorkspacePeriod.objects.filter(agency=agency, start=period.start).values_list("workspace_id", "used", "held")
    taken, both = {pk: used for pk, used, _ in rows}, {pk: used + held for pk, used, held in rows}
    every = toned(agency)
    guarantees = caps.guaranteed((workspace for workspace, _ in every), Resource.MESSAGES)
    parts = [
        Part(workspace, taken.get(workspace.pk, 0), taken.get(workspace.pk, 0) / used if used else 0.0, tone)
        for workspace, tone in every
        if workspace.archived_at is None or workspace.pk in taken
    ]
    parts.sort(key=lambda part: -part.used)
    held = counter.held if counter else 0
    reserved = caps.reserved(guarantees, both)
    return Pool(period, used, held, limit_in(agency, period, counter), parts, reserved)


def counted(agency: Agency, now: datetime) -> Counted:
    """The messages of the running period, client by client."""
    period = periods.current(agency, now)
    counter = PoolPeriod.objects.filter(agency=agency, start=period.start).first()
    rows = WorkspacePeriod.objects.filter(agency=agency, start=period.start).values_list("workspace_id", "used", "held")
    return Counted(
        Resource.MESSAGES,
        limit_in(agency, period, counter),
        counter.used if counter else 0,
        {pk: used for pk, used, _ in rows},
        {pk: held for pk, _, held in rows if held},
    )


def limit(agency: Agency, now: datetime) -> int | None:
    """Message units that may be used in the running period; None is unlimited."""
    return standing(agency, now).limit


def standing(agency: Agency, now: datetime) -> Standing:
    """The pool without its parts: one row, however many clients there are."""
    period = periods.current(agency, now)
    counter = PoolPeriod.objects.filter(agency=agency, start=period.start).first()
    used, held = (counter.used, counter.held) if counter else (0, 0)
    return Standing(period, limit_in(agency, period, counter), used, held)


def limit_in(agency: Agency, period: Period, counter: PoolPeriod | None) -> int | None:
    """Message units that may be used in a period, also before its first use made the counter."""
    if counter:
        return counter.limit
    with connection.cursor() as cursor:
        query = "SELECT billing_quota(%(agency)s, %(end)s) + billing_stock(%(agency)s, %(start)s)"
        cursor.execute(query, {"agency": agency.pk, "start": period.start, "end": period.end})
        limit: int | None = cursor.fetchone()[0]
    return limit


def toned(agency: Agency) -> list[tuple[Workspace, int]]:
    """Every workspace with its colour, which follows the order in which they were opened and so stays.

    They know what tables of many clients show: making 1,000 whole ones took most of such a page's time.
    """
    return [(workspace, n % 8 + 1) for n, workspace in enumerate(agency.workspaces.only(*SHOWN).order_by("pk"))]


def most_used(agency: Agency, used: Mapping[int, int]) -> tuple[list[tuple[Workspace, int]], int]:
    """The workspaces that a chart can tell apart, with their colours, and how many are drawn as one.

    `used` is by workspace id. A column for each of 1,000 took six seconds, and nobody could read it.
    """
    known = list(agency.workspaces.order_by("pk").values_list("pk", "archived_at"))
    every = [(pk, n % 8 + 1) for n, (pk, archived_at) in enumerate(known) if archived_at is None or pk in used]
    busiest = sorted(every, key=lambda pair: -used.get(pair[0], 0))[:TOLD_APART]
    named = agency.workspaces.in_bulk([pk for pk, _ in busiest])
    return [(named[pk], tone) for pk, tone in sorted(busiest)], len(every) - len(busiest)


def meter(workspace: Workspace, now: datetime) -> Meter:
    """What one workspace has used in its agency's present period."""
    start = periods.current(workspace.agency, now).start
    counter = WorkspacePeriod.objects.filter(workspace=workspace, start=start).first()
    at_most = caps.at_most(workspace, Resource.MESSAGES, now=now)
    return Meter(counter.used if counter else 0, at_most, workspace.message_guarantee)


def days_of_agency(agency: Agency, now: datetime, *, apart: Collection[int], days: int = 30) -> list[Day]:
    """Units of the last `days` days with today, in the agency's time zone; of the workspaces `apart` also by their id.

    The sum of all of them is a row of its own.
    """
    of = Q(workspace=None) | Q(workspace__in=apart)
    every = by_day(UsageTotal.objects.filter(of, agency=agency), "workspace_id", agency, now, days)
    return [Day(each.day, each.by.pop(None, 0), each.by) for each in every]  # type: ignore[call-overload]


def units_by_workspace(agency: Agency, now: datetime, days: int = 30) -> dict[int, int]:
    """Units of the last `days` days with today, by workspace id."""
    first, last = last_days(agency, now, days)
    rows = UsageTotal.objects.filter(agency=agency, workspace__isnull=False, day__range=(first, last))
    return dict(rows.values_list("workspace_id").annotate(total=Sum("units")).order_by())


def days_of_workspace(workspace: Workspace, now: datetime, days: int = 30) -> list[Day]:
    """The same of one workspace, by chatbot id."""
    return by_day(UsageDay.objects.filter(workspace=workspace), "chatbot_id", workspace.agency, now, days)


def units_by_chatbot(workspaces: Iterable[Workspace], agency: Agency, now: datetime, days: int = 30) -> dict[int, int]:
    """Units of the last `days` days with today, by chatbot id."""
    since = today(agency, now) - timedelta(days=days - 1)
    rows = UsageDay.objects.filter(workspace__in=workspaces, day__gte=since)
    return dict(rows.values_list("chatbot_id").annotate(total=Sum("units")).order_by())


def paces(agency: Agency, now: datetime) -> dict[int, int]:
    """Units a day of each workspace: the mean of the last seven whole days, or of as many as it is open."""
    last = today(agency, now)
    week = UsageDay.objects.filter(agency=agency, day__gte=last - timedelta(days=PACE_OF), day__lt=last)
    sums = week.values("workspace_id", "workspace__created_at").annotate(total=Sum("units")).order_by()
    opened = {row["workspace_id"]: (last - today(agency, row["workspace__created_at"])).days for row in sums}
    days = {pk: min(max(open_for, 1), PACE_OF) for pk, open_for in opened.items()}
    used = {row["workspace_id"]: max(row["total"], 0) for row in sums}  # a week of corrections may be below nothing
    return {pk: round(total / days[pk]) for pk, total in used.items()}


def by_day(
    rows: QuerySet[UsageDay] | QuerySet[UsageTotal], column: str, agency: Agency, now: datetime, days: int
) -> list[Day]:
    last = today(agency, now)
    sums: dict[date, dict[int, int]] = defaultdict(dict)
    recent = rows.filter(day__gt=last - timedelta(days=days), day__lte=last)
    for day, key, units in recent.values_list("day", column).annotate(total=Sum("units")).order_by():
        sums[day][key] = units
    every = [last - timedelta(days=n) for n in reversed(range(days))]
    return [Day(day, sum(sums[day].values()), sums[day]) for day in every]


def last_days(agency: Agency, now: datetime, days: int = 30) -> tuple[date, date]:
    """The first and the last of these days: the last is today."""
    last = today(agency, now)
    return last - timedelta(days=days - 1), last


def today(agency: Agency, now: datetime) -> date:
    """The calendar day of the agency."""
    return now.astimezone(ZoneInfo(agency.time_zone)).date()
