"""The ledger, to read: the rows that filters leave, the newest first, and what they add up to.

Corrections are few and may come at any time after the period of their row, so they are read apart from the charges,
by an index of their own. A page costs the same wherever in the ledger it is: it goes on from the last row of the page
before. A total takes whole days from the rollup, with what is not rolled up yet, and the rest row by row.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from heapq import merge
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from agencies.models import Agency
from billing import periods
from billing.models import LedgerEntry, PoolPeriod, WorkspacePeriod
from billing.periods import Period

PAGE = 50  # rows
AT_ONCE = 2000  # rows of a batch
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)  # days that a ledger can hold
# So long after its period's end at most is a unit charged: a period that another one cut short keeps the units of that
# whole day, and a hold that was left open is swept.
CHARGED_WITHIN = timedelta(days=2)


@dataclass(frozen=True)
class Wanted:
    """Which rows of an agency: whatever is set narrows. `start` and `end` are days of the agency, both included."""

    agency: Agency
    workspace_id: int | None = None
    chatbot_id: int | None = None
    kind: str = ""
    conversation_id: int | None = None
    entry_id: int | None = None  # one row, with its corrections
    period: Period | None = None
    start: date | None = None
    end: date | None = None

    @property
    def named(self) -> dict[str, int | str]:
        """The columns, of ledger and rollup alike, that have to be like this."""
        set_or_not: dict[str, int | str | None] = {
            "agency_id": self.agency.pk,
            "workspace_id": self.workspace_id,
            "chatbot_id": self.chatbot_id,
            "kind": self.kind or None,
        }
        return {name: value for name, value in set_or_not.items() if value is not None}

    @property
    def days(self) -> tuple[date, date]:
        return self.start or EARLIEST, self.end or LATEST


@dataclass(frozen=True)
class Total:
    """What rows add up to. Corrections count as rows, with units below zero."""

    units: int
    rows: int


def page(wanted: Wanted, *, before: int | None = None, size: int = PAGE) -> list[LedgerEntry]:
    """The newest `size` rows, or those that follow the row `before`; one that is not there is followed by nothing."""
    parts = [rows.order_by("-at", "-pk") for rows in (charges(wanted), corrections(wanted))]
    if before is not None:
        last = place_of(wanted, before)
        if last is None:
            return []
        at, pk = last
        parts = [rows.filter(at__lte=at).filter(Q(at__lt=at) | Q(pk__lt=pk)) for rows in parts]
    newest = merge(*(rows[:size] for rows in parts), key=lambda entry: (entry.at, entry.pk), reverse=True)
    return list(islice(newest, size))


def batches(wanted: Wanted) -> Iterator[list[LedgerEntry]]:
    """All rows, the newest first, some thousands at a time: no more are held, and no cursor waits for a slow reader."""
    rows = page(wanted, size=AT_ONCE)
    while rows:
        yield rows
        rows = page(wanted, before=rows[-1].pk, size=AT_ONCE) if len(rows) == AT_ONCE else []


def charges(wanted: Wanted) -> QuerySet[LedgerEntry]:
    """The rows of lines that cost something."""
    rows = within_days(wanted).filter(corrects=None)
    if wanted.period:
        start, end = charged_in(wanted.period)
        rows = rows.filter(period_start=wanted.period.start, at__gte=start, at__lt=end)
    return rows if wanted.entry_id is None else rows.filter(pk=wanted.entry_id)


def corrections(wanted: Wanted) -> QuerySet[LedgerEntry]:
    """The corrections, each in the period of its row."""
    rows = within_days(wanted).filter(corrects__isnull=False).select_related("author", "workspace")
    if wanted.period:
        rows = rows.filter(period_start=wanted.period.start)
    return rows if wanted.entry_id is None else rows.filter(Q(pk=wanted.entry_id) | Q(corrects=wanted.entry_id))


def within_days(wanted: Wanted) -> QuerySet[LedgerEntry]:
    rows = LedgerEntry.objects.filter(**wanted.named).select_related("workspace")
    if wanted.conversation_id is not None:
        rows = rows.filter(conversation_id=wanted.conversation_id)
    since, until = moments(wanted.agency, *wanted.days)
    return rows.filter(at__gte=since, at__lt=until)


def place_of(wanted: Wanted, pk: int) -> tuple[datetime, int] | None:
    """Where in the order a row stands; None for one of another tenant."""
    own = {name: value for name, value in wanted.named.items() if name in ("agency_id", "workspace_id")}
    return LedgerEntry.objects.filter(pk=pk, **own).values_list("at", "pk").first()


def corrected(rows: Iterable[LedgerEntry]) -> dict[int, int]:
    """What corrections took back of each of these rows, by its id; in units below zero."""
    found = LedgerEntry.objects.filter(corrects__in=[row.pk for row in rows]).values_list("corrects_id")
    return dict(found.annotate(total=Sum("units")).order_by())


def known_periods(agency: Agency, now: datetime, *, workspace_id: int | None = None) -> list[Period]:
    """The present period, the one before it, and those in which the agency, or one workspace of it, used something.

    The newest first. Before the agency was there, there was none.
    """
    counters = PoolPeriod.objects.filter(agency=agency)
    if workspace_id is not None:
        starts = WorkspacePeriod.objects.filter(agency=agency, workspace_id=workspace_id).values("start")
        counters = counters.filter(start__in=starts)
    known = {counter.start: Period(counter.start, counter.end) for counter in counters}
    present = periods.current(agency, now)
    known[present.start] = present
    if agency.created_at < present.start and not any(period.end == present.start for period in known.values()):
        previous = periods.current(agency, present.start - timedelta(microseconds=1))
        known.setdefault(previous.start, previous)
    return sorted(known.values(), key=lambda period: period.start, reverse=True)


# --- totals ----------------------------------------------------------------------------------------------------------

# {named}: the conditions that ledger and rollup share. {period}: the one on the period, or nothing. One statement: what
# a rollup between two of them moved would count twice, or not at all.
TOTAL = """
    SELECT coalesce(sum(units), 0), coalesce(sum(rows), 0) FROM (
        -- whole days, as they were rolled up
        SELECT units, messages AS rows FROM billing_usageday WHERE {named} AND day BETWEEN %(first)s AND %(last)s
        UNION ALL  -- without the corrections in them, which are counted with their own period below
        SELECT -units, 0 FROM billing_ledgerentry l WHERE {named} AND corrects_id IS NOT NULL
            AND at >= %(whole_since)s AND at < %(whole_until)s
            AND NOT EXISTS (SELECT FROM billing_unrolled m WHERE m.entry_id = l.id)
        UNION ALL  -- what these days do not hold yet
        SELECT units, 1 FROM (SELECT entry_id FROM billing_unrolled WHERE agency_id = %(agency_id)s) m,
            LATERAL (SELECT * FROM billing_ledgerentry WHERE id = m.entry_id OFFSET 0) l
            WHERE {named} AND corrects_id IS NULL AND at >= %(whole_since)s AND at < %(whole_until)s
        UNION ALL  -- before and after them, where rows of two periods lie side by side
        SELECT units, 1 FROM billing_ledgerentry WHERE {named} AND corrects_id IS NULL {period}
            AND at >= %(charged_since)s AND at < %(whole_since)s
        UNION ALL
        SELECT units, 1 FROM billing_ledgerentry WHERE {named} AND corrects_id IS NULL {period}
            AND at >= %(whole_until)s AND at < %(charged_until)s
        UNION ALL
        SELECT units, 1 FROM billing_ledgerentry WHERE {named} AND corrects_id IS NOT NULL {period}
            AND at >= %(since)s AND at < %(until)s
    ) parts
