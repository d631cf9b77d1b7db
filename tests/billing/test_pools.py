"""The message pool: hold the most it can cost, settle what it did cost, release when nothing was said."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from agencies.models import Agency
from billing import pools, units
from billing.models import Hold, LedgerEntry, PoolPeriod, WorkspacePeriod
from workspaces.models import Workspace


def hold(workspace: Workspace, now: datetime, *, key: str = "a", text: str = "hello", amount: int = 3) -> Hold:
    return pools.hold(workspace, chatbot_id=1, key=key, fingerprint=text, units=amount, now=now)


def charge(held: Hold, now: datetime, *, reply: str = "seven to six") -> int:
    """Settle as an exchange does: a visitor's line and a reply."""
    lines = {held.pk * 2: units.visitor("when?"), held.pk * 2 + 1: units.ai(reply)}
    return pools.settle(held, lines, now=now)


def counted(workspace: Workspace) -> tuple[int, int]:
    """(used, held) of the pool, which one workspace alone has used here. A refusal alone makes no counter."""
    pool = PoolPeriod.objects.filter(agency=workspace.agency).first() or PoolPeriod()
    part = WorkspacePeriod.objects.filter(workspace=workspace).first() or WorkspacePeriod()
    assert (pool.used, pool.held) == (part.used, part.held)
    return pool.used, pool.held


def limit(agency: Agency, messages: int | None) -> None:
    Agency.objects.filter(pk=agency.pk).update(message_limit=messages)
    with connection.cursor() as cursor:
        cursor.execute("SELECT billing_refresh_periods(%s, now())", [agency.pk])


def cap(workspace: Workspace, messages: int | None) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(message_cap=messages)


# --- hold, settle, release -------------------------------------------------------------------------------------------


def test_a_hold_sets_units_aside(bakery: Workspace, now: datetime) -> None:
    hold(bakery, now)
    assert counted(bakery) == (0, 3)


def test_settling_charges_what_it_did_cost_and_frees_the_rest(bakery: Workspace, now: datetime) -> None:
    assert charge(hold(bakery, now), now) == 2
    assert counted(bakery) == (2, 0)


def test_releasing_gives_everything_back(bakery: Workspace, now: datetime) -> None:
    pools.release(hold(bakery, now), now=now)
    assert counted(bakery) == (0, 0)
    assert not LedgerEntry.objects.exists()


def test_settling_twice_charges_once(bakery: Workspace, now: datetime) -> None:
    held = hold(bakery, now)
    charge(held, now)
    with pytest.raises(pools.HoldGone):
        charge(held, now)
    assert counted(bakery) == (2, 0)


def test_what_was_settled_is_not_released(bakery: Workspace, now: datetime) -> None:
    held = hold(bakery, now)
    charge(held, now)
    pools.release(held, now=now)
    assert counted(bakery) == (2, 0)


def test_what_was_released_is_not_settled(bakery: Workspace, now: datetime) -> None:
    held = hold(bakery, now)
    pools.release(held, now=now)
    with pytest.raises(pools.HoldGone):
        charge(held, now)
    assert counted(bakery) == (0, 0)


def test_releasing_twice_gives_back_once(bakery: Workspace, now: datetime) -> None:
    hold(bakery, now, key="still running")
    held = hold(bakery, now)
    pools.release(held, now=now)
    pools.release(held, now=now)
    assert counted(bakery) == (0, 3)


def test_no_charge_exceeds_its_hold(bakery: Workspace, now: datetime) -> None:
    held = hold(bakery, now, amount=1)
    with pytest.raises(ValueError, match="2 units were to be charged on a hold of 1"):
        charge(held, now)
    assert counted(bakery) == (0, 1)


# --- the limit and the cap -------------------------------------------------------------------------------------------


def test_the_last_units_are_given_and_not_one_more(bakery: Workspace, northwind: Agency, now: datetime) -> None:
    limit(northwind, 6)
    hold(bakery, now, key="a")
    hold(bakery, now, key="b")
    with pytest.raises(pools.PoolExhausted):
        hold(bakery, now, key="c", amount=1)
    assert counted(bakery) == (0, 6)


