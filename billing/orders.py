"""Orders of packs. With Stripe an order is paid at Checkout; without, it is a request that support confirms.

Lock order: the agency, then the order. No call to Stripe is made while either is held.
"""

import uuid
from datetime import datetime

from django.db import transaction

from agencies import audit
from agencies.models import Action, Agency, User
from billing import checkout, entitlements, letters, money, periods, receipts, subscriptions
from billing.models import AddOn, Order, Pack, Receipt
from billing.receipts import Moved

MOST_OPEN = 20


class Refused(Exception):
    """An order cannot take this step; the text says why, for the user's eyes."""


class PackRetired(Refused):
    def __init__(self, pack: Pack) -> None:
        super().__init__(f"The pack {pack} is not sold any more. Nothing was ordered: please choose another one.")


class TooManyOpen(Refused):
    def __init__(self) -> None:
        super().__init__(f"{MOST_OPEN} orders wait already. Please pay for one of them, or wait for support's answer.")


class NotOpen(Refused):
    """The order does not wait any more."""

    def __init__(self, order: Order) -> None:
        what = "counts already" if order.granted_at else "was closed meanwhile, and nothing was paid for it"
        super().__init__(f"The order of {order.name} {what}.")


class PaidAlready(Refused):
    def __init__(self, order: Order) -> None:
        super().__init__(
            f"The order of {order.name} is paid. It counts once the payment is confirmed, usually within a minute."
        )


class PageExpired(Refused):
    def __init__(self, order: Order) -> None:
        super().__init__(f"The payment page of {order.name} has expired, and nothing was paid. Please order it again.")


class NotRunning(Refused):
    def __init__(self, order: Order) -> None:
        super().__init__(f"The pack {order.name} is not renewed any more, so there is nothing to cancel.")


def buy(agency: Agency, *, pack: Pack, request_key: uuid.UUID, by: User, now: datetime) -> str:
    """Order a pack, and say where to pay for it; empty when support was asked.

    Raises what `place` and `pay` raise: after `checkout.Unavailable` the order waits to be paid for.
    """
    order = place(agency, pack=pack, request_key=request_key, by=by, now=now)
    return pay(order, now=now) if order.way == Order.Way.CHECKOUT else ""


@transaction.atomic
def place(agency: Agency, *, pack: Pack, request_key: uuid.UUID, by: User, now: datetime) -> Order:
    """Order a pack as it is now. The same `request_key` again is the same order. Raises PackRetired, TooManyOpen."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if placed := agency.orders.filter(request_key=request_key).first():
        return placed
    pack = Pack.objects.select_for_update(no_key=True).get(pk=pack.pk)
    if pack.retired_at:
        raise PackRetired(pack)
    if agency.orders.filter(granted_at=None, closed_at=None).count() >= MOST_OPEN:
        raise TooManyOpen
    order = Order.objects.create(
        agency=agency,
        pack=pack,
        name=pack.name,
        resource=pack.resource,
        amount=pack.amount,
        price=pack.price,
        currency=pack.currency,
        lasts=pack.lasts,
        way=Order.Way.CHECKOUT if checkout.sells(pack.price, pack.currency) else Order.Way.REQUEST,
        request_key=request_key,
        ordered_at=now,
        ordered_by=by,
    )
    about = {"price": money.shown(order.price, order.currency), "way": order.get_way_display()}
    audit.record(Action.PACK_ORDERED, agency_id=agency.pk, by=by, at=now, target=order.name, after=about)
    if order.way == Order.Way.REQUEST:
        letters.to_support("order_requested", order)
    return order


def pay(order: Order, *, now: datetime) -> str:
    """The address of the page on which this order is paid, the same however often one asks.

    Raises NotOpen, PaidAlready, PageExpired, and checkout.Unavailable when Stripe does not answer.
    """
    if not order.is_open or order.way != Order.Way.CHECKOUT:
        raise NotOpen(order)
    session = checkout.open_session(order, back=letters.address(order.agency_id))
    held = keep_session(order, session, now=now)
    if held.granted_at or session.is_paid:
        raise PaidAlready(held)
    if held.closed_at:
        raise PageExpired(held)
    return session.url


@transaction.atomic
def keep_session(order: Order, session: checkout.Session, *, now: datetime) -> Order:
    """Remember the session before anybody may pay in it. One that has expired closes the order."""
    held = locked(order)
    if held.is_open and held.checkout_id not in ("", session.id):
        raise checkout.Unavailable  # it is not the one that others were led to; the next try gets that
    if held.is_open and not session.url and not session.is_paid:
        held.closed_at, held.reason = now, "The payment page expired."
    held.checkout_id = held.checkout_id or session.id
    held.save(update_fields=["checkout_id", "closed_at", "reason"])
    return held


@transaction.atomic
def confirm(order: Order, *, by: User, now: datetime) -> Order:
    """Support's *Confirm* of a request: the pack counts. Raises NotOpen when it was decided before."""
    held = locked(order)
    if not held.is_open or held.way != Order.Way.REQUEST:
        raise NotOpen(held)
    return grant(held, by=by, now=now)


