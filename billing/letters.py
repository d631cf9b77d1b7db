"""Mails about orders: to who ordered, and to support.

Webhooks come in at the public door, which cannot load the console's URLs: the two addresses stand here as text.
"""

from typing import Any

from django.conf import settings

from agencies import mail, staff
from agencies.models import User
from agencies.permissions import Can
from billing import money
from billing.models import Order


def address(agency_id: int) -> str:
    """The Add-ons page."""
    return f"{settings.CONSOLE_URL}/agencies/{agency_id}/add-ons/"


def desk(order: Order) -> str:
    """Support's page of an order."""
    return f"{settings.CONSOLE_URL}/admin/billing/order/{order.pk}/change/"


def to_buyer(template: str, order: Order, **context: Any) -> None:
    """Mail whoever ordered; once they may not buy any more, those who may."""
    for email in readers(order):
        about = {"order": order, "price": money.shown(order.price, order.currency), "url": address(order.agency_id)}
        mail.send(template, to=email, **about, **context)


def readers(order: Order) -> list[str]:
    emails = dict(staff.able(order.agency_id, Can.BUY).values_list("pk", "email"))
    buyer = emails.get(order.ordered_by_id)
    return [buyer] if buyer else list(emails.values())


def to_support(template: str, order: Order, **context: Any) -> None:
    """Mail everybody of support."""
    for user in User.objects.filter(is_staff=True, is_active=True).order_by("pk"):
        about = {"order": order, "price": money.shown(order.price, order.currency), "url": desk(order)}
        mail.send(template, to=user.email, **about, **context)
