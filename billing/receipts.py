"""Receipts: money that moved for an order, numbered from 1 in each agency. Amounts are in minor units."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import Max

from billing.models import Order, Receipt


@dataclass(frozen=True)
class Moved:
    """Money that moved at `at`, and what the provider knows it by."""

    amount: int
    at: datetime
    external_id: str = ""
    url: str = ""


def write(order: Order, kind: str, moved: Moved) -> Receipt:
    """Write the agency's next receipt. Its row is locked, so that no number is given twice."""
    last = Receipt.objects.filter(agency_id=order.agency_id).aggregate(last=Max("number"))["last"]
    return Receipt.objects.create(
        agency_id=order.agency_id,
        order=order,
        kind=kind,
        number=(last or 0) + 1,
        currency=order.currency,
        **asdict(moved),
    )