@transaction.atomic
def decline(order: Order, *, by: User, reason: str, now: datetime) -> Order:
    """Decline a request with a reason that the buyer reads. Raises NotOpen when it was decided before."""
    held = locked(order)
    if not held.is_open or held.way != Order.Way.REQUEST:
        raise NotOpen(held)
    held.closed_at, held.closed_by, held.reason = now, by, reason
    held.save(update_fields=["closed_at", "closed_by", "reason"])
    audit.record(Action.ORDER_DECLINED, agency_id=held.agency_id, by=by, at=now, target=held.name, reason=reason)
    letters.to_buyer("order_declined", held)
    return held


@transaction.atomic
def grant(order: Order, *, by: User | None, now: datetime, moved: Moved | None = None) -> Order:
    """Let the pack count from now on, with a receipt; without `by` it was paid. A second time changes nothing.

    What was paid for counts, whatever became of the order or the agency meanwhile.
    """
    held = locked(order)
    if held.granted_at:
        return held
    held.granted_at, held.granted_by = now, by
    held.closed_at, held.closed_by, held.reason = None, None, ""
    held.save(update_fields=["granted_at", "granted_by", "closed_at", "closed_by", "reason"])
    subscriptions.widen(
        held.agency,
        resource=held.resource,
        amount=held.amount,
        added_at=now,
        lasts=held.lasts,
        order=held,
        by=by,
    )
    receipt = receipts.write(held, Receipt.Kind.PAYMENT, moved or Moved(held.price, now))
    letters.to_buyer("order_granted", held, receipt=receipt)
    return held


def cancel(order: Order, *, by: User, now: datetime) -> Order:
    """Renew a pack no more: it runs until the end of the billing period.

    Raises NotRunning, and checkout.Unavailable when Stripe does not answer; then nothing has changed.
    """
    if not order.recurs or order.granted_at is None or order.cancelled_at:
        raise NotRunning(order)
    if order.subscription_id:
        checkout.cancel(order)
    return end(order, by=by, now=now)


@transaction.atomic
def end(order: Order, *, by: User | None, now: datetime) -> Order:
    """Write down that a pack is renewed no more, and when it ends. A second time changes nothing."""
    held = locked(order)
    if held.granted_at is None or held.cancelled_at or not held.recurs:
        return held
    held.cancelled_at = now
    held.save(update_fields=["cancelled_at"])
    add_on = AddOn.objects.select_for_update().get(order=held)
    add_on.ends_at = add_on.ends_at or periods.current(held.agency, now).end
    add_on.save(update_fields=["ends_at"])
    after = {"runs until": f"{add_on.ends_at:%Y-%m-%d}"}
    audit.record(Action.PACK_CANCELLED, agency_id=held.agency_id, by=by, at=now, target=held.name, after=after)
    letters.to_buyer("order_cancelled", held, add_on=add_on)
    entitlements.apply(held.agency, now=now)
    return held


def locked(order: Order) -> Order:
    """The order, locked until the end of the transaction; the agency before it, as everywhere."""
    Agency.objects.select_for_update(no_key=True).get(pk=order.agency_id)
    return Order.objects.select_for_update(of=("self",)).select_related("agency", "ordered_by").get(pk=order.pk)
