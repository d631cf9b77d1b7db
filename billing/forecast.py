"""When the pool of messages ends at this pace: by the pattern of the week, with a band.

What each weekday takes is the mean of the last four of its kind, the later ones counting more. Clients draw their part
of it, until their cap stops them. The band says within which days the end lies in four of five cases, were the days to
come as uneven as those behind. Nothing is stored: the numbers are those of the rollup and of the counters, and any
change that somebody thinks of (`WhatIf`) goes through the same sums. Where the data are too thin nothing is said.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import ceil, inf, sqrt
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import F, OuterRef, Subquery, Sum

from agencies.models import Agency
from billing import usage
from billing.models import UsageTotal, WorkspacePeriod
from billing.periods import Period
from billing.usage import Pool, Standing
from workspaces import caps
from workspaces.models import Resource, Workspace

WEEKS = 4  # that a weekday's mean looks back
FEWEST_DAYS = 14  # below it a week has no pattern
FEWEST_UNITS = 100  # in those days; below it a single visitor moves everything
WORTH_SAYING = 0.1  # a client's part of the pace
FOUR_OF_FIVE = 1.2816  # standard deviations on either side
# Units by day, and by client, with the agency's first day of use: one pass over the rows.
LATELY = """
    SELECT t.day, t.workspace_id, sum(t.units),
        (SELECT min(day) FROM billing_usagetotal WHERE agency_id = %(agency)s AND workspace_id IS NULL)
    FROM billing_usagetotal t JOIN workspaces_workspace w ON w.id = t.workspace_id
    WHERE t.agency_id = %(agency)s AND t.day >= %(first)s AND t.day < %(today)s
      AND w.archived_at IS NULL AND w.paused_at IS NULL
    GROUP BY GROUPING SETS ((t.day), (t.workspace_id))
"""


@dataclass(frozen=True)
class WhatIf:
    """What somebody thinks of: one client doubles, more units are bought, one client gets a cap."""

    doubles: int | None = None  # a workspace's id
    bought: int = 0  # units
    capped: int | None = None  # a workspace's id
    cap: int = 0


AS_IT_IS = WhatIf()


@dataclass(frozen=True)
class Part:
    """One client's part of the pace, 1 being all of it, and how much it can still take before its cap stops it."""

    workspace: Workspace
    share: float
    room: float  # units; infinite without a cap

    @property
    def is_capped(self) -> bool:
        return self.room < inf


@dataclass(frozen=True)
class Step:
    """What is used by the end of a day of the period, as likely as not, and the band around it.

    `wanted` is what all clients would take from now until then, did no cap stop them.
    """

    day: date
    wanted: float
    used: float
    low: float
    high: float


@dataclass(frozen=True)
class Forecast:
    """`ends_on` is the day on which the pool is used up, None when it lasts until `until`; so are the band's edges."""

    period: Period
    until: date  # the first day of the next period
    limit: int
    used: int  # with what is held
    steps: list[Step] = field(repr=False)
    parts: list[Part] = field(repr=False)  # the largest first
    ends_on: date | None = None
    earliest: date | None = None
    latest: date | None = None

    @property
    def days_early(self) -> int:
        return (self.until - self.ends_on).days if self.ends_on else 0

    @property
    def by_the_end(self) -> int:
        """Units that this period would take, were there enough."""
        return ceil(self.steps[-1].used) if self.steps else self.used

    @property
    def short(self) -> int:
        """Units that are missing until the end of the period."""
        return max(0, self.by_the_end - self.limit)

    @property
    def biggest(self) -> Part | None:
        """Who is most of the pace, where that is worth saying."""
        return self.parts[0] if len(self.parts) > 1 and self.parts[0].share >= WORTH_SAYING else None

    @property
    def is_used_up(self) -> bool:
        return self.used >= self.limit


@dataclass
class Lately:
    """Units of the days that are looked at, by day and by client's id, and the agency's first day of use."""

    days: Counter[date]
    clients: Counter[int]
    begun: date | None


@dataclass(frozen=True)
class Pattern:
    """What a day of each weekday takes, from Monday, and by how much the days behind missed that."""

    week: tuple[float, ...]
    spread: float
    days: int

    def of(self, day: date) -> float:
        return self.week[day.weekday()]


def of(
    agency: Agency, *, now: datetime, what_if: WhatIf = AS_IT_IS, pool: Pool | Standing | None = None
) -> Forecast | None:
    """The running period to its end. None where nothing can be said: an unlimited pool, or too few days or units.

    `pool` is the pool as it stands, from who has it already.
    """
    pool = pool or usage.standing(agency, now)
    period, limit, used = pool.period, pool.limit, pool.used + pool.held
    if limit is None:
        return None
    lately = taken_lately(agency, now)
    pattern = pattern_of(agency, lately, now)
    if pattern is None:
        return None
    parts = parts_of(agency, lately.clients, period, now, what_if)
    steps = walk(agency, period, pattern, parts, used, now)
    whole = limit + what_if.bought
    ends = [reached(steps, whole, of) for of in ("used", "high", "low")]
    until = usage.today(agency, period.end)
    return Forecast(period, until, whole, used, steps, parts, *ends)


def looked_at(agency: Agency, now: datetime) -> tuple[date, date]:
    """The whole days that are looked at: the first, and today, which is not one of them."""
    today = usage.today(agency, now)
    return today - timedelta(weeks=WEEKS), today


