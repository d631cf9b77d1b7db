"""Where periods, packs and plans meet: each of these was a unit too many or too few once."""

from datetime import UTC, datetime, timedelta

import pytest

from agencies.models import Agency
from billing import entitlements, pools, subscriptions, units, usage
from billing.models import Hold, LimitException, Plan, PoolPeriod, Subscription
from workspaces.models import Workspace

JANUARY, FEBRUARY = datetime(2047, 1, 31, 23, 59, tzinfo=UTC), datetime(2047, 2, 1, 0, 1, tzinfo=UTC)


@pytest.fixture
def small(northwind: Agency) -> Agency:
    """Northwind on a plan of six messages, from each first of the month."""
    return on_plan(northwind, 6, datetime(2047, 1, 1, tzinfo=UTC), JANUARY)


def on_plan(agency: Agency, messages: int | None, started_at: datetime, now: datetime) -> Agency:
    plan, _ = Plan.objects.get_or_create(code=f"plan-{messages}", defaults={"name": "Plan", "messages": messages})
    if now == JANUARY:
        Subscription.objects.filter(agency=agency).update(plan=plan, started_at=started_at)
        return entitlements.apply(agency, now=now)
    return subscriptions.subscribe(agency, plan=plan, started_at=started_at, now=now).agency


def hold(place: Workspace, now: datetime, key: str, amount: int = 3) -> Hold:
    fresh = Workspace.objects.select_related("agency__subscription").get(pk=place.pk)
    return pools.hold(fresh, chatbot_id=1, key=key, fingerprint="", units=amount, now=now)


def left(agency: Agency, now: datetime) -> int | None:
    return usage.pool(Agency.objects.get(pk=agency.pk), now).left


def add(agency: Agency, amount: int, lasts: str, now: datetime) -> None:
    subscriptions.widen(agency, resource="messages", amount=amount, lasts=lasts, added_at=now)


# --- what never lapses ------------------------------------------------------------------------------------------------


def test_what_comes_back_after_the_periods_end_is_in_the_next_ones_stock(small: Agency, bakery: Workspace) -> None:
    add(small, 10, "forever", JANUARY)
    hold(bakery, JANUARY, "own", amount=6)
    held, kept = hold(bakery, JANUARY, "from the stock"), hold(bakery, JANUARY, "from the stock, too")
    hold(bakery, FEBRUARY, "next", amount=1)
    assert left(small, FEBRUARY) == 5 + 4
    pools.release(held, now=FEBRUARY)
    assert left(small, FEBRUARY) == 5 + 7
    pools.settle(kept, {1: units.visitor("when?")}, now=FEBRUARY)
    assert left(small, FEBRUARY) == 5 + 9


def test_a_clock_that_is_behind_draws_no_stock_that_the_next_period_has(small: Agency, bakery: Workspace) -> None:
    add(small, 10, "forever", JANUARY)
    hold(bakery, JANUARY, "own", amount=5)
    hold(bakery, FEBRUARY, "next", amount=16)
    hold(bakery, JANUARY, "the last of its own", amount=1)
    with pytest.raises(pools.PoolExhausted):
        hold(bakery, JANUARY, "late", amount=1)


def test_a_pack_is_not_eaten_by_what_was_used_without_a_limit(small: Agency, bakery: Workspace) -> None:
    start = small.subscription.started_at
    on_plan(small, None, start, JANUARY - timedelta(minutes=2))
    hold(bakery, JANUARY, "a lot", amount=1000)
    on_plan(small, 6, start, JANUARY + timedelta(seconds=1))
    add(small, 10, "forever", FEBRUARY)
    assert left(small, FEBRUARY) == 16


def test_an_unlimited_pool_has_no_limit(small: Agency, bakery: Workspace, ada: object) -> None:
    LimitException.objects.create(agency=small, limit="messages", amount=None, reason="friends", made_by=ada)
    entitlements.apply(small, now=JANUARY)
    hold(bakery, JANUARY, "a", amount=3)
    assert PoolPeriod.objects.get().quota is None
    assert left(small, JANUARY) is None


# --- periods that begin on another day --------------------------------------------------------------------------------


def test_after_a_start_was_set_and_set_back_limits_reach_the_period_again(small: Agency, bakery: Workspace) -> None:
    start = small.subscription.started_at
    hold(bakery, start, "on the first")
    on_plan(small, 6, start + timedelta(days=9), JANUARY - timedelta(minutes=2))
    on_plan(small, 6, start, JANUARY - timedelta(minutes=1))
    add(small, 10, "period", JANUARY)
    hold(bakery, JANUARY, "later")
    assert left(small, JANUARY) == 16 - 6


def test_a_period_with_the_same_beginning_and_another_end_has_its_packs(small: Agency, bakery: Workspace) -> None:
    end_of_february, march = datetime(2047, 2, 28, 12, tzinfo=UTC), datetime(2047, 3, 30, tzinfo=UTC)
    on_plan(small, 6, datetime(2047, 1, 28, tzinfo=UTC), end_of_february)
    hold(bakery, end_of_february, "a")
    add(small, 10, "period", end_of_february)
    on_plan(small, 6, datetime(2047, 1, 31, tzinfo=UTC), end_of_february)
    add(small, 20, "period", march)
    assert left(small, march) == 36 - 3


def test_a_pack_bought_on_the_new_periods_first_day_is_of_the_new_period(small: Agency, bakery: Workspace) -> None:
    morning, noon = JANUARY.replace(hour=9), JANUARY.replace(hour=12)
    add(small, 10, "period", JANUARY.replace(day=20))
    add(small, 20, "period", morning)
    on_plan(small, 6, noon, noon)
    assert left(small, noon) == 6 + 20


# --- a key that was released ------------------------------------------------------------------------------------------


def test_a_released_key_in_an_empty_pool_hears_of_the_pool(
    small: Agency, bakery: Workspace, bookshop: Workspace
) -> None:
    """Also where its workspace has no counter in this period yet."""
    pools.release(hold(bakery, JANUARY, "again"), now=JANUARY)
    hold(bookshop, FEBRUARY, "all", amount=6)
    with pytest.raises(pools.PoolExhausted):
        hold(bakery, FEBRUARY, "again")
