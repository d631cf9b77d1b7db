"""A month's money as it is now: of the running one, and of those that are over. A month is a billing period."""

from dataclasses import dataclass
from datetime import datetime

from agencies.models import Agency
from billing.periods import Period
from billing.pools import LEFT_BEHIND_AFTER
from billing.revenue import calendars, gathering, sums
from billing.revenue.calendars import Calendar
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


def running(agency: Agency, now: datetime, *, known: Calendar | None = None) -> Draft:
    """The present month so far: fees and plan as a whole, units and packs as far as they are."""
    known = known or calendars.of(agency)
    return draft(known, known.running(now))


def draft(known: Calendar, period: Period) -> Draft:
    gathered = gathering.gather(known, period)
    return Draft(gathered, sums.lines(gathered.month))


def is_over(period: Period, now: datetime) -> bool:
    return now >= period.end + LEFT_BEHIND_AFTER


def waiting(known: Calendar, now: datetime) -> list[Period]:
    """The months that are over and not closed, the oldest first."""
    found: list[Period] = []
    period = known.next_to_close()
    while period and is_over(period, now) and len(found) < MOST_WAITING:
        found.append(period)
        period = known.month_from(period.end)
    return found
