"""A month's money as it is now: of the running one, and of those that are over. A month is a billing period."""

from dataclasses import dataclass
from datetime import datetime

from agencies.models import Agency
from billing import periods
from billing.models import ClientTerms, PoolPeriod
from billing.periods import Period
from billing.pools import LEFT_BEHIND_AFTER
from billing.revenue import books, gathering, sums
from billing.revenue.gathering import Gathered
from billing.revenue.sums import Line, Sum

MOST_WAITING = 12  # months that are counted as waiting


@dataclass(frozen=True)
class Draft:
    """A month as it stands now: what it is made of, and all of its lines."""

    gathered: Gathered
    lines: list[Line]

    @property
    def period(self) -> Period:
        return self.gathered.period

    @property
    def currency(self) -> str:
        return self.gathered.currency

    @property
    def total(self) -> Sum:
        return sums.total(self.lines)


def running(agency: Agency, now: datetime) -> Draft:
    """The present month so far: fees and plan as a whole, units and packs as far as they are."""
    closed = books.last_closed(agency)
    start = periods.current(agency, now).start
    return draft(agency, month_from(agency, max(start, closed.end) if closed else start))


def draft(agency: Agency, period: Period) -> Draft:
    gathered = gathering.gather(agency, period)
    return Draft(gathered, sums.lines(gathered.month))


def next_to_close(agency: Agency) -> Period | None:
    """The month after the last closed one; before the first, that of the earliest terms. None without terms.

    Before the agency was there it had no month, whatever day was typed.
    """
    if closed := books.last_closed(agency):
        return month_from(agency, closed.end)
    earliest = ClientTerms.objects.filter(agency=agency).order_by("since").first()
    if earliest is None:
        return None
    begins = max(periods.midnight(earliest.since), agency.created_at)
    counter = PoolPeriod.objects.filter(agency=agency, start__lte=begins, end__gt=begins).order_by("-start").first()
    return month_from(agency, counter.start if counter else periods.current(agency, begins).start)


def month_from(agency: Agency, start: datetime) -> Period:
    """The month that begins then: up to the end of its period, or to the next one's beginning."""
    counters = PoolPeriod.objects.filter(agency=agency)
    counter = counters.filter(start=start).first()
    end = counter.end if counter else periods.current(agency, start).end
    cut = counters.filter(start__gt=start, start__lt=end).order_by("start").first()
    return Period(start, cut.start if cut else end)


def is_over(period: Period, now: datetime) -> bool:
    return now >= period.end + LEFT_BEHIND_AFTER


def waiting(agency: Agency, now: datetime) -> list[Period]:
    """The months that are over and not closed, the oldest first."""
    found: list[Period] = []
    period = next_to_close(agency)
    while period and is_over(period, now) and len(found) < MOST_WAITING:
        found.append(period)
        period = month_from(agency, period.end)
    return found
