"""A month's sums: parts are the whole, whatever the prices, the days and the currency."""

import itertools
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.models import ExchangeRate, StatementLine, Way
from billing.models.revenue import MOST
from billing.money import minor
from billing.revenue import costs, papers, sums
from billing.revenue.forms import MoneyField
from billing.revenue.sums import Month, Priced, Stretch, Tokens

Kind = StatementLine.Kind
often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
money = st.integers(0, 10**9)
priced = st.builds(
    Priced, st.sampled_from(Way.values), money, st.integers(0, 10**5), st.integers(0, 10**6), st.integers(1, 500)
)
tokens = st.builds(
    Tokens, st.just("a model"), st.integers(0, 10**9), st.integers(0, 10**8), st.none() | st.tuples(money, money)
)


@st.composite
def months(draw: st.DrawFn) -> Month:
    """Up to five clients, some of whose terms change in mid-month, beside the agency's own workspace."""
    days = draw(st.integers(28, 31))
    stretches = [Stretch(0, "Main", 0, days, sums.NOTHING, draw(st.integers(0, 50)), is_main=True)]
    for client in range(1, draw(st.integers(1, 6))):
        cuts = sorted({0, *draw(st.lists(st.integers(1, days - 1), max_size=2)), days})
        stretches += [
            Stretch(client, "A client", first, until, draw(priced), draw(st.integers(0, 10**5)), (draw(tokens),))
            for first, until in itertools.pairwise(cuts)
        ]
    return Month(date(2026, 2, 1), days, stretches, draw(st.integers(-(10**7), 10**9)), draw(st.integers(0, 10_000)))


@often
@given(months())
def test_lines_add_up_to_clients_clients_to_the_month_and_costs_to_the_pool(month: Month) -> None:
    lines = sums.lines(month)
    assert sums.total(lines) == sum(sums.by_client(lines).values(), sums.Sum())
    assert sum(line.units for line in lines) == sum(each.units for each in month.stretches)
    shared = [line.cost for line in lines if line.kind == Kind.USE]
    if any(sums.weights(month.stretches)):
        assert sum(shared) == month.pool_cost
    assert sums.lines(month) == lines


@often
@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_a_split_adds_up_and_no_part_is_a_whole_unit_off(whole: int, by: list[int]) -> None:
    parts = sums.split(whole, by)
    if sum(by):
        assert sum(parts) == whole
        assert all(abs(part * sum(by) - whole * weight) < sum(by) for part, weight in zip(parts, by, strict=True))


@often
@given(money, st.lists(st.integers(1, 27), max_size=5), st.integers(28, 31))
def test_a_fee_cut_anywhere_is_the_same_fee(fee: int, cuts: list[int], days: int) -> None:
    ends = sorted({0, *cuts, days})
    assert sum(sums.by_days(fee, a, b, days) for a, b in itertools.pairwise(ends)) == fee


@given(st.sampled_from(["JPY", "EUR", "KWD"]), st.integers(0, MOST))
def test_an_amount_comes_out_of_its_form_as_it_went_in(currency: str, amount: int) -> None:
    field = MoneyField(label="A month", currency=currency)
    assert field.clean(field.prepare_value(amount)) == amount
    assert papers.shown(-amount, currency).removeprefix("−") == papers.shown(amount, currency)


@given(st.sampled_from(["JPY", "EUR", "KWD"]), st.sampled_from(["JPY", "EUR", "KWD"]), st.integers(0, 10**6))
def test_a_whole_amount_at_an_even_rate_is_the_same_amount(one: str, other: str, amount: int) -> None:
    day = date(2026, 2, 1)
    rates = [ExchangeRate(currency=one, since=day, rate=Decimal(1))]
    there = costs.converted(minor(Decimal(amount), one), one, other, day, rates)
    assert there == minor(Decimal(amount), other)


def bakery(terms: Priced, units: int = 1000, first: int = 0, until: int = 30) -> Stretch:
    return Stretch(1, "Bakery", first, until, terms, units)


def of(*stretches: Stretch, cost: int = 9_900, rate: int = 0) -> list[tuple[str, int, int]]:
    lines = sums.lines(Month(date(2026, 4, 1), 30, stretches, cost, rate))
    return [(line.kind, line.revenue, line.cost) for line in lines]


def test_units_beyond_those_in_the_fee_are_paid_by_the_thousand() -> None:
    flat = Priced(Way.FLAT, fee=20_000, included=600, extra_price=1_500)
    assert of(bakery(flat)) == [(Kind.USE, 0, 9_900), (Kind.FEE, 20_000, 0), (Kind.EXTRA, 600, 0)]
    assert of(bakery(flat, units=600))[-1] == (Kind.FEE, 20_000, 0)  # at the limit


def test_a_client_that_moves_between_models_in_mid_month_pays_each_for_its_days() -> None:
    first = bakery(Priced(Way.FLAT, fee=20_000, included=600), 250, until=10)
    then = bakery(Priced(Way.REFERRAL, fee=30_000), 500, first=10)
    assert of(first, then, rate=2_000) == [
        (Kind.USE, 0, 9_900),
        (Kind.FEE, 6_666, 0),
        (Kind.EXTRA, 0, 0),
        (Kind.USE, 0, 0),
        (Kind.COMMISSION, 4_000, 0),
    ]


def test_a_multiple_is_of_the_share_and_of_the_model_together() -> None:
    read = Tokens("a model", 1_000_000, 200_000, (150, 600))
    stretch = Stretch(1, "Bakery", 0, 30, Priced(Way.MULTIPLE, multiple=150), 10, (read,))
    assert of(stretch, cost=1_000)[1:] == [(Kind.MODEL, 0, 270), (Kind.MULTIPLE, 1_905, 0)]


def test_what_nobody_used_is_the_agencys_own_cost() -> None:
    own = Stretch(0, "Northwind", 0, 30, sums.NOTHING, 0, is_main=True)
    assert [cost for _, _, cost in of(own, bakery(Priced(Way.MULTIPLE, multiple=200), 0))] == [9_900, 0, 0]


def test_a_line_knows_its_days() -> None:
    month = Month(date(2026, 4, 10), 30, [bakery(sums.NOTHING, first=3, until=5)], 0)
    [line] = sums.lines(month)
    assert (line.first, line.last) == (date(2026, 4, 13), date(2026, 4, 13) + timedelta(days=1))
