"""The stock: messages that never lapse. A period's own are used first, and the rest carries over, to the unit."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.models import Agency, User
from billing import entitlements, invariants, periods, pools, stock, subscriptions
from billing.models import Hold, Lasts, LedgerEntry, Plan, PoolPeriod
from billing.units import Charge
from workspaces.models import Workspace

START = datetime(2026, 1, 31, 12, tzinfo=UTC)
KEYS = count(1)


def use(workspace: Workspace, amount: int, now: datetime) -> None:
    """Hold and settle as many units."""
    key = next(KEYS)
    held = hold(workspace, amount, now)
    pools.settle(held, {key: Charge(LedgerEntry.Kind.AI, 1, amount, "As many as the test says")}, now=now)


def hold(workspace: Workspace, amount: int, now: datetime) -> Hold:
    return pools.hold(workspace, chatbot_id=1, key=f"{next(KEYS)}", fingerprint="", units=amount, now=now)


def forever(agency: Agency, amount: int, now: datetime) -> Any:
    return subscriptions.widen(agency, resource="messages", amount=amount, lasts=Lasts.FOREVER, added_at=now)


def on_plan_of(agency: Agency, messages: int | None, now: datetime) -> None:
    """Put the agency on a plan with so many messages, in the same period."""
    plan, _ = Plan.objects.get_or_create(code=f"of-{messages}", defaults={"name": "Made", "messages": messages})
    began = periods.anchor_of(Agency.objects.get(pk=agency.pk))
    subscriptions.subscribe(agency, plan=plan, started_at=began, now=now)


def left(agency: Agency, now: datetime) -> int:
    """What can be used right now."""
    start = periods.current(agency, now).start
    counter = PoolPeriod.objects.filter(agency=agency, start=start).first()
    return entitlements.explain(agency, now)[0].total - (counter.used + counter.held if counter else 0)


@pytest.fixture
def hundred(northwind: Agency) -> Agency:
    """Northwind, on a plan of a hundred messages, in a period that begins on a 31st."""
    plan = Plan.objects.create(code="of-100", name="Made", messages=100)
    subscriptions.subscribe(northwind, plan=plan, started_at=START, now=START)
    return Agency.objects.get(pk=northwind.pk)


@pytest.fixture
def shop(hundred: Agency, bakery: Workspace) -> Workspace:
    bakery.agency = hundred
    return bakery


# --- in words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("used", "carried"), [(0, 50), (99, 50), (100, 50), (101, 49), (149, 1), (150, 0)])
def test_a_periods_own_messages_are_used_first_and_the_rest_carries_over(
    hundred: Agency, shop: Workspace, used: int, carried: int
) -> None:
    forever(hundred, 50, START)
    for amount in filter(None, [used // 2, used - used // 2]):
        use(shop, amount, START)
    later = periods.current(hundred, START).end
    assert (left(hundred, START), left(hundred, later)) == (150 - used, 100 + carried)


def test_it_carries_over_periods_without_any_use(hundred: Agency, shop: Workspace) -> None:
    forever(hundred, 50, START)
    use(shop, 120, START)
    assert left(hundred, START + timedelta(days=700)) == 130


def test_it_comes_last_when_packs_overlap(hundred: Agency, shop: Workspace) -> None:
    forever(hundred, 50, START)
    for lasts in (Lasts.PERIOD, Lasts.RECURRING):
        subscriptions.widen(hundred, resource="messages", amount=10, lasts=lasts, added_at=START)
    use(shop, 125, START)  # 100 of the plan, 20 of the packs, 5 of the stock
    later = periods.current(hundred, START).end
    assert left(hundred, later) == 100 + 10 + 45


@pytest.mark.parametrize("smaller", [0, 10, 80])
def test_a_smaller_plan_takes_nothing_of_the_stock(hundred: Agency, shop: Workspace, smaller: int) -> None:
    forever(hundred, 50, START)
    use(shop, 90, START)
    on_plan_of(hundred, smaller, START)
    assert left(hundred, START) == 50
    use(shop, 20, START)
    assert left(hundred, periods.current(hundred, START).end) == smaller + 30


def test_a_pack_bought_after_the_plan_became_smaller_counts_whole(hundred: Agency, shop: Workspace) -> None:
    use(shop, 90, START)
    on_plan_of(hundred, 10, START)
    assert left(hundred, START) == 0
    forever(hundred, 50, START)
    assert left(hundred, START) == 50
    assert left(hundred, periods.current(hundred, START).end) == 60


def test_a_bigger_plan_gives_back_what_the_stock_had_lent(hundred: Agency, shop: Workspace) -> None:
    forever(hundred, 50, START)
    use(shop, 130, START)
    on_plan_of(hundred, 120, START)
    assert left(hundred, START) == 40
    on_plan_of(hundred, None, START)
    on_plan_of(hundred, 100, START)
    assert left(hundred, periods.current(hundred, START).end) == 150


def test_a_new_start_day_carries_it_over(hundred: Agency, shop: Workspace) -> None:
    forever(hundred, 50, START)
    use(shop, 120, START)
    day = START + timedelta(days=9)
    subscriptions.subscribe(hundred, plan=hundred.subscription.plan, started_at=day, now=day)
    assert left(Agency.objects.get(pk=hundred.pk), day) == 100 + 30
    assert invariants.breaches() == []


def test_the_oldest_pack_is_used_first(hundred: Agency, shop: Workspace, support: User) -> None:
    older, newer = forever(hundred, 50, START), forever(hundred, 50, START + timedelta(hours=1))
    use(shop, 130, START)
    assert [stock.left_of(pack) for pack in (older, newer)] == [20, 50]
    subscriptions.end_pack(older, at_once=True, by=support, now=START)
    assert (left(hundred, START), stock.left_of(newer)) == (50, 50)
    assert left(hundred, periods.current(hundred, START).end) == 150


def test_a_hold_that_was_open_over_the_periods_edge_gives_back_what_it_did_not_cost(
    hundred: Agency, shop: Workspace
) -> None:
    forever(hundred, 50, START)
    use(shop, 100, START)
    end = periods.current(hundred, START).end
    open_one = hold(shop, 3, end - timedelta(seconds=1))
    use(shop, 1, end)
    assert left(hundred, end) == 99 + 47
    pools.release(open_one, now=end)
    assert left(hundred, end) == 99 + 50


def test_what_was_held_under_a_bigger_plan_and_released_is_not_granted_again(hundred: Agency, shop: Workspace) -> None:
    use(shop, 60, START)
    open_one = hold(shop, 30, START)
    on_plan_of(hundred, 50, START)
    pools.release(open_one, now=START)
    assert [entitlements.lapse(START, since=START - timedelta(days=2)) for _ in range(2)] == [1, 0]
    assert left(hundred, START) == 0


# --- in numbers ------------------------------------------------------------------------------------------------------


@dataclass
class Book:
    """What should be left, reckoned by hand."""

    plan: int = 100
    of_period: int = 0
    recurring: int = 0
    stock: int = 0  # all that was ever bought
    drawn: int = 0  # of it, in the periods before
    used: int = 0
    kept: int = field(default=0)

    @property
    def quota(self) -> int:
        return max(self.plan + self.of_period + self.recurring, self.kept)

    @property
    def left(self) -> int:
        return self.quota + self.stock - self.drawn - self.used

    def lower(self, plan: int) -> None:
        self.kept = min(self.quota, self.used)
        self.plan = plan

    def turn(self) -> None:
        self.drawn += max(0, self.used - self.quota)
        self.used = self.kept = self.of_period = 0


STEPS = st.one_of(
    st.tuples(st.just("use"), st.integers(1, 130)),
    st.tuples(st.just("plan"), st.integers(0, 200)),
    st.tuples(st.just(Lasts.FOREVER), st.integers(1, 90)),
    st.tuples(st.just(Lasts.PERIOD), st.integers(1, 90)),
    st.tuples(st.just(Lasts.RECURRING), st.integers(1, 30)),
    st.tuples(st.just("turn"), st.just(0)),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(STEPS, min_size=3, max_size=14))
def test_whatever_happens_what_is_left_is_right_to_the_unit(
    hundred: Agency, shop: Workspace, steps: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        book, now = Book(), START
        for step, amount in steps:
            now = play(hundred, shop, book, step, amount, now)
            assert left(hundred, now) == book.left
        assert invariants.breaches() == []
        transaction.set_rollback(True)


def play(agency: Agency, shop: Workspace, book: Book, step: str, amount: int, now: datetime) -> datetime:
    """Do it in the product and in the book."""
    if step == "use" and amount > book.left:
        with pytest.raises(pools.PoolExhausted):
            hold(shop, amount, now)
    elif step == "use":
        use(shop, amount, now)
        book.used += amount
    elif step == "plan":
        on_plan_of(agency, amount, now)
        book.lower(amount)
    elif step == "turn":
        book.turn()
        return periods.current(agency, now).end
    else:
        subscriptions.widen(agency, resource="messages", amount=amount, lasts=step, added_at=now)
        name = {Lasts.FOREVER: "stock", Lasts.PERIOD: "of_period", Lasts.RECURRING: "recurring"}[Lasts(step)]
        setattr(book, name, getattr(book, name) + amount)
    return now
