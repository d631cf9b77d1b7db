"""The ledger: one row for each line that cost something, by a rule that it names, and never changed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError
from hypothesis import given
from hypothesis import strategies as st

from agencies.models import Agency, User
from billing import corrections, invariants, ledger, periods, pools, rollups, subscriptions, units
from billing.ledger import Total, Wanted
from billing.models import Hold, LedgerEntry, Plan, PoolPeriod
from tests.billing import books
from tests.billing.books import Said
from tests.queries import sent_by
from workspaces.models import Workspace


@pytest.fixture
def held(bakery: Workspace, now: datetime) -> Hold:
    return pools.hold(bakery, chatbot_id=7, key="a", fingerprint="", units=3, now=now)


@pytest.fixture
def settled(held: Hold, now: datetime) -> Hold:
    pools.settle(held, {1: units.visitor("When do you open?"), 2: units.ai("word " * 201)}, now=now)
    return held


@pytest.mark.parametrize(("words", "cost"), [(0, 1), (1, 1), (199, 1), (200, 1), (201, 2), (10_000, 2)])
def test_an_ai_reply_is_one_unit_up_to_two_hundred_words_and_two_above(words: int, cost: int) -> None:
    assert units.ai("word " * words).units == cost


@pytest.mark.parametrize("text", ["hi", "word " * 201, "x" * 2000])
def test_a_visitors_message_is_one_unit_however_long(text: str) -> None:
    assert units.visitor(text).units == 1


@pytest.mark.parametrize("text", ["one two three", "one\ntwo\n\n three ", "  one\ttwo  three"])
def test_words_are_divided_by_white_space(text: str) -> None:
    assert units.words_in(text) == 3


def test_an_exchange_never_costs_more_than_what_is_held_for_it() -> None:
    assert units.visitor("x " * 999).units + units.ai("x " * 9999).units == units.MOST_PER_EXCHANGE


def test_every_unit_is_explained(settled: Hold, bakery: Workspace, now: datetime) -> None:
    asked, replied = LedgerEntry.objects.order_by("message_id")
    assert (asked.kind, asked.words, asked.units, asked.rule) == ("visitor", 4, 1, "A visitor message → 1 unit")
    assert (replied.kind, replied.words, replied.units, replied.rule) == ("ai", 201, 2, "201 words → 2 units")
    assert {(row.agency, row.workspace, row.chatbot_id, row.at) for row in (asked, replied)} == {
        (bakery.agency, bakery, 7, now)
    }


@pytest.mark.usefixtures("settled")
def test_a_row_cannot_be_changed() -> None:
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        LedgerEntry.objects.update(units=0)
    assert sum(LedgerEntry.objects.values_list("units", flat=True)) == 3


@pytest.mark.usefixtures("settled")
def test_a_row_cannot_be_deleted() -> None:
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        LedgerEntry.objects.all().delete()
    assert LedgerEntry.objects.count() == 2


def test_a_message_is_charged_once(settled: Hold, bakery: Workspace, now: datetime) -> None:
    other = pools.hold(bakery, chatbot_id=7, key="b", fingerprint="", units=3, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        pools.settle(other, {1: units.visitor("again")}, now=now)


def test_an_agency_with_a_ledger_is_not_deleted_behind_its_back(settled: Hold, bakery: Workspace) -> None:
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        bakery.agency.delete()
    assert LedgerEntry.objects.count() == 2


# --- read with filters -----------------------------------------------------------------------------------------------

DAYS_AGO = books.seldom(st.integers(0, books.DAYS))


@pytest.fixture
def places(bakery: Workspace, bookshop: Workspace, kiosk: Workspace) -> list[Workspace]:
    """Two of Northwind, and Rival's."""
    return [bakery, bookshop, kiosk]


def by_hand(wanted: Wanted) -> list[LedgerEntry]:
    """What the filters must leave, row by row."""

    def fits(row: LedgerEntry) -> bool:
        day = row.at.astimezone(ZoneInfo(wanted.agency.time_zone)).date()
        return (
            row.agency_id == wanted.agency.pk
            and wanted.workspace_id in (None, row.workspace_id)
            and wanted.chatbot_id in (None, row.chatbot_id)
            and wanted.kind in ("", row.kind)
            and wanted.conversation_id in (None, row.conversation_id)
            and wanted.entry_id in (None, row.pk, row.corrects_id)
            and (wanted.period is None or wanted.period.start == row.period_start)
            and (wanted.start or day) <= day <= (wanted.end or day)
        )

    return sorted(filter(fits, LedgerEntry.objects.all()), key=lambda row: (row.at, row.pk), reverse=True)