def taken_lately(agency: Agency, now: datetime) -> Lately:
    """What is open now took: a client that rests takes nothing of the days to come."""
    first, today = looked_at(agency, now)
    lately = Lately(Counter(), Counter(), None)
    with connection.cursor() as cursor:
        cursor.execute(LATELY, {"agency": agency.pk, "first": first, "today": today})
        for day, workspace_id, units, begun in cursor.fetchall():
            (lately.clients if day is None else lately.days)[day or workspace_id] = units
            lately.begun = begun
    return lately


def pattern_of(agency: Agency, lately: Lately, now: datetime) -> Pattern | None:
    """What the weekdays take. Days before the agency's first use say nothing."""
    first, today = looked_at(agency, now)
    units = lately.days
    first = max(first, lately.begun or today)
    days = [first + timedelta(days=n) for n in range((today - first).days)]
    if len(days) < FEWEST_DAYS or sum(units.values()) < FEWEST_UNITS:
        return None
    taken = [(day, max(0, units[day])) for day in days]  # a day of corrections may be below nothing
    week = tuple(mean_of([(day, amount) for day, amount in taken if day.weekday() == n], today) for n in range(7))
    missed = sum((amount - week[day.weekday()]) ** 2 for day, amount in taken)
    return Pattern(week, sqrt(missed / max(1, len(days) - 7)), len(days))  # seven means were taken from them


def mean_of(days: Sequence[tuple[date, int]], today: date) -> float:
    """The last week counts four times, the one before three times, and so on."""
    weights = [WEEKS - (today - timedelta(days=1) - day).days // 7 for day, _ in days]
    return sum(weight * units for weight, (_, units) in zip(weights, days, strict=True)) / sum(weights)


def parts_of(agency: Agency, units: Mapping[int, int], period: Period, now: datetime, what_if: WhatIf) -> list[Part]:
    """Each client's part of the days that are looked at. Who doubles counts twice, so all may be more than 1."""
    counters = WorkspacePeriod.objects.filter(workspace=OuterRef("pk"), start=period.start)
    taken, granted = counters.values(taken=F("used") + F("held")), caps.on_top(Resource.MESSAGES, now=now)
    every = Workspace.objects.filter(pk__in=units).only(*usage.SHOWN).order_by("pk")
    every = every.annotate(taken=Subquery(taken), granted=granted)
    whole = sum(max(0, each) for each in units.values()) or 1
    parts = []
    for workspace in every:
        cap = None if workspace.message_cap is None else workspace.message_cap + workspace.granted
        cap = what_if.cap if workspace.pk == what_if.capped else cap
        room = inf if cap is None else max(0.0, cap - (workspace.taken or 0))
        times = 2 if workspace.pk == what_if.doubles else 1
        parts.append(Part(workspace, times * max(0, units[workspace.pk]) / whole, room))
    return sorted(parts, key=lambda part: -part.share)


def walk(
    agency: Agency, period: Period, pattern: Pattern, parts: Sequence[Part], used: int, now: datetime
) -> list[Step]:
    """Day by day from today to the end of the period. The days behind are a sample too, which widens the band."""
    day, last = usage.today(agency, now), usage.today(agency, period.end - timedelta(microseconds=1))
    steps, expected, length = [], 0.0, 0.0
    free, walled = sum(part.share for part in parts if not part.is_capped), [part for part in parts if part.is_capped]
    while day <= last:
        portion = portion_of(agency, day, now, period.end)
        expected, length = expected + portion * pattern.of(day), length + portion
        apart = FOUR_OF_FIVE * pattern.spread * sqrt(length + length**2 / pattern.days)
        low, likely, high = (drawn(free, walled, max(0.0, expected + by)) for by in (-apart, 0.0, apart))
        steps.append(Step(day, expected, used + likely, used + low, used + high))
        day += timedelta(days=1)
    return steps


def drawn(free: float, walled: Sequence[Part], expected: float) -> float:
    """What the clients take together of what is expected, each up to its cap; `free` is the share of those without."""
    return free * expected + sum(min(part.share * expected, part.room) for part in walled)


def portion_of(agency: Agency, day: date, now: datetime, end: datetime) -> float:
    """How much of that day lies between now and the end, 0 to 1."""
    zone = ZoneInfo(agency.time_zone)
    begins, over = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    length = over.timestamp() - begins.timestamp()  # 23 or 25 hours where clocks change
    return max(0.0, min(over, end).timestamp() - max(begins, now).timestamp()) / length


def reached(steps: Sequence[Step], limit: int, of: str) -> date | None:
    """The first day by whose end so much is used; none where it just lasts."""
    if getattr(steps[-1], of) <= limit:
        return None
    return next((step.day for step in steps if getattr(step, of) >= limit), None)


def capped_on(forecast: Forecast, part: Part) -> date | None:
    """The day on which the client's cap stops it, as it looks; none within this period, or without a cap."""
    return next((step.day for step in forecast.steps if part.share * step.wanted >= part.room), None)


def behind(agency: Agency, forecast: Forecast, *, now: datetime) -> list[tuple[date, int]]:
    """What was used by the end of each whole day of the period, counted back from what is used now."""
    first, today = usage.today(agency, forecast.period.start), usage.today(agency, now)
    rows = UsageTotal.objects.filter(agency=agency, workspace=None, day__gte=first, day__lte=today).values_list("day")
    units = dict(rows.annotate(units=Sum("units")).order_by())
    used, found = forecast.used - units.get(today, 0), []
    for n in range(1, (today - first).days + 1):
        day = today - timedelta(days=n)
        found.append((day, max(0, used)))
        used -= units.get(day, 0)
    return found[::-1]