def test_a_refused_hold_takes_nothing_and_leaves_its_key_free(
    bakery: Workspace, northwind: Agency, now: datetime
) -> None:
    limit(northwind, 2)
    with pytest.raises(pools.PoolExhausted):
        hold(bakery, now)
    assert counted(bakery) == (0, 0)
    limit(northwind, 3)
    hold(bakery, now)
    assert counted(bakery) == (0, 3)


def test_held_units_count_against_the_limit_until_they_are_free(
    bakery: Workspace, northwind: Agency, now: datetime
) -> None:
    limit(northwind, 5)
    first = hold(bakery, now, key="a")
    with pytest.raises(pools.PoolExhausted):
        hold(bakery, now, key="b")
    charge(first, now)  # 2 of the 3
    hold(bakery, now, key="b")
    assert counted(bakery) == (2, 3)


def test_a_reached_cap_stops_one_workspace_and_not_its_sibling(
    bakery: Workspace, bookshop: Workspace, now: datetime
) -> None:
    cap(bakery, 3)
    hold(bakery, now, key="a")
    with pytest.raises(pools.CapReached):
        hold(bakery, now, key="b", amount=1)
    hold(bookshop, now, key="b")
    assert PoolPeriod.objects.get().held == 6


def test_caps_may_add_up_to_more_than_the_pool(
    bakery: Workspace, bookshop: Workspace, northwind: Agency, now: datetime
) -> None:
    limit(northwind, 4)
    cap(bakery, 4)
    cap(bookshop, 4)
    hold(bakery, now, key="a")
    with pytest.raises(pools.PoolExhausted):
        hold(bookshop, now, key="b")
    assert counted(bakery) == (0, 3)
    assert not WorkspacePeriod.objects.filter(workspace=bookshop).exists()


@pytest.mark.parametrize("nothing", [0, 2])
def test_a_cap_of_nothing_gives_nothing(bakery: Workspace, now: datetime, nothing: int) -> None:
    cap(bakery, nothing)
    with pytest.raises(pools.CapReached):
        hold(bakery, now)
    assert counted(bakery) == (0, 0)


def test_no_limit_is_no_limit(bakery: Workspace, northwind: Agency, now: datetime) -> None:
    limit(northwind, None)
    PoolPeriod.objects.all().delete()
    hold(bakery, now)
    PoolPeriod.objects.update(used=2_000_000_000)
    hold(bakery, now, key="b")
    assert PoolPeriod.objects.get().held == 6


def test_a_limit_below_what_is_used_refuses_and_takes_nothing_back(
    bakery: Workspace, northwind: Agency, now: datetime
) -> None:
    charge(hold(bakery, now), now)
    limit(northwind, 1)
    with pytest.raises(pools.PoolExhausted):
        hold(bakery, now, key="b", amount=1)
    assert counted(bakery) == (2, 0)


def test_agencies_do_not_share_a_pool(bakery: Workspace, kiosk: Workspace, northwind: Agency, now: datetime) -> None:
    limit(northwind, 0)
    hold(kiosk, now)
    with pytest.raises(pools.PoolExhausted):
        hold(bakery, now)


# --- the same thing twice --------------------------------------------------------------------------------------------


def test_the_same_key_again_holds_nothing_more(bakery: Workspace, now: datetime) -> None:
    held = hold(bakery, now)
    with pytest.raises(pools.AlreadyHeld) as replay:
        hold(bakery, now)
    assert replay.value.hold == held
    assert counted(bakery) == (0, 3)


def test_the_same_key_after_settling_leads_to_what_was_settled(bakery: Workspace, now: datetime) -> None:
    held = hold(bakery, now)
    charge(held, now)
    with pytest.raises(pools.AlreadyHeld) as replay:
        hold(bakery, now + timedelta(days=40))
    assert replay.value.hold.settled_at == now
    assert list(PoolPeriod.objects.values_list("used", "held")) == [(2, 0)]


