"""An agency's currency, its models' prices, and exchange rates: each version from a day, never in a closed month."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from agencies import audit
from agencies.models import Action, Agency, User
from billing import money
from billing.models import Books, ClientTerms, ExchangeRate, ModelPrice, Statement

FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)


class Refused(Exception):
    """Nothing is changed; the text is for the user's eyes."""


class InAClosedMonth(Refused):
    """It would change what was closed."""

    def __init__(self, statement: Statement) -> None:
        super().__init__(
            f"Months up to {statement.end:%-d %B %Y} are closed, and a closed month is never changed. "
            "Please choose that day or a later one."
        )


class CurrencyStays(Refused):
    """Amounts were entered in the one before, and would mean something else."""

    def __init__(self, currency: str) -> None:
        super().__init__(
            f"Prices or closed months stand in {currency} already, and would mean something else in another currency."
        )


def currency_of(agency: Agency) -> str:
    found = getattr(agency, "books", None)
    return found.currency if found else Books.USUAL


def last_closed(agency: Agency) -> Statement | None:
    return Statement.objects.filter(agency=agency).order_by("-end").first()


def refuse_closed(agency: Agency, since: date) -> None:
    """Raises InAClosedMonth. The agency's row is locked, so no month is closed meanwhile."""
    closed = last_closed(agency)
    if closed and since < closed.end.date():
        raise InAClosedMonth(closed)
    if not FIRST <= since < LAST:
        raise Refused("Please choose a day between 2000 and 2100.")


@transaction.atomic
def set_currency(agency: Agency, *, currency: str, by: User, now: datetime) -> None:
    """Count in another currency from the start. Raises CurrencyStays once there are amounts in the one before."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    before = currency_of(agency)
    if before == currency:
        return
    entered = (ClientTerms, ModelPrice, ExchangeRate, Statement)
    if any(table._default_manager.filter(agency=agency).exists() for table in entered):
        raise CurrencyStays(before)
    Books.objects.update_or_create(agency=agency, defaults={"currency": currency})
    change: dict[str, Any] = audit.changes({"currency": before}, {"currency": currency})
    audit.record(Action.CURRENCY_SET, agency_id=agency.pk, by=by, at=now, **change)


@transaction.atomic
def price_model(
    agency: Agency, *, model: str, since: date, input_price: int, output_price: int, by: User, now: datetime
) -> ModelPrice:
    """What a million tokens of an own model cost since a day. Raises InAClosedMonth."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    refuse_closed(agency, since)
    before = ModelPrice.objects.filter(agency=agency, model=model, since__lte=since).order_by("-since").first()
    made, _ = ModelPrice.objects.update_or_create(
        agency=agency,
        model=model,
        since=since,
        defaults={"input_price": input_price, "output_price": output_price, "set_at": now, "set_by": by},
    )
    currency = currency_of(agency)
    change: dict[str, Any] = audit.changes(about(before, currency), about(made, currency))
    audit.record(Action.MODEL_PRICED, agency_id=agency.pk, by=by, at=now, target=model, **change)
    return made


def about(price: ModelPrice | None, currency: str) -> dict[str, Any]:
    """What the audit log keeps of a price."""
    if price is None:
        return {}
    read, written = money.shown(price.input_price, currency), money.shown(price.output_price, currency)
    return {"read": read, "written": written, "since": price.since.isoformat()}


@transaction.atomic
def set_rate(agency: Agency, *, currency: str, since: date, rate: Decimal, by: User, now: datetime) -> ExchangeRate:
    """What one unit of another currency is in the agency's own since a day. Raises InAClosedMonth, Refused."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    refuse_closed(agency, since)
    if currency == (own := currency_of(agency)):
        raise Refused(f"You count in {own} already.")
    earlier = ExchangeRate.objects.filter(agency=agency, currency=currency, since__lte=since)
    before = earlier.order_by("-since").first()
    made, _ = ExchangeRate.objects.update_or_create(
        agency=agency, currency=currency, since=since, defaults={"rate": rate, "set_at": now, "set_by": by}
    )
    change: dict[str, Any] = audit.changes(
        {"rate": str(before), "since": before.since.isoformat()} if before else {},
        {"rate": str(made), "since": made.since.isoformat()},
    )
    audit.record(Action.RATE_SET, agency_id=agency.pk, by=by, at=now, target=currency, **change)
    return made
