"""Money for people, from minor units and a currency; and the keys of forms that order."""

from typing import Protocol
from uuid import UUID, uuid4

from django import template

from billing import money
from billing.models import Receipt
from billing.revenue.sums import per_cent

register = template.Library()


class Priced(Protocol):
    price: int
    currency: str


@register.filter
def price(thing: Priced) -> str:
    """Of a pack or an order."""
    return money.shown(thing.price, thing.currency)


@register.filter
def amount(receipt: Receipt) -> str:
    """What moved; what went back has a minus."""
    back = receipt.kind in (Receipt.Kind.REFUND, Receipt.Kind.CHARGE_BACK)
    return ("−" if back else "") + money.shown(receipt.amount, receipt.currency)


@register.filter
def as_money(units: int, currency: str) -> str:
    """Minor units of a currency; below nothing with a minus."""
    return ("−" if units < 0 else "") + money.shown(abs(units), currency)


@register.filter
def as_share(share: float | None) -> str:
    """A share in per cent; a dash where there is none."""
    return "–" if share is None else f"{share * 100:,.1f} %".replace("-", "−")


@register.filter
def as_rate(rate: int) -> str:
    """Hundredths of a per cent."""
    return per_cent(rate)


@register.simple_tag
def new_key() -> UUID:
    """What makes a form that is sent twice one order."""
    return uuid4()
