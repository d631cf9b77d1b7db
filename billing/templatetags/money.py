"""Money for people, from minor units and a currency; and the keys of forms that order."""

from typing import Protocol
from uuid import UUID, uuid4

from django import template

from billing import money
from billing.models import Receipt

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


@register.simple_tag
def new_key() -> UUID:
    """What makes a form that is sent twice one order."""
    return uuid4()