def paged(wanted: Wanted, size: int) -> list[LedgerEntry]:
    """Every row, page by page."""
    met = rows = ledger.page(wanted, size=size)
    while rows:
        rows = ledger.page(wanted, before=rows[-1].pk, size=size)
        met = met + rows
    return met


@st.composite
def filters(draw: st.DrawFn, places: list[Workspace], now: datetime) -> Wanted:
    """Any of them together, also a foreign workspace, a period of long ago and days in the wrong order."""
    agency = places[0].agency
    period = draw(st.none() | st.integers(0, 3))
    days = [draw(DAYS_AGO), draw(DAYS_AGO)]
    start, end = (None if ago is None else (now - timedelta(days=ago)).date() for ago in days)
    rows = LedgerEntry.objects.values_list("pk", flat=True).order_by("pk")
    return Wanted(
        agency,
        workspace_id=draw(books.seldom(st.sampled_from([place.pk for place in places]))),
        chatbot_id=draw(books.seldom(st.integers(1, 4))),
        kind=draw(books.seldom(st.sampled_from(LedgerEntry.Kind.values))) or "",
        conversation_id=draw(books.seldom(st.integers(1, 5))),
        entry_id=draw(books.seldom(st.sampled_from(list(rows)))),
        period=None if period is None else periods.current(agency, now - timedelta(days=31 * period)),
        start=start,
        end=end,
    )


@books.some_books
@given(every=books.books, zone=st.sampled_from(books.ZONES), rolled_up=st.integers(0, 15), data=st.data())
def test_whatever_is_asked_for_the_rows_are_those_and_the_total_is_theirs(
    places: list[Workspace], support: User, now: datetime, every: list[Said], zone: str, rolled_up: int, data: Any
) -> None:
    with books.undone():
        here = books.rezoned(places, zone)
        books.write(every, here, by=support, now=now, rolled_up=rolled_up)
        assert invariants.breaches() == []
        for _ in range(8):
            wanted = data.draw(filters(here, now))
            expected = by_hand(wanted)
            assert paged(wanted, size=3) == ledger.page(wanted) == expected
            assert ledger.total(wanted) == Total(sum(row.units for row in expected), len(expected))


@books.some_books
@given(every=books.books, rolled_up=st.integers(0, 15))
def test_the_rows_of_a_period_add_up_to_its_counter(
    places: list[Workspace], support: User, now: datetime, every: list[Said], rolled_up: int
) -> None:
    with books.undone():
        books.write(every, places, by=support, now=now, rolled_up=rolled_up)
        for counter in PoolPeriod.objects.select_related("agency"):
            period = periods.Period(counter.start, counter.end)
            assert ledger.total(Wanted(counter.agency, period=period)).units == counter.used


def test_the_rows_of_a_period_that_was_cut_short_add_up_to_its_counter(
    bakery: Workspace, northwind: Agency, now: datetime
) -> None:
    """What was used on the day on which the new period begins stays in the old one, after its end."""
    noon = now.replace(hour=12, minute=0)
    for number, at in enumerate([noon - timedelta(days=3), noon - timedelta(days=1), noon - timedelta(hours=20)]):
        held = pools.hold(bakery, chatbot_id=1, key=str(number), fingerprint="", units=3, now=at)
        pools.settle(held, {number: units.visitor("when?")}, now=at)
    plan = Plan.objects.get(code="agency")
    subscriptions.subscribe(northwind, plan=plan, started_at=noon - timedelta(days=1), now=noon)
    rollups.roll_up()
    short, *_ = PoolPeriod.objects.filter(agency=northwind)
    assert short.end < noon - timedelta(hours=20)
    total = ledger.total(Wanted(northwind, period=periods.Period(short.start, short.end)))
    assert total.units == short.used == 3


def exchange(workspace: Workspace, at: datetime, *, number: int) -> None:
    held = pools.hold(workspace, chatbot_id=1, key=str(number), fingerprint="", units=3, now=at)
    pools.settle(held, {number * 2: units.visitor("when?"), number * 2 + 1: units.ai("at seven")}, now=at)


def test_a_correction_counts_once_before_it_is_rolled_up_and_after(
    bakery: Workspace, support: User, now: datetime
) -> None:
    exchange(bakery, now, number=1)
    rollups.roll_up()
    corrections.correct(LedgerEntry.objects.earliest("pk"), units=1, reason="A test", by=support, now=now)
    assert ledger.total(Wanted(bakery.agency)) == Total(1, 3)
    rollups.roll_up()
    assert ledger.total(Wanted(bakery.agency)) == Total(1, 3)


