"""What follows from what the payment provider told. Events come twice, late and in any order.

Each event is kept as a fact. An order is brought up to date from all its facts: so their order makes no difference, and
one that comes before the payment it is about waits for that. Events are handled one after the other, under one lock:
of two that belong together and come at once, the second sees the first.
"""

import logging
import uuid
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from billing import checkout, entitlements, letters, orders, receipts, refunds
from billing.models import AddOn, Order, PaymentEvent, Receipt
from billing.receipts import Moved
from billing.webhooks import Tells, Told

log = logging.getLogger(__name__)

IDS = ("checkout_id", "payment_id", "subscription_id", "invoice_id")
MOVED_BACK = {Tells.REFUNDED: Receipt.Kind.REFUND, Tells.CHARGED_BACK: Receipt.Kind.CHARGE_BACK}


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
    bring_up_to_date(order, new, now=now)
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


def bring_up_to_date(order: Order, new: Collection[int], *, now: datetime) -> None:
    """Let the order say what its events tell; `new` are those that come first now, of which support may hear."""
    every = related(list(order.events.all()))
    paid = [event for event in every if event.tells == Tells.PAID]
    right = [event for event in paid if is_right(order, event)]
    if any(event.pk in new for event in paid if event not in right):
        letters.to_support("payment_trouble", order, trouble="another_amount")
    if not right:
        return expire(order, every, now=now)
    grant(order, right, now=now)
    tell_twice(order, right, new)
    mine = [event for event in every if account(order, event) == account_of(order)]
    renew(order, mine, new, now=now)
    if any(event.tells == Tells.ENDED for event in mine):
        orders.end(order, by=None, now=now)
    move_back(order, mine, now=now)


def related(every: list[PaymentEvent]) -> list[PaymentEvent]:
    """The same, each with what the others know of its payment: the invoice, and of the invoice the subscription."""
    for known, missing in (("payment_id", "invoice_id"), ("invoice_id", "subscription_id")):
        found = {getattr(each, known): value for each in every if (value := getattr(each, missing))}
        for each in every:
            setattr(each, missing, getattr(each, missing) or found.get(getattr(each, known) or None, ""))
    return every


def is_right(order: Order, event: PaymentEvent) -> bool:
    """Whether exactly the price was paid."""
    return (event.amount, event.currency) == (order.price, order.currency)


def account(order: Order, event: PaymentEvent) -> str:
    """What a payment is known by: that of a subscription by it, since each month has one."""
    return event.subscription_id if order.recurs else event.payment_id


def account_of(order: Order) -> str:
    return order.subscription_id if order.recurs else order.payment_id


def moved(event: PaymentEvent, external_id: str, url: str = "") -> Moved:
    return Moved(event.amount or 0, event.happened_at, external_id, url or event.url)


def expire(order: Order, every: list[PaymentEvent], *, now: datetime) -> None:
    """The page was left unpaid."""
    over = any(event.tells == Tells.EXPIRED and event.checkout_id == order.checkout_id for event in every)
    if over and order.is_open:
        order.closed_at, order.reason = now, "The payment page expired."
        order.save(update_fields=["closed_at", "reason"])


def grant(order: Order, right: list[PaymentEvent], *, now: datetime) -> None:
    """The first right payment lets the pack count; what comes later of it may know where its receipt is."""
    first = next((event for event in right if account(order, event) == account_of(order)), right[0])
    url = next((each.url for each in right if each.url and account(order, each) == account(order, first)), "")
    if order.granted_at is None:
        order.payment_id, order.subscription_id = first.payment_id, first.subscription_id
        order.save(update_fields=["payment_id", "subscription_id"])
        granted = orders.grant(order, by=None, now=now, moved=moved(first, account_of(order), url))
        order.granted_at, order.closed_at = granted.granted_at, None
    elif url:
        order.receipts.filter(kind=Receipt.Kind.PAYMENT, url="").update(url=url)


def tell_twice(order: Order, right: list[PaymentEvent], new: Collection[int]) -> None:
    """Somebody paid in two pages, or the money was taken twice: support gives the second back."""
    others = {account(order, event) for event in right} - {account_of(order)}
    heard = {account(order, event) for event in right if event.pk not in new}
    for _ in others - heard:
        letters.to_support("payment_trouble", order, trouble="paid_twice")


def renew(order: Order, mine: list[PaymentEvent], new: Collection[int], *, now: datetime) -> None:
    """A receipt for each further month. What a partial refund took of a month comes back with the next one."""
    written = set(order.receipts.filter(kind=Receipt.Kind.RENEWAL).values_list("external_id", flat=True))
    for event in mine:
        if event.tells != Tells.RENEWED or event.invoice_id in written:
            continue
        if event.pk in new and (order.refunded_at or not is_right(order, event)):
            letters.to_support("payment_trouble", order, trouble="renewed_otherwise")
        if event.currency == order.currency:
            receipts.write(order, Receipt.Kind.RENEWAL, moved(event, event.invoice_id))
        if event.invoice_id == newest_invoice(mine) and not order.refunded_at:
            AddOn.objects.filter(order=order).update(returned=0)
            entitlements.apply(order.agency, now=now)


def newest_invoice(mine: list[PaymentEvent]) -> str:
    """The last month that was paid for."""
    months = [event for event in mine if event.tells in (Tells.PAID, Tells.RENEWED) and event.invoice_id]
    return max(months, key=lambda event: event.happened_at).invoice_id if months else ""


def move_back(order: Order, mine: list[PaymentEvent], *, now: datetime) -> None:
    """Refunds and charge-backs, each once. A part of an earlier month takes nothing back any more."""
    told = [event for event in mine if event.tells in MOVED_BACK]
    written = set(order.receipts.filter(kind__in=MOVED_BACK.values()).values_list("external_id", flat=True))
    for event in told:
        if event.object_id in written:
            continue
        before = sum(each.amount or 0 for each in told if each.object_id in written and month(each) == month(event))
        back = moved(event, event.object_id)
        counts = not order.recurs or before + back.amount >= order.price or month(event) == newest_invoice(mine)
        kind = MOVED_BACK[Tells(event.tells)]
        refunds.take_back(order, back, kind=kind, before=before, narrows=counts, now=now)
        order.refresh_from_db(fields=["refunded_at", "cancelled_at"])
        written.add(event.object_id)
        if kind == Receipt.Kind.CHARGE_BACK:
            letters.to_support("payment_trouble", order, trouble="charged_back")


def month(event: PaymentEvent) -> str:
    """What a refund gives back: an invoice of a subscription, or what was paid once."""
    return event.invoice_id or event.payment_id
