"""What Stripe tells about an order, in its own shapes and signed; and packs to order."""

import json
import time
import uuid
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import Any

import stripe

from agencies.models import Agency, User
from billing import orders, payments, webhooks
from billing.checkout import reference
from billing.models import AddOn, Lasts, Order, Pack, Resource

KEY, SECRET = "sk_test_tests", "whsec_tests"
Event = dict[str, Any]
numbers: Iterator[int] = count(1)


def pack(amount: int = 2000, price: int = 3800, *, lasts: str = Lasts.PERIOD, resource: str = "messages") -> Pack:
    name = f"{amount:,} {Resource(resource).label.lower()}"
    return Pack.objects.create(name=name, resource=resource, amount=amount, price=price, lasts=lasts)


def placed(agency: Agency, by: User, now: datetime, sold: Pack | None = None, **of: Any) -> Order:
    return orders.place(agency, pack=sold or pack(**of), request_key=uuid.uuid4(), by=by, now=now)


def at_checkout(agency: Agency, by: User, now: datetime, **of: Any) -> Order:
    """An order whose page to pay on is open."""
    order = placed(agency, by, now, **of)
    order.checkout_id = f"cs_{order.pk}"
    order.save(update_fields=["checkout_id"])
    return order


def granted(agency: Agency, by: User, now: datetime, **of: Any) -> Order:
    order = at_checkout(agency, by, now, **of)
    return orders.grant(order, by=None, now=now)


# --- events ----------------------------------------------------------------------------------------------------------


def event(kind: str, about: Event, before: Event | None = None, *, at: int = 0) -> Event:
    """`at` in seconds after the first moment of 2026-11-01."""
    data = {"object": about} | ({"previous_attributes": before} if before else {})
    return {"id": f"evt_{next(numbers)}", "object": "event", "type": kind, "created": 1_793_491_200 + at, "data": data}


def session(order: Order, kind: str = "completed", *, at: int = 1, **other: Any) -> Event:
    of = {"subscription": f"sub_{order.pk}", "invoice": f"in_{order.pk}"} if order.recurs else {}
    about = {
        "id": order.checkout_id,
        "client_reference_id": reference(order),
        "amount_total": order.price,
        "currency": order.currency.lower(),
        "payment_status": "paid",
        "payment_intent": None if order.recurs else f"pi_{order.pk}",
        "subscription": None,
        "invoice": None,
    }
    return event(f"checkout.session.{kind}", about | of | other, at=at)


def invoice(order: Order, number: str = "", *, at: int = 1, **other: Any) -> Event:
    """The first invoice of a subscription; with a `number` that of a further month."""
    about = {
        "id": f"in_{order.pk}{number}",
        "amount_paid": order.price,
        "currency": order.currency.lower(),
        "billing_reason": "subscription_cycle" if number else "subscription_create",
        "hosted_invoice_url": f"https://invoice.stripe.com/in_{order.pk}{number}",
        "parent": {"subscription_details": {"subscription": f"sub_{order.pk}", "metadata": {}}},
    }
    return event("invoice.paid", about | other, at=at)


def invoice_payment(order: Order, number: str = "", *, at: int = 1) -> Event:
    payment = {"type": "payment_intent", "payment_intent": f"pi_{order.pk}{number}"}
    return event("invoice_payment.paid", {"invoice": f"in_{order.pk}{number}", "payment": payment}, at=at)


def refund(order: Order, amount: int | None = None, *, before: int = 0, number: str = "", at: int = 5) -> Event:
    """Of `amount` in minor units, all of it without; `before` went back of the same charge earlier."""
    about = {
        "id": f"ch_{order.pk}{number}",
        "payment_intent": f"pi_{order.pk}{number}",
        "amount": order.price,
        "amount_refunded": before + (order.price - before if amount is None else amount),
        "currency": order.currency.lower(),
        "receipt_url": f"https://pay.stripe.com/receipts/ch_{order.pk}{number}",
        "metadata": {},
    }
    return event("charge.refunded", about, {"amount_refunded": before}, at=at)


def dispute(order: Order, *, at: int = 6) -> Event:
    about = {"id": f"dp_{order.pk}", "payment_intent": f"pi_{order.pk}", "amount": order.price}
    return event("charge.dispute.created", about | {"currency": order.currency.lower()}, at=at)


def deleted(order: Order, *, at: int = 9) -> Event:
    return event("customer.subscription.deleted", {"id": f"sub_{order.pk}", "metadata": {}}, at=at)


def body_of(told: Event) -> bytes:
    return json.dumps(told).encode()


def signature(body: bytes, *, secret: str = SECRET, age: int = 0) -> str:
    return stripe.WebhookSignature.generate_signature_header(body.decode(), secret, int(time.time()) - age)


def receive(told: Event, now: datetime) -> None:
    """As the public door hands it on."""
    read = webhooks.read(body_of(told), signature(body_of(told)))
    if read:
        payments.receive(read, now=now)


def post(door: Any, told: Event, *, secret: str = SECRET, age: int = 0) -> Any:
    """At the public door."""
    body = body_of(told)
    signed = {"Stripe-Signature": signature(body, secret=secret, age=age)}
    return door.post("/webhooks/stripe/", body, content_type="application/json", headers=signed)


def running(order: Order) -> AddOn:
    return AddOn.objects.get(order=order)