"""


def total(wanted: Wanted) -> Total:
    """The units of all rows that are wanted, and their number."""
    if wanted.conversation_id is not None or wanted.entry_id is not None:
        return sum_of_rows(wanted)
    named = " AND ".join(f"{name} = %({name})s" for name in wanted.named)
    period = "AND period_start = %(period)s" if wanted.period else ""
    with connection.cursor() as cursor:
        cursor.execute(TOTAL.format(named=named, period=period), wanted.named | bounds(wanted))
        units, rows = cursor.fetchone()
    return Total(units, rows)


def sum_of_rows(wanted: Wanted) -> Total:
    """For filters that the rollup knows nothing of, and that leave a handful of rows."""
    sums = [
        rows.aggregate(units=Sum("units", default=0), rows=Count("pk"))
        for rows in (charges(wanted), corrections(wanted))
    ]
    return Total(sum(part["units"] for part in sums), sum(part["rows"] for part in sums))


def bounds(wanted: Wanted) -> dict[str, Any]:
    """Between which moments, and which whole days, the parts of a total lie."""
    since, until = moments(wanted.agency, *wanted.days)
    charged_since, charged_until = since, until
    first, last = wanted.days
    if wanted.period:
        begun, ended = charged_in(wanted.period)
        charged_since, charged_until = max(since, begun), min(until, ended)
        own_first, own_last = days_of_one_period(wanted.agency, wanted.period)
        first, last = max(first, own_first), min(last, own_last)
    whole_since, whole_until = moments(wanted.agency, first, last) if first <= last else (charged_since, charged_since)
    return {
        "period": wanted.period.start if wanted.period else None,
        "first": first,
        "last": last,
        "since": since,
        "until": until,
        "charged_since": charged_since,
        "charged_until": charged_until,
        "whole_since": whole_since,
        "whole_until": whole_until,
    }


def charged_in(period: Period) -> tuple[datetime, datetime]:
    """Between which moments the units of a period were charged."""
    return period.start, period.end + CHARGED_WITHIN


def days_of_one_period(agency: Agency, period: Period) -> tuple[date, date]:
    """The first and last whole day on which nothing but this period's units can have been charged."""
    zone = ZoneInfo(agency.time_zone)
    alone_since = period.start + CHARGED_WITHIN
    first = alone_since.astimezone(zone).date()
    if beginning(first, zone) < alone_since:
        first += timedelta(days=1)
    return first, period.end.astimezone(zone).date() - timedelta(days=1)


def moments(agency: Agency, first: date, last: date) -> tuple[datetime, datetime]:
    """From the first moment of one day of the agency up to the last of another."""
    zone = ZoneInfo(agency.time_zone)
    return beginning(first, zone), beginning(last + timedelta(days=1), zone)


def beginning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
