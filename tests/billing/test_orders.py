"""Orders: placed once, granted once, confirmed or declined by support, cancelled, and taken back."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from agencies.models import Agency, AuditEntry, Mail, User
from billing import entitlements, orders, periods, pools, refunds, stock, subscriptions, units
from billing.models import AddOn, Lasts, Order, Pack, PoolPeriod, Receipt
from billing.receipts import Moved
from tests.billing import selling
from tests.billing.selling import granted, placed, running
from tests.racing import at_once
from workspaces import seats
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(northwind: Agency, ada: User, now: datetime) -> Order:
    """Without Stripe: Ada asks support for 2,000 messages of this period."""
    return placed(northwind, ada, now)


def use(workspace: Workspace, much: int, now: datetime) -> None:
    """Let the workspace have used so many units in this period."""
    pools.hold(workspace, chatbot_id=1, key="a", fingerprint="", units=1, now=now)
    start = periods.current(workspace.agency, now).start
    PoolPeriod.objects.filter(agency=workspace.agency_id, start=start).update(used=much, held=0)


def limit_of(agency: Agency, now: datetime) -> int | None:
    return PoolPeriod.objects.get(agency=agency, start=periods.current(agency, now).start).limit


def back(order: Order, now: datetime, amount: int | None = None, before: int = 0) -> int:
    moved = Moved(order.price - before if amount is None else amount, now, f"re_{before}")
    return refunds.take_back(order, moved, kind=Receipt.Kind.REFUND, before=before, now=now)


# --- placing ---------------------------------------------------------------------------------------------------------


def test_a_form_sent_twice_is_one_order(northwind: Agency, ada: User, now: datetime) -> None:
    sold, key = selling.pack(), uuid.uuid4()
    first, second = (orders.place(northwind, pack=sold, request_key=key, by=ada, now=now) for _ in range(2))
    assert first == second
    assert Mail.objects.filter(recipient="sam@example.com").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_many_times_at_once_is_one_order(northwind: Agency, ada: User, now: datetime) -> None:
    sold, key = selling.pack(), uuid.uuid4()
    made = at_once(lambda _: orders.place(northwind, pack=sold, request_key=key, by=ada, now=now), people=10)
    assert len({order.pk for order in made}) == 1


def test_an_order_keeps_what_the_pack_was(northwind: Agency, ada: User, now: datetime) -> None:
    sold = selling.pack(2000, 3800)
    order = placed(northwind, ada, now, sold)
    Pack.objects.update(name="Other", amount=1, price=1, currency="USD", lasts=Lasts.FOREVER)
    order.refresh_from_db()
    assert (order.name, order.amount, order.price, order.currency) == ("2,000 messages", 2000, 3800, "EUR")


def test_a_retired_pack_is_not_sold(northwind: Agency, ada: User, now: datetime) -> None:
    sold = selling.pack()
    Pack.objects.update(retired_at=now)
    with pytest.raises(orders.PackRetired, match="not sold any more"):
        placed(northwind, ada, now, sold)
    assert not Order.objects.exists()


def test_orders_do_not_pile_up(northwind: Agency, ada: User, now: datetime) -> None:
    sold = selling.pack()
    for _ in range(orders.MOST_OPEN):
        placed(northwind, ada, now, sold)
    with pytest.raises(orders.TooManyOpen):
        placed(northwind, ada, now, sold)


def test_a_request_is_told_to_support_with_its_page(asked: Order, support: User, superuser: User) -> None:
    mail = Mail.objects.get(recipient=support.email)
    assert mail.subject == "Northwind asks for 2,000 messages"
    assert f"/admin/billing/order/{asked.pk}/change/" in mail.text
    assert "38.00 EUR" in mail.text
    assert asked.way == Order.Way.REQUEST


def test_a_free_pack_is_asked_for_also_where_stripe_sells(
    northwind: Agency, ada: User, now: datetime, till: str
) -> None:
    assert placed(northwind, ada, now, price=0).way == Order.Way.REQUEST
    assert placed(northwind, ada, now, price=1).way == Order.Way.CHECKOUT


# --- support's decision ----------------------------------------------------------------------------------------------


def test_a_confirmed_request_counts_at_once(asked: Order, northwind: Agency, support: User, now: datetime) -> None:
    orders.confirm(asked, by=support, now=now)
    add_on = running(asked)
    assert (add_on.amount, add_on.lasts, add_on.added_by) == (2000, Lasts.PERIOD, support)
    receipt = asked.receipts.get()
    assert (receipt.kind, receipt.amount, receipt.currency, receipt.number) == ("payment", 3800, "EUR", 1)
    assert Mail.objects.filter(recipient="ada@example.com", subject="2,000 messages for Northwind").exists()


def test_a_request_is_decided_once(asked: Order, support: User, now: datetime) -> None:
    orders.confirm(asked, by=support, now=now)
    for again in (orders.confirm, orders.decline):
        with pytest.raises(orders.NotOpen, match="counts already"):
            again(asked, by=support, now=now, **({"reason": "No."} if again is orders.decline else {}))
    assert AddOn.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_confirming_and_declining_at_once_one_is_done(
    northwind: Agency, ada: User, support: User, now: datetime
) -> None:
    order = placed(northwind, ada, now)
    steps = [orders.confirm, lambda each, **how: orders.decline(each, reason="No.", **how)]
    results = at_once(lambda n: steps[n % 2](order, by=support, now=now), people=10)
    assert sum(isinstance(result, orders.NotOpen) for result in results) == 9
    order.refresh_from_db()
    assert bool(order.granted_at) != bool(order.closed_at)
    assert AddOn.objects.count() == bool(order.granted_at)


def test_a_declined_request_tells_the_buyer_why(asked: Order, support: User, now: datetime) -> None:
    orders.decline(asked, by=support, reason="Please pay last month's first.", now=now)
    mail = Mail.objects.get(recipient="ada@example.com")
    assert "Please pay last month's first." in mail.text
    assert not AddOn.objects.exists()
    with pytest.raises(orders.NotOpen, match="closed meanwhile"):
        orders.confirm(asked, by=support, now=now)


def test_granting_twice_grants_once(asked: Order, support: User, now: datetime) -> None:
    for _ in range(3):
        orders.grant(asked, by=support, now=now)
    assert (AddOn.objects.count(), Receipt.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_granting_at_once_grants_once(northwind: Agency, ada: User, now: datetime) -> None:
    order = placed(northwind, ada, now)
    at_once(lambda _: orders.grant(order, by=None, now=now), people=10)
    assert (AddOn.objects.count(), Receipt.objects.count()) == (1, 1)


def test_who_did_what_stands_in_the_audit_log(asked: Order, northwind: Agency, support: User, now: datetime) -> None:
    orders.confirm(asked, by=support, now=now)
    told = AuditEntry.objects.filter(agency=northwind, target="2,000 messages").get(action="agency.ordered")
    assert (told.actor_name, told.after["price"]) == ("ada@example.com", "38.00 EUR")
    assert AuditEntry.objects.filter(agency=northwind, action="agency.add_on", actor=support).exists()


# --- cancelling ------------------------------------------------------------------------------------------------------


def test_a_cancelled_pack_runs_until_the_period_ends(
    northwind: Agency, ada: User, support: User, now: datetime
) -> None:
    order = orders.confirm(placed(northwind, ada, now, lasts=Lasts.RECURRING), by=support, now=now)
    orders.cancel(order, by=ada, now=now)
    order.refresh_from_db()
    assert order.cancelled_at == now
    assert running(order).ends_at == periods.current(northwind, now).end


@pytest.mark.parametrize("lasts", [Lasts.PERIOD, Lasts.FOREVER])
def test_what_does_not_recur_is_not_cancelled(
    northwind: Agency, ada: User, now: datetime, till: str, lasts: str
) -> None:
    with pytest.raises(orders.NotRunning):
        orders.cancel(granted(northwind, ada, now, lasts=lasts), by=ada, now=now)


def test_what_was_cancelled_or_never_ran_is_not_cancelled_again(
    northwind: Agency, ada: User, support: User, now: datetime
) -> None:
    order = placed(northwind, ada, now, lasts=Lasts.RECURRING)
    with pytest.raises(orders.NotRunning):
        orders.cancel(order, by=ada, now=now)
    orders.cancel(orders.confirm(order, by=support, now=now), by=ada, now=now)
    with pytest.raises(orders.NotRunning):
        orders.cancel(Order.objects.get(pk=order.pk), by=ada, now=now + timedelta(days=1))


# --- taking back -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lasts", "used", "returned"),
    [
        ("period", 0, 2000),
        ("period", 10_000, 2000),
        ("period", 10_001, 1999),
        ("period", 12_000, 0),
        ("recurring", 11_500, 500),
        ("forever", 9_999, 2000),
        ("forever", 10_700, 1300),
        ("forever", 12_000, 0),
    ],
)
def test_no_more_messages_are_taken_back_than_are_free(
    northwind: Agency, bakery: Workspace, ada: User, now: datetime, till: str, lasts: str, used: int, returned: int
) -> None:
    order = granted(northwind, ada, now, lasts=lasts)
    use(bakery, used, now)
    assert back(order, now) == returned
    assert limit_of(northwind, now) == 12_000 - returned
    assert limit_of(northwind, now) >= used


def test_what_is_held_is_in_use(northwind: Agency, bakery: Workspace, ada: User, now: datetime, till: str) -> None:
    order = granted(northwind, ada, now)
    use(bakery, 10_000, now)
    pools.hold(bakery, chatbot_id=1, key="b", fingerprint="", units=3, now=now)
    assert back(order, now) == 1997


@pytest.mark.parametrize(
    ("lasts", "used", "ends"),
    [
        ("period", 10_500, "period"),
        ("recurring", 10_500, "period"),
        ("forever", 10_500, "never"),
        ("period", 0, "now"),
        ("recurring", 0, "now"),
        ("forever", 0, "now"),
    ],
)
def test_what_is_in_use_stays_until_the_period_ends_and_for_good_where_it_never_lapses(
    northwind: Agency, bakery: Workspace, ada: User, now: datetime, till: str, lasts: str, used: int, ends: str
) -> None:
    order = granted(northwind, ada, now, lasts=lasts)
    use(bakery, used, now)
    back(order, now)
    when = {"period": periods.current(northwind, now).end, "now": now, "never": None}
    assert running(order).ends_at == when[ends]


def test_messages_that_never_lapse_and_were_used_in_an_earlier_period_stay_used(
    northwind: Agency, bakery: Workspace, ada: User, now: datetime, till: str
) -> None:
    first = granted(northwind, ada, now - timedelta(days=40), lasts=Lasts.FOREVER)
    second = granted(northwind, ada, now, lasts=Lasts.FOREVER)
    before = periods.current(northwind, periods.current(northwind, now).start - timedelta(days=1))
    spent = {"start": before.start, "end": before.end, "used": 10_300, "quota": 10_000, "stock": 2000}
    PoolPeriod.objects.create(agency=northwind, **spent)
    use(bakery, 5, now)
    assert back(first, now) == 1700
    assert limit_of(northwind, now) == 12_000  # all that the second gave
    assert running(second).returned == 0


def test_an_unlimited_pool_gives_everything_back(northwind: Agency, ada: User, now: datetime, till: str) -> None:
    order = granted(northwind, ada, now)
    northwind.subscription.plan.__class__.objects.update(messages=None)
    entitlements.apply(northwind, now=now)
    assert back(order, now) == 2000


def test_a_pack_that_lapsed_has_nothing_to_take_back(northwind: Agency, ada: User, now: datetime, till: str) -> None:
    order = granted(northwind, ada, now)
    later = periods.current(northwind, now).end + timedelta(days=1)
    ended = running(order).ends_at
    assert back(order, later) == 0
    order.refresh_from_db()
    assert (order.refunded_at, running(order).ends_at) == (later, ended)


def test_a_refund_takes_what_it_says_also_where_the_stock_has_messages_left(
    northwind: Agency, bakery: Workspace, ada: User, now: datetime, till: str
) -> None:
    subscriptions.widen(northwind, resource="messages", amount=2000, lasts=Lasts.FOREVER, added_at=now)
    use(bakery, 11_000, now)  # a thousand of the stock, until the pack below takes their place
    order = granted(northwind, ada, now)
    assert limit_of(northwind, now) == 14_000
    assert back(order, now) == 1000
    assert limit_of(northwind, now) == 13_000


def test_a_refund_takes_nothing_of_another_pack_in_an_unlimited_period(
    northwind: Agency, bakery: Workspace, ada: User, now: datetime, till: str
) -> None:
    first = granted(northwind, ada, now - timedelta(days=40), lasts=Lasts.FOREVER)
    granted(northwind, ada, now, lasts=Lasts.FOREVER)
    use(bakery, 10_300, now)
    northwind.subscription.plan.__class__.objects.update(messages=None)
    later = periods.current(northwind, now).end
    entitlements.apply(northwind, now=later)
    assert back(first, later) == 1700
    assert stock.left_of(running(first)) == 0
    assert sum(stock.left_of(pack) for pack in stock.packs(northwind.pk)) == 2000


@pytest.mark.parametrize(("taken", "returned"), [(0, 5), (20, 5), (22, 3), (25, 0), (26, 0)])
def test_no_more_seats_are_taken_back_than_are_free(
    northwind: Agency, bakery: Workspace, ada: User, now: datetime, till: str, taken: int, returned: int
) -> None:
    order = granted(northwind, ada, now, resource="seats", amount=5, lasts=Lasts.RECURRING)
    people = [User(email=f"p{n}@example.com") for n in range(taken)]
    bakery.memberships.bulk_create(
        bakery.memberships.model(workspace=bakery, user=user, role="viewer")
        for user in User.objects.bulk_create(people)
    )
    assert back(order, now) == returned
    northwind.refresh_from_db()
    assert northwind.seat_limit == 25 - returned
    assert seats.of_agency(northwind, now=now).used == taken


def test_what_was_in_use_when_a_part_went_back_goes_with_the_rest(
    northwind: Agency, bakery: Workspace, ada: User, now: datetime, till: str
) -> None:
    order = granted(northwind, ada, now, resource="seats", amount=10, lasts=Lasts.FOREVER)
    people = User.objects.bulk_create(User(email=f"p{n}@example.com") for n in range(30))
    make = bakery.memberships.model
    bakery.memberships.bulk_create(make(workspace=bakery, user=user, role="viewer") for user in people)
    assert back(order, now, 1900) == 0
    bakery.memberships.filter(user__in=people[:10]).delete()
    assert back(order, now, before=1900) == 10
    assert running(order).ends_at == now


def test_of_data_sources_everything_is_taken_back(northwind: Agency, ada: User, now: datetime, till: str) -> None:
    order = granted(northwind, ada, now, resource="sources", amount=10, lasts=Lasts.RECURRING)
    assert back(order, now) == 10
    northwind.refresh_from_db()
    assert northwind.source_limit == 200


@pytest.mark.parametrize(("price", "parts", "units_back"), [(3, [1, 1, 1], [3, 3, 4]), (7, [6, 1], [8, 2])])
def test_parts_add_up_to_the_whole(
    northwind: Agency, ada: User, now: datetime, till: str, price: int, parts: list[int], units_back: list[int]
) -> None:
    order = granted(northwind, ada, now, amount=10, price=price)
    before = 0
    for part, wanted in zip(parts, units_back, strict=True):
        assert back(order, now, part, before) == wanted
        before += part
    order.refresh_from_db()
    assert order.refunded_at == now


@pytest.mark.django_db(transaction=True)
def test_nothing_is_used_that_is_taken_back_at_the_same_moment(
    northwind: Agency, bakery: Workspace, ada: User, now: datetime, till: str
) -> None:
    order = granted(northwind, ada, now)
    use(bakery, 11_000, now)

    def step(number: int) -> Any:
        if number == 7:
            return back(order, now)
        return pools.hold(bakery, chatbot_id=1, key=str(number), fingerprint="", units=3, now=now)

    at_once(step, people=16, times=20)
    counter = PoolPeriod.objects.get(agency=northwind)
    assert counter.limit is not None
    assert counter.used + counter.held <= counter.limit
    assert counter.limit == 12_000 - running(order).returned


# --- receipts --------------------------------------------------------------------------------------------------------


def test_receipts_are_numbered_in_each_agency(
    northwind: Agency, rival: Agency, ada: User, mallory: User, now: datetime, till: str
) -> None:
    for agency, owner in ((northwind, ada), (rival, mallory), (northwind, ada)):
        granted(agency, owner, now)
    assert list(northwind.receipts.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert rival.receipts.get().number == 1


def test_the_database_keeps_an_orders_rows_in_its_agency(
    northwind: Agency, rival: Agency, ada: User, now: datetime, till: str
) -> None:
    order = granted(northwind, ada, now)
    for rows in (order.receipts.all(), AddOn.objects.filter(order=order)):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(agency=rival)


def test_units_are_charged_to_a_widened_pool(
    northwind: Agency, bakery: Workspace, ada: User, now: datetime, till: str
) -> None:
    use(bakery, 9_999, now)
    granted(northwind, ada, now)
    held = pools.hold(bakery, chatbot_id=1, key="c", fingerprint="", units=3, now=now)
    assert pools.settle(held, {1: units.visitor("?")}, now=now) == 1
