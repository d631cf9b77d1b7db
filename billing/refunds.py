"""Taking units back whose money went back: never more than what is free of the pool now."""

from datetime import datetime

from django.db import transaction

from agencies import audit
from agencies.models import Action, Agency
from billing import entitlements, letters, money, orders, periods, pools, receipts, stock, subscriptions
from billing.models import AddOn, Lasts, Order, PoolPeriod, Receipt, Resource
from billing.receipts import Moved
from workspaces import seats

ACTIONS = {Receipt.Kind.REFUND: Action.REFUNDED, Receipt.Kind.CHARGE_BACK: Action.CHARGED_BACK}


@transaction.atomic
def take_back(
    order: Order, moved: Moved, *, kind: Receipt.Kind, now: datetime, before: int = 0, narrows: bool = True
) -> int:
    """Take back the units that the money paid for which `moved` back, in proportion and rounded down; how many.

    `before` is what went back of the same payment earlier. Once all of it is back, the pack ends: at once, or with the
    billing period as far as it is in use; of one that never lapses the used part stays. Of data sources everything is
    taken back: none is deleted, and none is added while there are too many. What was in use when an earlier part went
    back goes with this one, if it is free by now. `narrows` False writes the receipt only.
    """
    order = orders.locked(order)
    add_on = AddOn.objects.select_for_update().get(order=order)
    wanted = share(order, before + moved.amount) - add_on.returned if narrows else 0
    returned = max(min(wanted, add_on.adds, free(order.agency, add_on, now)), 0)
    add_on.returned += returned
    if before + moved.amount >= order.price:
        order.refunded_at = order.refunded_at or now
        order.cancelled_at = order.cancelled_at or (now if order.recurs else None)
        add_on.ends_at = end_of(add_on, order.agency, now)
    order.save(update_fields=["refunded_at", "cancelled_at"])
    add_on.save(update_fields=["returned", "ends_at"])
    receipt = receipts.write(order, kind, moved)
    after = {"money": money.shown(moved.amount, order.currency), "taken back": returned}
    audit.record(ACTIONS[kind], agency_id=order.agency_id, by=None, at=now, target=order.name, after=after)
    entitlements.apply(order.agency, now=now)
    about = {"receipt": receipt, "money": after["money"], "returned": returned, "add_on": add_on}
    letters.to_buyer("order_refunded", order, **about)
    return returned


def share(order: Order, money: int) -> int:
    """The units that so much money paid for."""
    return order.amount if money >= order.price else order.amount * money // order.price


def free(agency: Agency, add_on: AddOn, now: datetime) -> int:
    """How much of the pack may go without touching what is in use. Nobody holds units until the transaction ends."""
    if add_on.ends_at and add_on.ends_at <= now:
        return 0
    if add_on.resource == Resource.SEATS:
        left = seats.of_agency(agency, now=now).left
        return add_on.amount if left is None else left
    return free_messages(agency, add_on, now) if add_on.resource == Resource.MESSAGES else add_on.amount


def free_messages(agency: Agency, add_on: AddOn, now: datetime) -> int:
    """Of the period's own messages, or of the stock: the one does not stand in for what is used of the other."""
    pools.lock(agency)
    if subscriptions.is_stock(add_on):
        return stock.left_of(add_on)
    counter = PoolPeriod.objects.filter(agency=agency, start=periods.current(agency, now).start).first()
    if counter is None or counter.quota is None:
        return add_on.amount
    return counter.quota - counter.used - counter.held


def end_of(add_on: AddOn, agency: Agency, now: datetime) -> datetime | None:
    """When a pack ends whose money went back as a whole."""
    if add_on.ends_at and add_on.ends_at <= now:
        return add_on.ends_at
    if not add_on.adds:
        return now
    if add_on.lasts == Lasts.FOREVER:
        return None
    period_end = periods.current(agency, now).end
    return min(add_on.ends_at or period_end, period_end)
