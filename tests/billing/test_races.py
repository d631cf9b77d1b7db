"""Many at the same moment: exactly the limit, and never one more."""

from datetime import datetime
from typing import Any

import pytest

from agencies.models import Agency
from billing import pools, units
from billing.models import Hold, LedgerEntry, PoolPeriod, WorkspacePeriod
from tests.racing import at_once
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


def of(kind: Any, results: list[Any]) -> int:
    return sum(isinstance(result, kind) for result in results)


def use_all_but(left: int, workspace: Workspace, now: datetime) -> None:
    """Leave `left` units in the agency's pool."""
    pools.hold(workspace, chatbot_id=1, key="before", fingerprint="", units=1, now=now)
    PoolPeriod.objects.update(used=workspace.agency.message_limit - left, held=0)


def test_two_hundred_sends_at_ten_below_the_limit_give_exactly_ten(
    bakery: Workspace, bookshop: Workspace, now: datetime
) -> None:
    use_all_but(10, bakery, now)

    def send(number: int) -> Hold:
        place = (bakery, bookshop)[number % 2]
        return pools.hold(place, chatbot_id=1, key=str(number), fingerprint="", units=1, now=now)

    results = at_once(send, people=20, times=10)
    pool = PoolPeriod.objects.get()
    assert (of(Hold, results), of(pools.PoolExhausted, results)) == (10, 190)
    assert pool.used + pool.held == bakery.agency.message_limit


def test_two_hundred_sends_below_a_cap_give_exactly_the_cap(bakery: Workspace, now: datetime) -> None:
    Workspace.objects.filter(pk=bakery.pk).update(message_cap=10)

    def send(number: int) -> Hold:
        return pools.hold(bakery, chatbot_id=1, key=str(number), fingerprint="", units=1, now=now)

    results = at_once(send, people=20, times=10)
    assert (of(Hold, results), of(pools.CapReached, results)) == (10, 190)
    assert WorkspacePeriod.objects.get().held == PoolPeriod.objects.get().held == 10


def test_whole_exchanges_at_once_never_pass_the_limit(bakery: Workspace, northwind: Agency, now: datetime) -> None:
    Agency.objects.filter(pk=northwind.pk).update(message_limit=40)

    def exchange(number: int) -> int:
        held = pools.hold(bakery, chatbot_id=1, key=str(number), fingerprint="", units=3, now=now)
        if number % 3 == 0:
            return pools.release(held, now=now) or 0
        lines = {number * 2: units.visitor("when?"), number * 2 + 1: units.ai("at seven")}
        return pools.settle(held, lines, now=now)

    results = at_once(exchange, people=20, times=5)
    pool, charged = PoolPeriod.objects.get(), sum(LedgerEntry.objects.values_list("units", flat=True))
    assert of((int, pools.PoolExhausted), results) == 100
    assert pool.used == charged == sum(result for result in results if isinstance(result, int))
    assert pool.held == 0
    assert 38 <= pool.used <= 40


def test_the_same_key_from_twenty_at_once_holds_once(bakery: Workspace, now: datetime) -> None:
    def send(_: int) -> Hold:
        return pools.hold(bakery, chatbot_id=1, key="the same", fingerprint="the same", units=3, now=now)

    results = at_once(send)
    assert (of(Hold, results), of(pools.AlreadyHeld, results)) == (1, 19)
    assert PoolPeriod.objects.get().held == 3


def test_a_released_key_is_held_again_by_one(bakery: Workspace, now: datetime) -> None:
    held = pools.hold(bakery, chatbot_id=1, key="the same", fingerprint="the same", units=3, now=now)
    pools.release(held, now=now)

    def send(_: int) -> Hold:
        return pools.hold(bakery, chatbot_id=1, key="the same", fingerprint="the same", units=3, now=now)

    assert of(Hold, at_once(send)) == 1
    assert PoolPeriod.objects.get().held == 3


def test_one_hold_is_settled_or_released_by_one(bakery: Workspace, now: datetime) -> None:
    held = pools.hold(bakery, chatbot_id=1, key="a", fingerprint="", units=3, now=now)

    def end(number: int) -> int | None:
        if number % 2:
            return pools.release(held, now=now)
        return pools.settle(held, {number: units.visitor("when?")}, now=now)

    at_once(end)
    pool = PoolPeriod.objects.get()
    assert pool.held == 0
    assert pool.used == LedgerEntry.objects.count() <= 1
