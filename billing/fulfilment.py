"""What follows for an order from all that the payment provider told of it, in whatever order that came."""

from collections.abc import Collection
from datetime import datetime

from billing import entitlements, letters, orders, receipts, refunds
from billing.models import AddOn, Order, PaymentEvent, Receipt
from billing.receipts import Moved
from billing.webhooks import Tells

MOVED_BACK = {Tells.REFUNDED: Receipt.Kind.REFUND, Tells.CHARGED_BACK: Receipt.Kind.CHARGE_BACK}


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
    move_back(order, mine, new, now=now)


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
            written.add(event.invoice_id)
        if event.invoice_id == newest_invoice(mine) and not order.refunded_at:
            AddOn.objects.filter(order=order).update(returned=0)
            entitlements.apply(order.agency, now=now)


def newest_invoice(mine: list[PaymentEvent]) -> str:
    """The last month that was paid for."""
    months = [event for event in mine if event.tells in (Tells.PAID, Tells.RENEWED) and event.invoice_id]
    return max(months, key=lambda event: event.happened_at).invoice_id if months else ""


def move_back(order: Order, mine: list[PaymentEvent], new: Collection[int], *, now: datetime) -> None:
    """Refunds and charge-backs, each once. A part of an earlier month takes nothing back any more.

    What comes before the month it is about waits for that. What came in another currency support settles: it says
    nothing of how much of the price is back.
    """
    paid = {month(event) for event in mine if event.tells in (Tells.PAID, Tells.RENEWED)}
    back = [event for event in mine if event.tells in MOVED_BACK]
    if any(event.pk in new for event in back if event.currency != order.currency):
        letters.to_support("payment_trouble", order, trouble="back_otherwise")
    told = [event for event in back if event.currency == order.currency and (not order.recurs or month(event) in paid)]
    written = set(order.receipts.filter(kind__in=MOVED_BACK.values()).values_list("external_id", flat=True))
    for event in told:
        if event.object_id in written:
            continue
        before = sum(each.amount or 0 for each in told if each.object_id in written and month(each) == month(event))
        money = moved(event, event.object_id)
        counts = not order.recurs or before + money.amount >= order.price or month(event) == newest_invoice(mine)
        kind = MOVED_BACK[Tells(event.tells)]
        refunds.take_back(order, money, kind=kind, before=before, narrows=counts, now=now)
        order.refresh_from_db(fields=["refunded_at", "cancelled_at"])
        written.add(event.object_id)
        if kind == Receipt.Kind.CHARGE_BACK:
            letters.to_support("payment_trouble", order, trouble="charged_back")


def month(event: PaymentEvent) -> str:
    """What a refund gives back: an invoice of a subscription, or what was paid once."""
    return event.invoice_id or event.payment_id
