"""Many at the same moment: exactly the limit, and never one more.

`make races` has two hundred people in a hundred rounds, `make test` twenty in a few.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from agencies.models import Agency, User
from billing import entitlements, invariants, periods, pools, refunds, rollups, subscriptions, units
from billing.models import AddOn, Hold, LedgerEntry, Plan, PoolPeriod, Receipt, Subscription, Unrolled, WorkspacePeriod
from billing.receipts import Moved
from tests.billing import selling
from tests.conftest import client_workspace
from tests.racing import at_once, crowd, in_rounds, rounds
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
    assert (pool.held, pool.used <= 40) == (0, True)
    with pytest.raises(pools.PoolExhausted):  # what was released last is there for whoever comes now
        list(map(exchange, range(301, 361, 3)))
    assert 38 <= PoolPeriod.objects.get().used <= 40


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


# --- round after round, each in a period of its own, whose counters are made in the race ------------------------------

FIRST = datetime(2047, 1, 1, tzinfo=UTC)  # ahead, so that no hold is old in real life


def month(number: int) -> datetime:
    return periods.add_months(FIRST, number) + timedelta(days=9)


def on_plan(agency: Agency, messages: int) -> Agency:
    """On a plan of so many messages, whose periods begin on the first."""
    plan = Plan.objects.create(code=f"{messages}-messages", name="Small", messages=messages)
    Subscription.objects.filter(agency=agency).update(plan=plan, started_at=FIRST)
    return entitlements.apply(agency, now=FIRST)


def take(place: Workspace, key: object, now: datetime, amount: int = 1, fingerprint: str = "") -> Hold:
    fresh = Workspace.objects.select_related("agency__subscription").get(pk=place.pk)
    return pools.hold(fresh, chatbot_id=1, key=str(key), fingerprint=fingerprint, units=amount, now=now)


def drain(places: list[Workspace], key: str, now: datetime) -> Counter[int]:
    """Take one by one what is left, until everybody is refused; how much each got."""
    got: Counter[int] = Counter()
    for place in places:
        while True:
            try:
                take(place, f"{key}, rest {place.pk}, {got[place.pk]}", now)
            except pools.Refused:
                break
            got[place.pk] += 1
    return got


def expected(results: list[Any], *kinds: type) -> bool:
    return [result for result in results if not isinstance(result, kinds)] == []


@pytest.fixture
def clients(bakery: Workspace, bookshop: Workspace, northwind: Agency) -> list[Workspace]:
    """Three clients, and the agency's own workspace."""
    return [bakery, bookshop, client_workspace(northwind, "Florist"), northwind.workspaces.get(is_main=True)]


def test_a_pool_with_a_cap_guarantees_and_a_pack_that_comes_in_between_gives_exactly_its_limit(
    clients: list[Workspace], northwind: Agency
) -> None:
    capped, first, second, _ = clients
    on_plan(northwind, 30)
    Workspace.objects.filter(pk=capped.pk).update(message_cap=8)
    Workspace.objects.filter(pk__in=[first.pk, second.pk]).update(message_guarantee=6)
    people, turns = crowd(), 200 // crowd() or 1

    def send(now: int, person: int) -> list[Any]:
        if person == 0:
            return [subscriptions.widen(northwind, resource="messages", amount=5, lasts="period", added_at=month(now))]
        return [one(now, person * turns + turn) for turn in range(turns)]

    def one(now: int, number: int) -> Any:
        try:
            return take(clients[number % 4], f"{now}-{number}", month(now))
        except pools.Refused as refusal:
            return refusal

    for now, sent in enumerate(in_rounds(send, people=people, rounds=rounds(2))):
        results = [result for part in sent for result in part]
        assert expected(results, Hold, AddOn, pools.Refused)
        by_place = Counter(hold.workspace_id for hold in results if isinstance(hold, Hold))
        by_place += drain([first, second, *clients], str(now), month(now))
        assert by_place.total() == 35
        assert by_place[capped.pk] <= 8
        assert min(by_place[first.pk], by_place[second.pk]) >= 6
    assert invariants.breaches() == []