def test_an_empty_pool_still_answers_what_was_paid(bakery: Workspace, northwind: Agency, now: datetime) -> None:
    charge(hold(bakery, now), now)
    limit(northwind, 0)
    with pytest.raises(pools.AlreadyHeld):
        hold(bakery, now)


def test_a_key_with_other_words_is_refused(bakery: Workspace, now: datetime) -> None:
    hold(bakery, now, text="hello")
    with pytest.raises(pools.KeyReused):
        hold(bakery, now, text="goodbye")
    assert counted(bakery) == (0, 3)


def test_a_key_of_the_workspace_next_door_is_refused(bakery: Workspace, bookshop: Workspace, now: datetime) -> None:
    hold(bakery, now)
    with pytest.raises(pools.KeyReused):
        hold(bookshop, now)


def test_two_agencies_may_use_the_same_key(bakery: Workspace, kiosk: Workspace, now: datetime) -> None:
    assert hold(bakery, now) != hold(kiosk, now)


def test_a_released_key_may_be_held_again(bakery: Workspace, now: datetime) -> None:
    pools.release(hold(bakery, now), now=now)
    charge(hold(bakery, now), now)
    assert counted(bakery) == (2, 0)


def test_a_key_that_is_held_again_in_the_next_period_counts_there(bakery: Workspace, now: datetime) -> None:
    pools.release(hold(bakery, now), now=now)
    later = now + timedelta(days=40)
    charge(hold(bakery, later), later)
    periods = PoolPeriod.objects.order_by("start").values_list("used", "held")
    assert list(periods) == [(0, 0), (2, 0)]


def test_who_held_first_and_was_swept_charges_nothing_of_the_second_hold(bakery: Workspace, now: datetime) -> None:
    swept = hold(bakery, now)
    pools.release(swept, now=now)
    hold(bakery, now + timedelta(minutes=20))  # the visitor's message, sent again
    with pytest.raises(pools.HoldGone):
        charge(swept, now)
    pools.release(swept, now=now)
    assert counted(bakery) == (0, 3)


# --- what a killed process leaves behind -----------------------------------------------------------------------------


def test_the_sweep_releases_what_was_left_behind(bakery: Workspace, now: datetime) -> None:
    hold(bakery, now)
    assert pools.sweep(now + timedelta(minutes=16)) == 1
    assert counted(bakery) == (0, 0)


def test_the_sweep_leaves_what_is_running_or_done(bakery: Workspace, now: datetime) -> None:
    hold(bakery, now, key="running")
    charge(hold(bakery, now - timedelta(hours=1), key="done"), now)
    assert pools.sweep(now + timedelta(minutes=14)) == 0
    assert counted(bakery) == (2, 3)


def test_the_sweep_run_twice_gives_back_once(bakery: Workspace, now: datetime) -> None:
    hold(bakery, now)
    later = now + timedelta(minutes=16)
    assert [pools.sweep(later), pools.sweep(later)] == [1, 0]
    assert counted(bakery) == (0, 0)


@pytest.mark.django_db(transaction=True)  # as in life, where each release is a transaction of its own
def test_a_hold_that_cannot_be_released_stops_no_other(bakery: Workspace, kiosk: Workspace, now: datetime) -> None:
    stuck, fine = hold(bakery, now), hold(kiosk, now)
    PoolPeriod.objects.filter(agency=bakery.agency).update(held=0)  # giving back would count below zero
    assert pools.sweep(now + timedelta(minutes=16)) == 1
    assert list(Hold.objects.filter(released_at=None)) == [stuck]
    assert counted(kiosk) == (0, fine.units - 3)


@pytest.mark.parametrize("column", ["used", "held"])
def test_the_database_knows_no_counter_below_zero(bakery: Workspace, now: datetime, column: str) -> None:
    hold(bakery, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        PoolPeriod.objects.update(**{column: -1})
