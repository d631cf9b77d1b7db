"""Advice: how long the pool lasts at this pace, and the cheapest packs that make it last."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.models import Agency
from billing import advice, periods
from billing.models import Lasts, Pack, PoolPeriod, Subscription, UsageDay
from workspaces.models import Workspace


def pack(amount: int, price: int, currency: str = "EUR") -> Pack:
    return Pack(
        name=f"{amount:,} messages",
        resource="messages",
        amount=amount,
        price=price,
        currency=currency,
        lasts=Lasts.PERIOD,
    )


def taken(mix: advice.Mix | None) -> list[tuple[int, int]]:
    return [(each.amount, count) for each, count in mix.packs] if mix else []


# --- the cheapest mix ------------------------------------------------------------------------------------------------

PACKS = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 30)), min_size=1, max_size=4)


@settings(max_examples=100, deadline=None)
@given(PACKS, st.integers(1, 40), st.sampled_from([1, 7, 500]))
def test_no_other_mix_is_cheaper_or_as_cheap_with_fewer_packs(
    packs: list[tuple[int, int]], need: int, step: int
) -> None:
    mix = advice.cheapest(need * step, [pack(amount * step, price) for amount, price in packs])
    assert mix is not None
    assert mix.units >= need * step
    every = product(*(range(-(-need // amount) + 1) for amount, _ in packs))
    enough = [each for each in every if sum(n * amount for n, (amount, _) in zip(each, packs, strict=True)) >= need]
    costs = [(sum(n * price for n, (_, price) in zip(each, packs, strict=True)), sum(each)) for each in enough]
    assert (mix.price, sum(count for _, count in mix.packs)) == min(costs)


@settings(max_examples=50, deadline=None)
@given(PACKS, st.integers(200, 400))
def test_a_big_need_is_met_as_cheaply_as_by_searching_all_of_it(packs: list[tuple[int, int]], need: int) -> None:
    mix = advice.cheapest(need, [pack(*each) for each in packs])
    amounts, prices = [amount for amount, _ in packs], [price for _, price in packs]
    searched = advice.search(need, amounts, prices)
    assert mix is not None
    found = (mix.price, sum(count for _, count in mix.packs))
    assert found == (sum(prices[n] for n in searched), len(searched))


@pytest.mark.parametrize(
    ("need", "wanted"),
    [
        (1, [(1000, 1)]),
        (1000, [(1000, 1)]),
        (1001, [(1000, 2)]),
        (4000, [(5000, 1)]),  # 3 would do at the price of 57.00, 4 cost more than the big one
        (6000, [(1000, 1), (5000, 1)]),
        (0, []),
        (-5, []),
    ],
)
def test_small_packs_for_a_small_need_and_the_big_one_once_it_is_cheaper(
    need: int, wanted: list[tuple[int, int]]
) -> None:
    assert taken(advice.cheapest(need, [pack(1000, 1900), pack(5000, 7500)])) == wanted


def test_of_equally_cheap_mixes_that_of_fewer_packs_is_taken() -> None:
    assert taken(advice.cheapest(5000, [pack(1000, 1000), pack(5000, 5000)])) == [(5000, 1)]


def test_a_free_pack_is_the_cheapest() -> None:
    assert taken(advice.cheapest(2500, [pack(1000, 0), pack(5000, 7500)])) == [(1000, 3)]


def test_without_packs_there_is_nothing_to_buy() -> None:
    assert advice.cheapest(5, []) is None


@pytest.mark.parametrize("packs", [[(999, 1899), (4999, 7499)], [(999_983, 7), (1_000_003, 8), (1, 1)]])
def test_odd_amounts_and_a_huge_need_end_soon(packs: list[tuple[int, int]]) -> None:
    mix = advice.cheapest(1_900_000_000, [pack(*each) for each in packs])
    assert mix is not None
    assert mix.units >= 1_900_000_000


def test_two_currencies_are_not_added_up(db: None) -> None:
    sold = [pack(1000, 1, "CHF"), pack(1000, 1900), pack(5000, 7500)]
    mix = advice.cheapest_of_all(6000, sold)
    assert taken(mix) == [(1000, 1), (5000, 1)]
    assert mix is not None
    assert mix.cost == "94.00 EUR"


def test_what_recurs_says_what_it_costs_again() -> None:
    monthly = pack(2000, 3400)
    monthly.lasts = Lasts.RECURRING
    assert advice.Mix(((monthly, 2), (pack(1000, 1900), 1))).cost_again == "68.00 EUR"
    assert advice.Mix(((pack(1000, 1900), 1),)).cost_again == ""


# --- an agency's pace ------------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 11, 12, tzinfo=UTC)


@pytest.fixture
def agency(northwind: Agency) -> Agency:
    """Northwind, whose period began on the first of November, and which may use 10,000."""
    Subscription.objects.filter(agency=northwind).update(started_at=datetime(2026, 11, 1, tzinfo=UTC))
    return Agency.objects.get(pk=northwind.pk)


@pytest.fixture
def on_sale(db: None) -> None:
    for each in (pack(1000, 1900), pack(5000, 9500)):
        each.save()
    retired = pack(9999, 1)
    retired.retired_at = NOW - timedelta(days=1)
    retired.save()


def use(agency: Agency, workspace: Workspace, daily: int, *, days: int, used: int | None = None) -> None:
    """`daily` units on each of the last `days` days before NOW."""
    for n in range(1, days + 1):
        UsageDay.objects.create(
            agency=agency,
            workspace=workspace,
            chatbot_id=1,
            day=(NOW - timedelta(days=n)).date(),
            kind="ai",
            messages=daily,
            units=daily,
        )
    period = periods.current(agency, NOW)
    total = daily * days if used is None else used
    PoolPeriod.objects.create(agency=agency, start=period.start, end=period.end, used=total, quota=10_000)


def test_a_pool_that_ends_early_says_when_and_what_to_buy(agency: Agency, bakery: Workspace, on_sale: None) -> None:
    use(agency, bakery, 500, days=7, used=6000)
    said = advice.for_agency(agency, NOW)  # 4,000 left for 8 days, and 19.5 days to go: 5,750 short
    assert said is not None
    assert (said.ends_on, said.days_early, said.short) == (NOW.date() + timedelta(days=8), 12, 5750)
    assert taken(said.mix) == [(1000, 1), (5000, 1)]


def test_a_pool_that_lasts_needs_nothing(agency: Agency, bakery: Workspace, on_sale: None) -> None:
    use(agency, bakery, 200, days=7, used=6000)  # 3,900 of 4,000 by the period's end
    assert advice.for_agency(agency, NOW) == advice.Advice(until=datetime(2026, 12, 1, tzinfo=UTC).date())


def test_a_pool_that_is_used_up_ends_today(agency: Agency, bakery: Workspace) -> None:
    use(agency, bakery, 1000, days=7, used=10_000)
    said = advice.for_agency(agency, NOW)
    assert said is not None
    assert (said.ends_on, said.short, said.mix) == (NOW.date(), 19_500, None)


@pytest.mark.parametrize(("days", "speaks"), [(0, False), (1, False), (2, False), (3, True), (7, True)])
def test_fewer_than_three_days_say_nothing(agency: Agency, bakery: Workspace, days: int, speaks: bool) -> None:
    use(agency, bakery, 500, days=days)
    assert (advice.for_agency(agency, NOW) is not None) == speaks


def test_an_unlimited_pool_needs_no_advice(agency: Agency, bakery: Workspace) -> None:
    use(agency, bakery, 500, days=7)
    PoolPeriod.objects.update(quota=None)
    assert advice.for_agency(agency, NOW) is None


def test_days_of_the_period_before_and_today_do_not_count(agency: Agency, bakery: Workspace) -> None:
    early = datetime(2026, 11, 5, 9, tzinfo=UTC)
    use(agency, bakery, 0, days=0)
    for day, units in ((31, 9999), (1, 100), (2, 100), (3, 100), (4, 100), (5, 7777)):
        when = datetime(2026, 10 if day == 31 else 11, day, tzinfo=UTC).date()
        UsageDay.objects.create(
            agency=agency, workspace=bakery, chatbot_id=1, day=when, kind="ai", messages=1, units=units
        )
    assert advice.pace_of(agency, periods.current(agency, early), early) == 100


def test_the_day_on_which_the_period_begins_counts_where_it_is_whole(agency: Agency, bakery: Workspace) -> None:
    use(agency, bakery, 100, days=10)  # since the first of November
    at = datetime(2026, 11, 4, 20, tzinfo=UTC)
    period = periods.current(agency, at)
    assert advice.pace_of(agency, period, at) == 100
    agency.time_zone = "Europe/Berlin"  # there it begins at one in the night: two whole days are left
    assert advice.pace_of(agency, period, at) is None