def test_of_two_who_want_the_last_unit_one_gets_it(clients: list[Workspace], northwind: Agency) -> None:
    on_plan(northwind, 1)

    def send(now: int, person: int) -> Hold:
        return take(clients[person], f"{now}-{person}", month(now))

    for results in in_rounds(send, people=2, rounds=rounds(30)):
        assert (of(Hold, results), of(pools.PoolExhausted, results)) == (1, 1)


def test_nobody_races_away_what_is_guaranteed_to_another(clients: list[Workspace], northwind: Agency) -> None:
    """Not even while the one to whom it is guaranteed takes, gives back and takes again."""
    on_plan(northwind, 20)
    safe, *greedy = clients
    Workspace.objects.filter(pk=safe.pk).update(message_guarantee=9)

    def send(now: int, person: int) -> Any:
        if person % 4 == 0:
            return pools.release(take(safe, f"{now}-{person}", month(now)), now=month(now))
        return take(greedy[person % 3], f"{now}-{person}", month(now))

    for now, results in enumerate(in_rounds(send, people=crowd(100), rounds=rounds(4))):
        assert expected(results, Hold, type(None), pools.PoolExhausted)
        assert of(Hold, results) <= 11
        assert of(Hold, results) + drain([greedy[0]], f"{now} greedy", month(now)).total() == 11
        assert drain([safe], str(now), month(now)).total() == 9


def test_at_a_periods_edge_no_unit_of_the_stock_is_drawn_twice(clients: list[Workspace], northwind: Agency) -> None:
    """Some clocks are behind: they hold in the old period, while and after the new one's counters are made."""
    on_plan(northwind, 5)
    subscriptions.widen(northwind, resource="messages", amount=10, lasts="forever", added_at=FIRST)

    def moment(now: int, person: int) -> datetime:
        return periods.add_months(FIRST, now + 1) + timedelta(milliseconds=person % 2 * 2 - 1)

    def send(now: int, person: int) -> Any:
        held = take(clients[person % 4], f"{now}-{person}", moment(now, person))
        if person % 3:
            pools.release(held, now=moment(now, person))
        return held

    def between(now: int) -> None:
        """A story that begins anew: the stock is whole, and in every other round the old period has a counter."""
        for rows in (Hold, PoolPeriod, WorkspacePeriod):
            rows.objects.all().delete()
        if now % 2:
            take(clients[0], f"{now} before", moment(now, 0))

    for turn in range(rounds(4)):
        between(turn)
        results = at_once(lambda person, turn=turn: send(turn, person), people=crowd(100))
        assert expected(results, Hold, pools.PoolExhausted)
        late, early = (drain(clients, f"{turn}-{n}", moment(turn, n)).total() for n in (1, 0))
        old, new = PoolPeriod.objects.order_by("start")
        assert old.used + old.held + new.used + new.held == 20, (late, early)
        assert invariants.breaches() == []


def until_somebody_waits() -> None:
    with connection.cursor() as cursor:
        for _ in range(50_000):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
    pytest.fail("Nobody ever waited for a lock.")


def over_the_edge(place: Workspace, change: Callable[[datetime], Any]) -> None:
    """An exchange that drew of the stock ends in the next period, when somebody has begun a change of the pools."""
    held = take(place, "old", month(0), amount=8)
    take(place, "new", month(1))

    def changed() -> None:
        change(month(1))
        connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            PoolPeriod.objects.select_for_update(no_key=True).get(start=held.period_start)
            changing = thread.submit(changed)
            until_somebody_waits()
            pools.release(held, now=month(1))
        changing.result()
    assert invariants.breaches() == []


def test_a_refund_and_an_exchange_that_ends_over_the_edge_do_not_wait_for_each_other(
    bakery: Workspace, northwind: Agency, ada: User, till: str
) -> None:
    on_plan(northwind, 5)
    order = selling.granted(northwind, ada, FIRST, amount=10, lasts="forever")

    def give_back(now: datetime) -> None:
        refunds.take_back(order, Moved(order.price, now, "re_1"), kind=Receipt.Kind.REFUND, now=now)

    over_the_edge(bakery, give_back)
    assert selling.running(order).returned >= 10 - 3  # three were held of it, and perhaps are still


