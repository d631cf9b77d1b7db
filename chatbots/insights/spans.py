"""Which days a page of numbers is about: the last ones, a billing period, or whatever somebody names."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agencies.models import Agency
from billing import periods, usage
from billing.periods import Period
from chatbots.insights.numbers import Span

LONGEST = 400  # days: a year, and some to compare
USUAL = "30"
LAST = {"today": ("Today", 1), "7": ("7 days", 7), "30": ("30 days", 30), "90": ("90 days", 90)}
CHOICES = {
    **{key: label for key, (label, _) in LAST.items()},
    "current": "This billing period",
    "previous": "Last billing period",
    "own": "Own days",
}


@dataclass(frozen=True)
class Chosen:
    """The days of a page, and those it is compared with. What is not over yet is compared with as much of before."""

    name: str  # one of CHOICES
    span: Span
    before: Span

    @property
    def is_hourly(self) -> bool:
        return self.span.length == 1


def chosen(agency: Agency, name: str, *, now: datetime, first: date | None = None, last: date | None = None) -> Chosen:
    """The days that `name` means now; of "own" days `first` and `last` say them."""
    today = usage.today(agency, now)
    if name == "own" and first and last:
        span = Span(first, last)
        return Chosen(name, span, span.before)
    if name in ("current", "previous"):
        return of_periods(agency, name, today, now)
    length = LAST[name][1] if name in LAST else LAST[USUAL][1]
    span = Span(today - timedelta(days=length - 1), today)
    return Chosen(name if name in LAST else USUAL, span, span.before)


def of_periods(agency: Agency, name: str, today: date, now: datetime) -> Chosen:
    """The billing period that runs, as far as it has come, or the one before."""
    current = periods.current(agency, now)
    previous = periods.current(agency, current.start - timedelta(microseconds=1))
    if name == "previous":
        before = periods.current(agency, previous.start - timedelta(microseconds=1))
        return Chosen(name, days_of(previous), days_of(before))
    first = days_of(current).first
    span = Span(first, max(today, first))
    began = days_of(previous)
    return Chosen(name, span, Span(began.first, min(began.first + timedelta(days=span.length - 1), began.last)))


def days_of(period: Period) -> Span:
    """The days by which a period is called everywhere."""
    return Span(period.start.date(), period.last_day.date())
