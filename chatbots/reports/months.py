"""The months that a report may be about: whole ones, of the agency's calendar."""

from datetime import date, datetime, timedelta

from agencies.models import Agency
from billing import usage
from billing.periods import add_months
from chatbots.insights.numbers import Span

OFFERED = 24


def last(agency: Agency, now: datetime) -> date:
    """The month that ended last, by its first day."""
    return add_months(usage.today(agency, now).replace(day=1), -1)


def offered(agency: Agency, now: datetime) -> list[date]:
    """The latest first, back to the one in which the account was opened."""
    opened, latest = usage.today(agency, agency.created_at).replace(day=1), last(agency, now)
    months = [add_months(latest, -n) for n in range(OFFERED)]
    return [month for month in months if month >= opened] or [latest]


def span_of(month: date) -> Span:
    return Span(month, add_months(month, 1) - timedelta(days=1))