def test_another_start_and_an_exchange_that_ends_over_the_edge_do_not_wait_for_each_other(
    bakery: Workspace, northwind: Agency
) -> None:
    on_plan(northwind, 5)
    subscriptions.widen(northwind, resource="messages", amount=10, lasts="forever", added_at=FIRST)
    plan = Subscription.objects.get(agency=northwind).plan
    over_the_edge(bakery, lambda now: subscriptions.subscribe(northwind, plan=plan, started_at=now, now=now))
    assert PoolPeriod.objects.earliest("start").stock == 0


def test_limits_written_anew_while_units_are_taken_stay_exact(clients: list[Workspace], northwind: Agency) -> None:
    on_plan(northwind, 40)

    def work(now: int, person: int) -> Any:
        if person % 4 == 0:
            return entitlements.apply(northwind, now=month(now))
        held = take(clients[person % 4], f"{now}-{person}", month(now), amount=3)
        return pools.settle(held, {held.pk: units.visitor("?")}, now=month(now))

    for now, results in enumerate(in_rounds(work, people=crowd(100), rounds=rounds(3))):
        assert expected(results, Agency, int, pools.PoolExhausted)
        used = of(int, results)
        assert used + drain(clients, str(now), month(now)).total() == 40
    assert invariants.breaches() == []


def test_a_new_period_that_begins_while_units_are_taken_counts_each_once(
    clients: list[Workspace], northwind: Agency
) -> None:
    on_plan(northwind, 10)

    def work(now: int, person: int) -> Any:
        if person == 0:
            plan = Plan.objects.get(code="10-messages")
            return subscriptions.subscribe(northwind, plan=plan, started_at=month(now), now=month(now))
        return take(clients[person % 4], f"{now}-{person}", month(now))

    for results in in_rounds(work, people=crowd(60), rounds=1):
        assert expected(results, Hold, Subscription, pools.PoolExhausted)
        assert 10 <= of(Hold, results) <= 20
    assert all(period.used + period.held <= 10 for period in PoolPeriod.objects.all())
    assert invariants.breaches() == []


def test_many_sends_of_few_keys_make_one_charge_of_each(clients: list[Workspace], northwind: Agency) -> None:
    """Half of them come with another text: whichever came first has the key, and the others are refused."""
    sends, keys = (9000, 500) if rounds(0) else (900, 50)

    def send(number: int) -> Any:
        held = take(clients[0], number % keys, FIRST, amount=3, fingerprint=f"text {number // keys % 2}")
        return pools.settle(held, {held.pk: units.visitor("when?")}, now=FIRST)

    people = crowd(100)
    results = at_once(send, people=people, times=sends // people)
    charged, again, refused = (of(kind, results) for kind in (int, pools.AlreadyHeld, pools.KeyReused))
    assert (charged, charged + again + refused) == (keys, sends)
    assert refused == sends // 2
    assert LedgerEntry.objects.count() == PoolPeriod.objects.get().used == keys
    assert invariants.breaches() == []


def test_a_released_key_that_many_try_again_in_an_empty_pool_is_refused_to_each(
    clients: list[Workspace], northwind: Agency
) -> None:
    on_plan(northwind, 3)

    def between(now: int) -> None:
        pools.release(take(clients[0], f"{now} again", month(now)), now=month(now))
        take(clients[1], f"{now} all", month(now), amount=3)

    def send(now: int, _: int) -> Hold:
        return take(clients[0], f"{now} again", month(now))

    for results in in_rounds(send, people=8, rounds=rounds(10), between=between):
        assert of(pools.PoolExhausted, results) == 8, results


def test_rollups_and_a_time_zone_that_changes_at_once_with_charges_end_in_the_ledger(
    clients: list[Workspace], northwind: Agency
) -> None:
    def work(number: int) -> Any:
        if number % 5 == 0:
            return rollups.roll_up()
        if number % 7 == 0:
            return rollups.rezone(northwind, time_zone=("Asia/Tokyo", "Pacific/Pago_Pago")[number % 2])
        held = take(clients[number % 4], number, month(0) + timedelta(hours=number))
        return pools.settle(held, {held.pk: units.visitor("?")}, now=held.held_at)

    assert expected(at_once(work, times=5), list, type(None), int)
    rollups.roll_up()
    assert not Unrolled.objects.exists()
    assert invariants.breaches() == []
