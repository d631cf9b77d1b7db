"""Billing periods: every moment lies in exactly one, and no job is needed for it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.models import Agency
from billing import invariants, periods, pools, rollups, units
from billing.models import PoolPeriod
from workspaces.models import Workspace

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@given(MOMENTS, MOMENTS)
def test_every_moment_lies_in_its_period(anchor: datetime, moment: datetime) -> None:
    period = periods.containing(anchor, moment)
    assert period.start <= moment < period.end


@given(MOMENTS, MOMENTS)
def test_periods_tile(anchor: datetime, moment: datetime) -> None:
    period = periods.containing(anchor, moment)
    assert periods.containing(anchor, period.end).start == period.end
    assert periods.containing(anchor, period.start - timedelta(microseconds=1)).end == period.start


@given(MOMENTS, MOMENTS)
def test_a_whole_period_says_the_same_of_itself(anchor: datetime, moment: datetime) -> None:
    period = periods.containing(anchor, moment)
    assert {periods.containing(anchor, at) for at in (period.start, period.last_day)} == {period}


@given(MOMENTS, MOMENTS)
def test_a_period_is_a_month_long(anchor: datetime, moment: datetime) -> None:
    period = periods.containing(anchor, moment)
    assert timedelta(days=28) <= period.end - period.start <= timedelta(days=31)


@given(MOMENTS)
def test_the_first_period_begins_with_the_anchors_day(anchor: datetime) -> None:
    assert periods.containing(anchor, anchor).start == day(f"{anchor:%Y-%m-%d}")


@given(MOMENTS, MOMENTS, st.sampled_from(["Pacific/Auckland", "America/New_York", "Europe/Berlin"]))
def test_a_period_is_the_same_wherever_it_is_asked_for(anchor: datetime, moment: datetime, zone: str) -> None:
    there = ZoneInfo(zone)
    assert periods.containing(anchor.astimezone(there), moment.astimezone(there)) == periods.containing(anchor, moment)


@pytest.mark.parametrize(
    ("moment", "start", "end"),
    [
        ("2026-01-31", "2026-01-31", "2026-02-28"),
        ("2026-02-27 23:59:59", "2026-01-31", "2026-02-28"),
        ("2026-02-28", "2026-02-28", "2026-03-31"),
        ("2026-03-30", "2026-02-28", "2026-03-31"),
        ("2026-04-30", "2026-04-30", "2026-05-31"),
        ("2026-12-31", "2026-12-31", "2027-01-31"),
        ("2028-02-29", "2028-02-29", "2028-03-31"),
    ],
)
def test_a_thirty_first_falls_on_the_last_day_of_a_shorter_month(moment: str, start: str, end: str) -> None:
    assert periods.containing(day("2025-10-31"), day(moment)) == periods.Period(day(start), day(end))


@pytest.mark.parametrize(
    ("moment", "start", "end"),
    [
        ("2029-02-28", "2029-02-28", "2029-03-29"),
        ("2029-03-01", "2029-02-28", "2029-03-29"),
        ("2032-02-28", "2032-01-29", "2032-02-29"),
        ("2032-02-29", "2032-02-29", "2032-03-29"),
    ],
)
def test_a_leap_day_comes_back_every_four_years(moment: str, start: str, end: str) -> None:
    assert periods.containing(day("2028-02-29"), day(moment)) == periods.Period(day(start), day(end))


def test_a_moment_before_the_anchor_has_a_period_too() -> None:
    assert periods.containing(day("2026-05-10"), day("2026-03-01")) == periods.Period(
        day("2026-02-10"), day("2026-03-10")
    )


def test_an_agencys_periods_begin_on_its_subscriptions_day(northwind: Agency, now: datetime) -> None:
    assert periods.current(northwind, now).start.date() == northwind.subscription.started_at.date()


def test_an_accounts_periods_begin_on_the_day_it_was_opened(newcomer: Agency) -> None:
    opened = datetime(2026, 1, 31, 15, tzinfo=UTC)
    newcomer.created_at = opened
    assert periods.current(newcomer, day("2026-03-15")) == periods.Period(day("2026-02-28"), day("2026-03-31"))


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/New_York"])
def test_another_time_zone_in_mid_period_changes_no_period(
    northwind: Agency, bakery: Workspace, now: datetime, zone: str
) -> None:
    held = pools.hold(bakery, chatbot_id=1, key="a", fingerprint="", units=3, now=now)
    pools.settle(held, {1: units.visitor("?")}, now=now)
    before, counter = periods.current(northwind, now), PoolPeriod.objects.values().get()
    rollups.rezone(northwind, time_zone=zone)
    there = Agency.objects.get(pk=northwind.pk)
    assert (there.time_zone, periods.current(there, now)) == (zone, before)
    assert PoolPeriod.objects.values().get() == counter
    rollups.roll_up()
    assert invariants.breaches() == []
