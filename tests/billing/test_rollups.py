"""The rollup is the ledger, summed: run once, twice or at the same moment as a charge."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from agencies.models import Agency, User
from billing import pools, rollups, tasks, units, usage
from billing.models import LedgerEntry, Unrolled, UsageDay
from tests.racing import at_once
from workspaces.models import Workspace


def exchange(workspace: Workspace, at: datetime, *, number: int, chatbot_id: int = 1, words: int = 5) -> None:
    held = pools.hold(workspace, chatbot_id=chatbot_id, key=str(number), fingerprint="", units=3, now=at)
    pools.settle(held, {number * 2: units.visitor("?"), number * 2 + 1: units.ai("word " * words)}, now=at)


def summed(agency: Agency) -> Counter[Any]:
    """What the rollup must say, from the ledger row by row."""
    sums: Counter[Any] = Counter()
    for row in LedgerEntry.objects.filter(agency=agency):
        day = row.at.astimezone(ZoneInfo(agency.time_zone)).date()
        sums[day, row.workspace_id, row.chatbot_id, row.kind] += row.units
    return sums


def rolled_up(agency: Agency) -> Counter[Any]:
    rows = UsageDay.objects.filter(agency=agency).values_list("day", "workspace_id", "chatbot_id", "kind", "units")
    return Counter({key: total for *key, total in rows for key in [tuple(key)]})


@pytest.fixture
def busy(bakery: Workspace, bookshop: Workspace, now: datetime) -> Agency:
    """Northwind after forty exchanges of two clients on five days."""
    for number in range(40):
        place = (bakery, bookshop)[number % 3 == 0]
        at = now - timedelta(days=number % 5, minutes=number)
        exchange(place, at, number=number, chatbot_id=number % 2, words=150 + number * 3)
    return bakery.agency


def test_the_rollup_is_the_ledger(busy: Agency) -> None:
    rollups.roll_up()
    assert rolled_up(busy) == summed(busy)
    assert sum(rolled_up(busy).values()) > 80


def test_run_twice_it_says_the_same(busy: Agency) -> None:
    rollups.roll_up()
    once = rolled_up(busy)
    assert rollups.roll_up() == []
    rollups.roll_up_agency(busy.pk)
    assert rolled_up(busy) == once


def test_a_later_charge_of_the_same_day_is_added(busy: Agency, bakery: Workspace, now: datetime) -> None:
    rollups.roll_up()
    exchange(bakery, now, number=99)
    rollups.roll_up()
    assert rolled_up(busy) == summed(busy)


def test_the_task_rolls_up(busy: Agency) -> None:
    tasks.roll_up.delay()
    assert rolled_up(busy) == summed(busy)


def test_a_days_edge_is_the_agencys_own(bakery: Workspace, northwind: Agency) -> None:
    Agency.objects.filter(pk=northwind.pk).update(time_zone="Pacific/Auckland")
    exchange(Workspace.objects.get(pk=bakery.pk), datetime(2026, 6, 1, 11, 59, tzinfo=UTC), number=1)
    exchange(Workspace.objects.get(pk=bakery.pk), datetime(2026, 6, 1, 12, 0, tzinfo=UTC), number=2)
    rollups.roll_up()
    assert set(UsageDay.objects.values_list("day", flat=True)) == {date(2026, 6, 1), date(2026, 6, 2)}


@pytest.mark.parametrize(
    ("clocks_change", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)]
)
def test_a_day_on_which_clocks_change_is_whole(bakery: Workspace, clocks_change: date, hours: int) -> None:
    Agency.objects.filter(pk=bakery.agency_id).update(time_zone="Europe/Berlin")
    midnight = datetime.combine(clocks_change, time.min, ZoneInfo("Europe/Berlin")).astimezone(UTC)
    for number in range(-1, hours + 1):
        exchange(bakery, midnight + timedelta(hours=number, minutes=30), number=number + 1)
    rollups.roll_up()
    assert usage_on(clocks_change) == 2 * hours
    assert usage_on(clocks_change - timedelta(days=1)) == usage_on(clocks_change + timedelta(days=1)) == 2


def usage_on(day: date) -> int:
    return sum(UsageDay.objects.filter(day=day).values_list("units", flat=True))


def test_more_marks_than_one_transaction_takes_are_all_added(busy: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollups, "AT_ONCE", 7)
    rollups.roll_up()
    assert rolled_up(busy) == summed(busy)
    assert not Unrolled.objects.exists()


def test_pages_show_what_was_rolled_up(busy: Agency, bakery: Workspace, now: datetime) -> None:
    rollups.roll_up()
    days = usage.days_of_agency(busy, now, apart=[bakery.pk])
    of_bakery = sum(day.units for day in usage.days_of_workspace(bakery, now))
    assert len(days) == 30
    assert sum(day.units for day in days) == sum(summed(busy).values())
    assert sum(day.by.get(bakery.pk, 0) for day in days) == of_bakery > 0
    assert usage.units_by_workspace(busy, now)[bakery.pk] == of_bakery


def test_the_parts_of_the_pool_add_up_to_the_pool(busy: Agency, now: datetime) -> None:
    pool = usage.pool(busy, now)
    assert sum(part.used for part in pool.parts) == pool.used > 0
    assert sum(part.share for part in pool.parts) == pytest.approx(1)


def test_another_agencys_days_are_not_shown(busy: Agency, kiosk: Workspace, now: datetime) -> None:
    exchange(kiosk, now, number=500)
    rollups.roll_up()
    assert sum(day.units for day in usage.days_of_agency(kiosk.agency, now, apart=[])) == 2
    assert kiosk.pk not in {key for day in usage.days_of_agency(busy, now, apart=[kiosk.pk]) for key in day.by}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("begins", ["WITH taken", "SELECT DISTINCT", "SELECT"])
def test_a_charge_that_commits_while_a_rollup_runs_is_not_lost(bakery: Workspace, now: datetime, begins: str) -> None:
    exchange(bakery, now, number=1)
    waiting = [2]

    def charge_in_between(execute: Any, sql: str, *rest: Any) -> Any:
        done = execute(sql, *rest)
        if sql.strip().startswith(begins) and waiting:
            at_once(lambda _: exchange(bakery, now, number=waiting.pop()), people=1)
        return done

    with connection.execute_wrapper(charge_in_between):
        rollups.roll_up()
    rollups.roll_up()
    assert sum(rolled_up(bakery.agency).values()) == 4


@pytest.mark.django_db(transaction=True)
def test_a_charge_that_commits_while_a_time_zone_changes_is_counted_once(bakery: Workspace, now: datetime) -> None:
    exchange(bakery, now, number=1)
    waiting = [2, 3]

    def charge_in_between(execute: Any, sql: str, *rest: Any) -> Any:
        if waiting and ("usageday" in sql or sql.strip().startswith("WITH forgotten")):
            at_once(lambda _: exchange(bakery, now, number=waiting.pop()), people=1)
        return execute(sql, *rest)

    with connection.execute_wrapper(charge_in_between):
        rollups.rezone(bakery.agency, time_zone="Asia/Kathmandu")
    rollups.roll_up()
    bakery.agency.refresh_from_db()
    assert sum(rolled_up(bakery.agency).values()) == 6
    assert rolled_up(bakery.agency) == summed(bakery.agency)


@pytest.mark.django_db(transaction=True)
def test_a_charge_that_was_written_before_a_rollup_and_commits_after_it_is_not_lost(
    bakery: Workspace, now: datetime
) -> None:
    exchange(bakery, now, number=1)
    with transaction.atomic():
        exchange(bakery, now, number=2)
        at_once(lambda _: rollups.roll_up(), people=1)
    assert sum(rolled_up(bakery.agency).values()) == 2
    rollups.roll_up()
    assert sum(rolled_up(bakery.agency).values()) == 4


@pytest.mark.django_db(transaction=True)
def test_rollups_at_once_with_charges_end_in_the_ledger(bakery: Workspace, now: datetime) -> None:
    def work(number: int) -> object:
        return rollups.roll_up() if number % 2 else exchange(bakery, now, number=number)

    failures = [result for result in at_once(work, people=10, times=4) if isinstance(result, Exception)]
    rollups.roll_up()
    assert failures == []
    assert rolled_up(bakery.agency) == summed(bakery.agency)
    assert not Unrolled.objects.exists()


ZONES = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"]  # at any hour, one of them has another date


@pytest.mark.parametrize("zone", ZONES)
def test_another_time_zone_moves_the_days_and_loses_no_unit(
    busy: Agency, support: User, sign_in: Any, zone: str
) -> None:
    rollups.roll_up()
    sign_in(support).post(f"/admin/agencies/agency/{busy.pk}/change/", {"time_zone": zone})
    busy.refresh_from_db()
    assert busy.time_zone == zone
    rollups.roll_up()
    assert rolled_up(busy) == summed(busy)


def test_the_same_time_zone_again_sums_nothing_anew(busy: Agency) -> None:
    rollups.roll_up()
    rollups.rezone(busy, time_zone=busy.time_zone)
    assert not Unrolled.objects.exists()
    assert rolled_up(busy) == summed(busy)


def test_an_agency_without_a_ledger_may_move_too(newcomer: Agency) -> None:
    rollups.rezone(newcomer, time_zone="Asia/Kathmandu")
    newcomer.refresh_from_db()
    assert newcomer.time_zone == "Asia/Kathmandu"


def test_an_agency_that_cannot_be_rolled_up_stops_no_other(busy: Agency, kiosk: Workspace, now: datetime) -> None:
    exchange(kiosk, now, number=500)
    Agency.objects.filter(pk=busy.pk).update(time_zone="Mars/Olympus")
    assert rollups.roll_up() == [kiosk.agency_id]
    assert rolled_up(kiosk.agency) == summed(kiosk.agency)
    assert {mark.agency for mark in Unrolled.objects.all()} == {busy}
