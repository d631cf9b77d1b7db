"""Closing a month into a statement that stays.

Months are closed in their order, each once it is over and nothing is held in it any more. What changes later in a
closed one is worked out anew from the ledger, and the difference, client by client, is an adjustment in the next.
"""

from datetime import datetime

from django.db import transaction

from agencies import audit
from agencies.models import Action, Agency, User
from billing import money, pools
from billing.models import PoolPeriod, Statement, StatementCost, StatementLine
from billing.periods import Period
from billing.revenue import adjusting, books, calendars, months
from billing.revenue.months import Draft

AT_ONCE = 2000


class Refused(books.Refused):
    """The month stays open; the text is for the user's eyes."""


class NothingToClose(Refused):
    """No client has terms yet."""

    def __init__(self) -> None:
        super().__init__("There is no month to close yet: first say what your clients pay.")


class NotOver(Refused):
    """The month, or the last exchange in it, is not over."""

    def __init__(self, period: Period) -> None:
        super().__init__(
            f"This month ends on {period.last_day:%-d %B %Y}. It can be closed a quarter of an hour after its end, "
            "once the last answers in it are given."
        )


class ClosedMeanwhile(Refused):
    """Another month is the next to close than the one that was looked at."""

    def __init__(self) -> None:
        super().__init__("This month was closed meanwhile, by a colleague or in another tab. Nothing was closed twice.")


class Incomplete(Refused):
    """A cost cannot be added up."""


def to_close(agency: Agency) -> Draft:
    """The next month to close as it would be closed, with the adjustments of earlier ones. Raises NothingToClose."""
    known = calendars.of(agency)
    period = known.next_to_close()
    if period is None:
        raise NothingToClose
    month = months.draft(known, period)
    return Draft(month.gathered, [*month.lines, *adjusting.adjustments(known, period)])


@transaction.atomic
def close(agency: Agency, *, start: datetime, by: User, now: datetime) -> Statement:
    """Close the month that begins at `start` for good. Nobody takes units of it, or changes terms, meanwhile.

    Raises NothingToClose, ClosedMeanwhile, NotOver, Incomplete.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    pools.lock(agency)
    month = to_close(agency)
    refuse(agency, month, start=start, now=now)
    statement = write(agency, month, by=by, now=now)
    sums = {name: money.shown(getattr(statement, name), statement.currency) for name in ("revenue", "cost")}
    after = {"units": statement.units, **sums}
    target = f"{statement.start:%-d %B %Y} – {month.period.last_day:%-d %B %Y}"
    audit.record(Action.MONTH_CLOSED, agency_id=agency.pk, by=by, at=now, target=target, after=after)
    return statement


def refuse(agency: Agency, month: Draft, *, start: datetime, now: datetime) -> None:
    if month.period.start != start:
        raise ClosedMeanwhile
    held = PoolPeriod.objects.filter(agency=agency, start__gte=start, start__lt=month.period.end, held__gt=0)
    if not months.is_over(month.period, now) or held.exists():
        raise NotOver(month.period)
    if any(item.amount is None for item in month.gathered.costs):
        raise Incomplete(f"{month.gathered.missing[0]} Enter it under Settings, then close the month.")


def write(agency: Agency, month: Draft, *, by: User, now: datetime) -> Statement:
    """The statement with its lines and costs. The agency's row is locked, so that no number is given twice."""
    gathered, total = month.gathered, month.total
    closed = books.last_closed(agency)
    commissions = [line for line in month.lines if line.kind == StatementLine.Kind.COMMISSION]
    mains = {each.workspace_id for each in gathered.month.stretches if each.is_main}
    using = {line.workspace_id for line in month.lines if line.kind == StatementLine.Kind.USE and line.units > 0}
    statement = Statement.objects.create(
        agency=agency,
        number=closed.number + 1 if closed else 1,
        start=month.period.start,
        end=month.period.end,
        currency=month.currency,
        units=total.units,
        revenue=total.revenue,
        cost=total.cost,
        commission=sum(line.revenue for line in commissions),
        referred=sum(line.quantity for line in commissions),
        clients=len(using - mains),
        tier=gathered.tier,
        rate=gathered.month.rate,
        closed_at=now,
        closed_by=by,
    )
    keep = {"agency": agency, "statement": statement}
    stored = [StatementLine(**keep, position=n, **vars(line)) for n, line in enumerate(month.lines, 1)]
    StatementLine.objects.bulk_create(stored, batch_size=AT_ONCE)
    items = [
        StatementCost(**keep, position=n, words=item.words[:300], amount=item.amount or 0, receipt_id=item.receipt_id)
        for n, item in enumerate(gathered.costs, 1)
    ]
    StatementCost.objects.bulk_create(items, batch_size=AT_ONCE)
    return statement
