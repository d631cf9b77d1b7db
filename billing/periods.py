"""Billing periods: [start, end), one calendar month long, from the subscription's own day of the month, in UTC.

Time is passed in, so no job begins a period: the first use of it does.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from agencies.models import Agency

Day = TypeVar("Day", bound=date)


@dataclass(frozen=True)
class Period:
    """From `start`, up to and without `end`."""

    start: datetime
    end: datetime

    @property
    def last_day(self) -> datetime:
        return self.end - timedelta(microseconds=1)


def current(agency: Agency, now: datetime) -> Period:
    """The period of `agency` in which `now` lies."""
    return containing(anchor_of(agency), now)


def anchor_of(agency: Agency) -> datetime:
    """What the agency's periods are counted from: its subscription's start, without one the day it was opened."""
    subscription = getattr(agency, "subscription", None)
    return subscription.started_at if subscription else agency.created_at


def containing(anchor: datetime, now: datetime) -> Period:
    """The month-long period, counted from the anchor's day, in which `now` lies; before the anchor too."""
    return around(anchor.astimezone(UTC).date(), now.astimezone(UTC).date())


@lru_cache(maxsize=10_000)  # each message asks for its agency's
def around(anchor: date, day: date) -> Period:
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    if add_months(anchor, months) > day:
        months -= 1
    return Period(midnight(add_months(anchor, months)), midnight(add_months(anchor, months + 1)))


def add_months(anchor: Day, months: int) -> Day:
    """`anchor` moved by whole months; a 31st falls on the last day of a shorter month, and comes back after it."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    day = min(anchor.day, calendar.monthrange(year, month + 1)[1])
    return anchor.replace(year=year, month=month + 1, day=day)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
