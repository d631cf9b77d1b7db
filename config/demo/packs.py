"""The demo's catalogue of packs, and what Northwind has bought so far."""

import uuid
from datetime import datetime, timedelta

from agencies.models import Agency
from billing import orders, receipts, refunds
from billing.models import Lasts, Order, Pack, Receipt, Resource
from billing.periods import add_months
from billing.receipts import Moved

CATALOGUE = (
    (Resource.MESSAGES, 1_000, 1_900, Lasts.PERIOD),
    (Resource.MESSAGES, 5_000, 7_500, Lasts.PERIOD),
    (Resource.MESSAGES, 2_000, 3_400, Lasts.RECURRING),
    (Resource.MESSAGES, 1_000, 2_500, Lasts.FOREVER),
    (Resource.SOURCES, 10, 900, Lasts.RECURRING),
    (Resource.SOURCES, 50, 3_500, Lasts.RECURRING),
    (Resource.SEATS, 5, 2_500, Lasts.RECURRING),
)
CALLED = {Lasts.PERIOD: "", Lasts.RECURRING: " a month", Lasts.FOREVER: " that never lapse"}


def catalogue(since: datetime) -> None:
    """What can be bought."""
    for resource, amount, price, lasts in CATALOGUE:
        monthly = CALLED[lasts] if resource == Resource.MESSAGES else ""
        Pack.objects.create(
            name=f"{amount:,} {resource.label.lower()}{monthly}",
            resource=resource,
            amount=amount,
            price=price,
            lasts=lasts,
            added_at=since,
        )


def bought(agency: Agency, *, since: datetime, now: datetime) -> None:
    """2,000 messages a month `since` then; and some that were given back on the next day."""
    monthly = paid(agency, Pack.objects.get(resource=Resource.MESSAGES, lasts=Lasts.RECURRING), at=since)
    tried = paid(agency, Pack.objects.get(resource=Resource.MESSAGES, amount=5_000), at=since + timedelta(days=1))
    back = Moved(tried.price, since + timedelta(days=2))
    refunds.take_back(tried, back, kind=Receipt.Kind.REFUND, now=back.at)
    month = 1
    while (at := add_months(since, month)) <= now:
        receipts.write(monthly, Receipt.Kind.RENEWAL, Moved(monthly.price, at))
        month += 1


def paid(agency: Agency, pack: Pack, *, at: datetime) -> Order:
    owner = agency.staff.get().user
    order = orders.place(agency, pack=pack, request_key=uuid.uuid4(), by=owner, now=at)
    return orders.grant(order, by=None, now=at + timedelta(minutes=2))
