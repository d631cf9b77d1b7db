"""What an agency's pool costs in a month: its plan by days, and money that moved for packs.

A refund lowers the cost of the month in which the money went back. What a provider told late, of a month that was
closed by then, counts in the next one: each receipt counts once.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from agencies.models import Agency
from billing import entitlements, money
from billing.models import ExchangeRate, Plan, PlanSince, Receipt, Statement, StatementCost
from billing.periods import Period
from billing.revenue.calendars import Calendar
from billing.revenue.sums import by_days, counted

BACK = (Receipt.Kind.REFUND, Receipt.Kind.CHARGE_BACK)


@dataclass(frozen=True)
class Cost:
    """One item, in the agency's currency; None where the rate of its own `currency` is not known."""

    words: str
    amount: int | None
    currency: str
    receipt_id: int | None = None


def of(known: Calendar, period: Period, currency: str) -> list[Cost]:
    """Everything that the pool cost in a month that is not closed."""
    found = [*plans_in(known, period), *receipts_in(known, period)]
    is_abroad = any(amount and priced_in != currency for _, amount, priced_in, _, _ in found)
    rates = rates_of(known.agency) if is_abroad else []
    return [
        Cost(words, converted(amount, priced_in, currency, day, rates), priced_in, receipt_id)
        for words, amount, priced_in, day, receipt_id in found
    ]


def of_closed(statement: Statement) -> list[Cost]:
    """What was counted when the month was closed."""
    return [Cost(each.words, each.amount, statement.currency) for each in statement.costs.all()]


Found = tuple[str, int, str, date, int | None]  # words, amount, its currency, day, receipt


def plans_in(known: Calendar, period: Period) -> list[Found]:
    """The price of each plan that the agency was on, by its days. One without a price costs nothing here."""
    agency, days = known.agency, known.days_of(period)
    length, begins = (period.end - period.start).days, period.start.date()
    starts: dict[int, Plan] = {}
    changes = PlanSince.objects.filter(agency=agency, since__lt=period.end).select_related("plan")
    for change in changes.order_by("since", "pk"):
        starts[max((change.since.astimezone(UTC).date() - begins).days, 0)] = change.plan
    if 0 not in starts:
        starts[0] = entitlements.plan_without_subscription(agency)
    found: list[Found] = []
    for first, until in zip(sorted(starts), [*sorted(starts)[1:], length], strict=True):
        plan = starts[first]
        part = "" if until - first == days else f", {counted(until - first, 'day')} of {days}"
        if plan.price is not None:
            words = f"Plan {plan}{part}"
            found.append((words, by_days(plan.price, first, until, days), plan.currency, begins, None))
    return found


def receipts_in(known: Calendar, period: Period) -> list[Found]:
    """Money that moved in the month, and what is known too late for the closed one before it."""
    since = known.closed_from if known.closed_from and known.closed_until == period.start else period.start
    moved = Receipt.objects.filter(agency=known.agency, at__gte=since, at__lt=period.end).select_related("order")
    counted_before = StatementCost.objects.filter(agency=known.agency, receipt__isnull=False).values("receipt_id")
    return [
        (
            f"{each.get_kind_display()} {each.number}: {each.order.name}",
            -each.amount if each.kind in BACK else each.amount,
            each.currency,
            day_of(each.at),
            each.pk,
        )
        for each in moved.exclude(pk__in=counted_before).order_by("number")
    ]


def rates_of(agency: Agency) -> list[ExchangeRate]:
    """The newest first."""
    return list(ExchangeRate.objects.filter(agency=agency).order_by("-since"))


def converted(amount: int, priced_in: str, currency: str, day: date, rates: list[ExchangeRate]) -> int | None:
    """The amount in another currency, at the rate that held on the day, rounded half up; None without a rate."""
    if priced_in == currency or not amount:
        return amount
    rate = next((each.rate for each in rates if each.currency == priced_in and each.since <= day), None)
    if rate is None:
        return None
    exact = Decimal(amount).scaleb(money.digits_of(currency) - money.digits_of(priced_in)) * rate
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def missing(items: list[Cost]) -> list[str]:
    """What keeps these costs from being added up."""
    unknown = sorted({item.currency for item in items if item.amount is None})
    return [f"Nobody has entered what 1 {currency} is in your currency." for currency in unknown]


def day_of(at: datetime) -> date:
    return at.astimezone(UTC).date()
