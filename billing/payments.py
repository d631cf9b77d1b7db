"""Takes what the payment provider tells. Events come twice, late and in any order.

Each is kept as a fact and given to its order, which `fulfilment` brings up to date from all its facts: so their order
makes no difference. One that comes before the payment it is about waits for that. Events are handled one after the
other, under one lock: of two that belong together and come at once, the second sees the first.
"""

import logging
import uuid
from dataclasses import asdict
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from billing import checkout, fulfilment, letters, orders
from billing.models import Order, PaymentEvent
from billing.webhooks import Tells, Told

log = logging.getLogger(__name__)

IDS = ("checkout_id", "payment_id", "subscription_id", "invoice_id")


def receive(told: Told, *, now: datetime) -> None:
    """Handle one event, once. Raises checkout.Unavailable when it must be told again later."""
    if PaymentEvent.objects.filter(event_id=told.event_id).exists():
        return
    order = record(checkout.complete(told), now=now)
    if order and order.recurs and order.refunded_at and not order.events.filter(tells=Tells.ENDED).exists():
        end_subscription(order)


def end_subscription(order: Order) -> None:
    """The money of a subscription went back: it must not be taken again next month."""
    try:
        checkout.end(order)
    except checkout.Unavailable:
        log.warning("The subscription of order %s could not be ended.", order.pk)
        letters.to_support("payment_trouble", order, trouble="not_ended")


@transaction.atomic
def record(told: Told, *, now: datetime) -> Order | None:
    """Keep the event, and bring the order up to date that it is about; None when it is about none so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('payments'))")
    order = find(told)
    if order is None and told.checkout_id:
        return None  # a session of somebody else's: ours are known before anybody pays in them
    event, is_new = PaymentEvent.objects.get_or_create(
        event_id=told.event_id, defaults=asdict(told) | {"handled_at": now}
    )
    if not is_new or order is None:
        return None
    order = orders.locked(order)
    new = claim(order, event)
    fulfilment.bring_up_to_date(order, new, now=now)
    return order


def find(told: Told) -> Order | None:
    """The order that these ids belong to, directly or through events that did."""
    named = {name: value for name in IDS if (value := getattr(told, name))}
    direct = Q(pk__in=[])
    for name in named.keys() - {"invoice_id"}:
        direct |= Q((name, named[name]))
    if order := Order.objects.filter(direct | by_reference(told.reference)).order_by("pk").first():
        return order
    event = PaymentEvent.objects.filter(sharing({name: {value} for name, value in named.items()}))
    known = event.filter(order__isnull=False).select_related("order").first()
    return known.order if known else None


def by_reference(reference: str) -> Q:
    """Our own word for an order, as Stripe hands it back."""
    pk, _, key = reference.partition("-")
    try:
        return Q(pk=int(pk) if pk.isascii() and pk.isdecimal() and len(pk) < 19 else 0, request_key=uuid.UUID(key))
    except ValueError:
        return Q(pk__in=[])


def sharing(ids: dict[str, set[str]]) -> Q:
    """Events with one of these ids."""
    found = Q(pk__in=[])
    for name, values in ids.items():
        found |= Q((f"{name}__in", values))
    return found


def claim(order: Order, event: PaymentEvent) -> set[int]:
    """Give the order this event, and those that waited for it; the keys of all these."""
    PaymentEvent.objects.filter(pk=event.pk).update(order=order)
    new = {event.pk}
    while True:
        every = list(order.events.all())
        ids = {name: {value for each in every if (value := getattr(each, name))} for name in IDS}
        waiting = set(PaymentEvent.objects.filter(sharing(ids), order=None).values_list("pk", flat=True))
        if not waiting:
            return new
        PaymentEvent.objects.filter(pk__in=waiting).update(order=order)
        new |= waiting