@pytest.mark.parametrize("hours", [0, 1, 25, 47, 49, 80])
def test_the_first_hours_and_days_of_a_period_are_its_own(
    bakery: Workspace, northwind: Agency, now: datetime, hours: int
) -> None:
    present = periods.current(northwind, now)
    exchange(bakery, present.start - timedelta(seconds=1), number=1)
    exchange(bakery, present.start + timedelta(hours=hours), number=2)
    rollups.roll_up()
    exchange(bakery, present.start + timedelta(hours=hours), number=3)
    assert ledger.total(Wanted(northwind, period=present)) == Total(4, 4)


def test_the_newest_rows_come_first_and_a_page_goes_on_after_the_last(bakery: Workspace, now: datetime) -> None:
    for number in range(4):
        exchange(bakery, now - timedelta(hours=number), number=number)
    wanted = Wanted(bakery.agency)
    first = ledger.page(wanted, size=3)
    following = ledger.page(wanted, before=first[-1].pk, size=3)
    assert [row.at for row in first] == [now, now, now - timedelta(hours=1)]
    assert [row.message_id for row in [*first, *following]] == [1, 0, 3, 2, 5, 4]


def test_nothing_follows_a_row_of_another_tenant(places: list[Workspace], now: datetime) -> None:
    for number, place in enumerate(places):
        exchange(place, now, number=number)
    bakery, bookshop, kiosk = (LedgerEntry.objects.filter(workspace=place).latest("pk") for place in places)
    agency = bakery.agency
    assert ledger.page(Wanted(agency), before=bookshop.pk)
    assert ledger.page(Wanted(agency), before=kiosk.pk) == []
    assert ledger.page(Wanted(agency, workspace_id=bakery.workspace_id), before=bookshop.pk) == []


def test_batches_hold_every_row_once(bakery: Workspace, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "AT_ONCE", 4)
    for number in range(6):
        exchange(bakery, now, number=number)
    sizes, wanted = [4, 4, 4], Wanted(bakery.agency)
    assert [len(rows) for rows in ledger.batches(wanted)] == sizes
    assert [row for rows in ledger.batches(wanted) for row in rows] == ledger.page(wanted)


def test_a_page_and_a_total_cost_a_fixed_number_of_queries(bakery: Workspace, now: datetime) -> None:
    for number in range(6):
        exchange(bakery, now, number=number)
    wanted, last = Wanted(bakery.agency), LedgerEntry.objects.latest("pk")
    assert len(sent_by(lambda: ledger.page(wanted))) == 2
    assert len(sent_by(lambda: ledger.page(wanted, before=last.pk))) == 3
    assert len(sent_by(lambda: ledger.total(wanted))) == 1


def test_the_total_of_whole_days_does_not_read_the_ledger_row_by_row(bakery: Workspace, now: datetime) -> None:
    exchange(bakery, now, number=1)
    rollups.roll_up()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE billing_usageday SET units = 50, messages = 20")
    assert ledger.total(Wanted(bakery.agency)) == Total(100, 40)


# --- periods to choose from ------------------------------------------------------------------------------------------


def test_the_present_period_is_there_before_it_is_used(northwind: Agency, now: datetime) -> None:
    assert ledger.known_periods(northwind, now) == [periods.current(northwind, now)]


def test_the_period_before_is_there_though_nothing_was_used(northwind: Agency, now: datetime) -> None:
    later = now + timedelta(days=31)
    assert ledger.known_periods(northwind, later)[1] == periods.current(northwind, now)


def test_a_workspace_has_the_periods_in_which_it_used_something(
    bakery: Workspace, bookshop: Workspace, now: datetime
) -> None:
    exchange(bakery, now - timedelta(days=70), number=1)
    exchange(bookshop, now - timedelta(days=140), number=2)
    starts = [period.start for period in ledger.known_periods(bakery.agency, now, workspace_id=bakery.pk)]
    assert starts == [periods.current(bakery.agency, at).start for at in (now, now - timedelta(days=70))]


def test_a_day_begins_when_the_clocks_of_the_agency_say_so() -> None:
    """In Beirut no midnight is there on the day on which clocks change."""
    zone = ZoneInfo("Asia/Beirut")
    assert ledger.beginning(date(2026, 3, 29), zone).astimezone(UTC) == datetime(2026, 3, 28, 22, tzinfo=UTC)
