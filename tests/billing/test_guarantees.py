"""Guarantees: what the others cannot use up. Nothing is divided: only what is not used yet is reserved."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from agencies.models import Action, Agency, AuditEntry, User
from billing import allocation, pools, subscriptions, units, usage
from billing.models import Hold, Lasts, PoolPeriod
from chatbots.closing import closing as floor
from tests.conftest import member
from tests.racing import at_once
from workspaces import caps, closing, lifecycle
from workspaces.models import CapRequest, Resource, Workspace

RESOURCES = ["messages", "sources", "seats"]
LIMITS = {"messages": "message_limit", "sources": "source_limit", "seats": "seat_limit"}


@pytest.fixture
def browser(ada: User, sign_in: Any) -> Client:
    return sign_in(ada)


def limit(agency: Agency, amount: int | None, *resources: str) -> None:
    Agency.objects.filter(pk=agency.pk).update(**{LIMITS[name]: amount for name in resources or RESOURCES})


def guarantee(workspace: Workspace, amount: int | None, now: datetime, resource: str = "messages", **more: Any) -> Any:
    owner = workspace.agency.staff.get(role="owner").user
    wanted = {"cap": None, "guarantee": amount, **more}
    return allocation.allocate(workspace, resource=resource, by=owner, now=now, **wanted)


def hold(workspace: Workspace, now: datetime, key: object, *, amount: int = 1) -> Hold:
    return pools.hold(workspace, chatbot_id=1, key=str(key), fingerprint="", units=amount, now=now)


def guaranteed(workspace: Workspace, resource: str = "messages") -> int | None:
    column = caps.guarantee_column(resource)
    return Workspace.objects.values_list(column, flat=True).get(pk=workspace.pk)


# --- what may be guaranteed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("resource", RESOURCES)
def test_guarantees_add_up_to_no_more_than_the_pool(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, now: datetime, resource: str
) -> None:
    limit(northwind, 12_000)
    guarantee(bakery, 8000, now, resource)
    guarantee(bookshop, 4000, now, resource)  # up to the pool
    with pytest.raises(caps.GuaranteesAbovePool, match="would add up to 12,001 of 12,000"):
        guarantee(bookshop, 4001, now, resource)
    assert guaranteed(bookshop, resource) == 4000


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_refused_guarantee_is_told_at_its_field_and_saves_nothing(
    northwind: Agency, bakery: Workspace, browser: Client, resource: str
) -> None:
    limit(northwind, 100)
    page, typed = f"/agencies/{northwind.pk}/allocation/{bakery.pk}/{resource}/", {"at_limit": "lead"}
    for cap, amount, words in (("", "101", "add up to 101 of 100"), ("5", "6", "above the cap of 5")):
        for ending in ("", "preview/"):
            answer = browser.post(page + ending, typed | {"cap": cap, "guarantee": amount})
            assert answer.status_code == 422
            assert words in answer.context["form"].errors["guarantee"][0]
    bakery.refresh_from_db()
    assert (guaranteed(bakery, resource), bakery.at_limit) == (None, "notice")
    assert not AuditEntry.objects.filter(action__in=allocation.UNDOABLE).exists()


@pytest.mark.parametrize("resource", RESOURCES)
def test_an_unlimited_pool_guarantees_anything(
    northwind: Agency, bakery: Workspace, now: datetime, resource: str
) -> None:
    limit(northwind, None)
    guarantee(bakery, 1_000_000_000, now, resource)
    assert guaranteed(bakery, resource) == 1_000_000_000


@pytest.mark.parametrize("thing", ["message", "source", "seat"])
def test_the_database_knows_no_guarantee_above_its_cap(bakery: Workspace, thing: str) -> None:
    row = Workspace.objects.filter(pk=bakery.pk)
    row.update(**{f"{thing}_cap": 5, f"{thing}_guarantee": 5})
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(**{f"{thing}_cap": 4})


def test_the_pool_of_messages_is_the_running_periods(northwind: Agency, bakery: Workspace, now: datetime) -> None:
    with pytest.raises(caps.GuaranteesAbovePool):
        guarantee(bakery, 10_500, now)
    subscriptions.widen(northwind, resource="messages", amount=500, added_at=now, lasts=Lasts.PERIOD)
    guarantee(bakery, 10_500, now)
    with pytest.raises(caps.GuaranteesAbovePool):
        guarantee(bakery, 10_501, now)


def test_nothing_is_guaranteed_in_another_agencys_pool(
    northwind: Agency, bakery: Workspace, kiosk: Workspace, now: datetime
) -> None:
    limit(northwind, 10)
    guarantee(kiosk, 9000, now)
    guarantee(bakery, 10, now)
    assert guaranteed(bakery) == 10


@pytest.mark.parametrize("lower", [6, 1, None])
def test_a_smaller_plan_never_stops_somebody_from_lowering_a_guarantee(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, now: datetime, lower: int | None
) -> None:
    guarantee(bakery, 8, now)
    guarantee(bookshop, 8, now)
    limit(northwind, 5)
    guarantee(bakery, lower, now, cap=9)
    assert guaranteed(bakery) == lower
    with pytest.raises(caps.GuaranteesAbovePool):
        guarantee(bakery, 9, now, cap=9)


def test_nothing_of_an_archived_workspace_is_changed(bakery: Workspace, ada: User, now: datetime) -> None:
    closing.archive(bakery, by=ada, now=now)
    with pytest.raises(lifecycle.Archived):
        guarantee(bakery, 1, now)


# --- paused, archived, and back --------------------------------------------------------------------------------------


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize("step", ["pause", "archive"])
def test_a_closed_workspace_reserves_nothing(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, ada: User, now: datetime, resource: str, step: str
) -> None:
    limit(northwind, 10)
    guarantee(bakery, 10, now, resource)
    getattr(closing, step)(bakery, by=ada, now=now)
    guarantee(bookshop, 10, now, resource)
    assert caps.guarantees(northwind, resource) == {bookshop.pk: 10}


@pytest.mark.parametrize("resource", RESOURCES)
def test_a_guarantee_that_does_not_fit_any_more_keeps_a_workspace_paused(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, ada: User, browser: Client, now: datetime, resource: str
) -> None:
    limit(northwind, 10)
    guarantee(bakery, 6, now, resource)
    closing.pause(bakery, by=ada, now=now)
    guarantee(bookshop, 5, now, resource)
    answer = browser.post(f"/workspaces/{bakery.pk}/resume/", follow=True)
    assert "Guarantees would add up to 11 of 10" in answer.content.decode()
    guarantee(bakery, 5, now, resource)  # a paused one can be lowered
    browser.post(f"/workspaces/{bakery.pk}/resume/")
    assert caps.guarantees(northwind, resource) == {bakery.pk: 5, bookshop.pk: 5}


@pytest.mark.parametrize("resource", RESOURCES)
@pytest.mark.parametrize(("meanwhile", "kept"), [(4, 6), (5, None)])
def test_a_restored_workspace_keeps_its_guarantee_if_it_fits_and_says_so_if_not(
    northwind: Agency,
    bakery: Workspace,
    bookshop: Workspace,
    ada: User,
    browser: Client,
    now: datetime,
    resource: str,
    meanwhile: int,
    kept: int | None,
) -> None:
    limit(northwind, 10)
    guarantee(bakery, 6, now, resource)
    closing.archive(bakery, by=ada, now=now)
    guarantee(bookshop, meanwhile, now, resource)
    answer = browser.post(f"/workspaces/{bakery.pk}/restore/", follow=True)
    assert ("any more, and is gone" in answer.content.decode()) is (kept is None)
    assert guaranteed(bakery, resource) == kept


def test_a_workspace_that_was_paused_before_it_was_archived_comes_back_paused(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, ada: User, now: datetime
) -> None:
    limit(northwind, 10)
    guarantee(bakery, 10, now)
    closing.pause(bakery, by=ada, now=now)
    closing.archive(bakery, by=ada, now=now)
    guarantee(bookshop, 10, now)
    assert floor.restore(bakery, by=ada, now=now) == []
    with pytest.raises(caps.GuaranteesAbovePool):
        allocation.resume(bakery, by=ada, now=now)


# --- messages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def shared(northwind: Agency, bakery: Workspace, bookshop: Workspace, now: datetime) -> None:
    """A pool of 10 messages, 6 of which are guaranteed to Bakery."""
    limit(northwind, 10)
    guarantee(bakery, 6, now)


@pytest.mark.usefixtures("shared")
def test_a_hold_that_would_eat_anothers_guarantee_is_refused(
    bakery: Workspace, bookshop: Workspace, now: datetime
) -> None:
    hold(bookshop, now, "a", amount=4)
    with pytest.raises(pools.Reserved):
        hold(bookshop, now, "b")
    hold(bakery, now, "c", amount=6)


@pytest.mark.usefixtures("shared")
def test_who_is_guaranteed_something_may_use_more_than_that(bakery: Workspace, now: datetime) -> None:
    hold(bakery, now, "a", amount=10)


def test_promises_that_are_too_many_do_not_block_each_other(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, now: datetime
) -> None:
    limit(northwind, 20, "messages")
    for place in (bakery, bookshop):
        guarantee(place, 10, now)
    limit(northwind, 10, "messages")  # a smaller plan
    for number in range(10):
        hold((bakery, bookshop)[number % 2], now, number)
    with pytest.raises(pools.PoolExhausted):
        hold(bakery, now, "one more")


def test_a_late_promise_blocks_nobody_who_is_promised_something(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, now: datetime
) -> None:
    main = northwind.workspaces.get(is_main=True)
    limit(northwind, 10, "messages")
    for number in range(8):
        hold(main, now, number)
    for place in (bakery, bookshop):
        guarantee(place, 5, now)
    with pytest.raises(pools.Reserved):
        hold(main, now, "nothing was promised to it")
    assert [hold(place, now, place.name).units for place in (bakery, bookshop)] == [1, 1]


@pytest.mark.parametrize("own", [0, 4])
def test_the_same_holds_for_what_is_counted(own: int) -> None:
    """Six are used of ten, and ten more are promised to another: only who is promised something finds room."""
    stands = caps.Counted(Resource.SEATS, 10, 6, {1: 3, 2: 3})
    assert caps.fits(stands, {1: own, 2: 13}, workspace_id=1, wanted=1) is bool(own)
    assert not caps.fits(stands, {1: own, 2: 13}, workspace_id=1, wanted=5)


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("how", ["lowered", "paused", "archived", "used"])
def test_what_was_guaranteed_is_for_everybody_again(
    bakery: Workspace, bookshop: Workspace, ada: User, now: datetime, how: str
) -> None:
    hold(bookshop, now, "a", amount=4)
    if how == "lowered":
        guarantee(bakery, 3, now)
    elif how == "used":
        pools.settle(hold(bakery, now, "b", amount=3), {1: units.ai("word " * 201), 2: units.visitor("?")}, now=now)
    else:
        getattr(closing, how.removesuffix("d"))(bakery, by=ada, now=now)
    free = 0 if how == "used" else 3
    for number in range(free):
        hold(bookshop, now, f"free {number}")
    if how in ("lowered", "used"):
        with pytest.raises(pools.Reserved):
            hold(bookshop, now, "one more")


def test_setting_a_guarantee_takes_nothing_from_those_who_hold(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, now: datetime
) -> None:
    limit(northwind, 10)
    running = hold(bookshop, now, "a", amount=3)
    guarantee(bakery, 10, now)
    lines = {1: units.ai("word " * 201), 2: units.visitor("?")}
    assert pools.settle(running, lines, now=now) == 3
    with pytest.raises(pools.Reserved):
        hold(bookshop, now, "b")
    hold(bakery, now, "c", amount=7)


def test_each_period_is_guaranteed_anew(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, now: datetime
) -> None:
    limit(northwind, 10)
    guarantee(bakery, 6, now)
    hold(bakery, now, "a", amount=6)
    later = now + timedelta(days=40)
    with pytest.raises(pools.Reserved):
        hold(bookshop, later, "b", amount=5)


# --- at the same moment ----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_guarantees_at_once_one_fits(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, now: datetime
) -> None:
    limit(northwind, 10)
    for resource in RESOURCES:
        places = (bakery, bookshop)
        results = at_once(lambda n, r=resource, p=places: guarantee(p[n % 2], 6, now, r), people=2)
        assert sum(isinstance(result, caps.GuaranteesAbovePool) for result in results) == 1
        assert sum(caps.guarantees(northwind, resource).values()) == 6


@pytest.mark.django_db(transaction=True)
def test_a_crowd_next_door_leaves_what_is_guaranteed(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, now: datetime
) -> None:
    limit(northwind, 30)
    guarantee(bakery, 12, now)

    def send(number: int) -> Hold:
        return hold((bookshop, bakery)[number % 3 == 0], now, number)

    results = at_once(send, people=12, times=5)
    taken = [sum(isinstance(r, Hold) and r.workspace_id == place.pk for r in results) for place in (bakery, bookshop)]
    assert sum(taken) == 30
    assert taken[0] >= 12
    assert PoolPeriod.objects.get().held == 30


@pytest.mark.django_db(transaction=True)
def test_guarantees_set_among_holds_are_kept_from_then_on(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, now: datetime
) -> None:
    limit(northwind, 40)

    def act(number: int) -> Any:
        return guarantee(bakery, 10, now) if number == 20 else hold(bookshop, now, number)

    at_once(act, people=10, times=5)
    pool = usage.counted(northwind, now)
    assert pool.held[bookshop.pk] <= 40
    left = 40 - pool.held[bookshop.pk]
    with pytest.raises(pools.PoolExhausted):
        hold(bookshop, now, "over", amount=max(1, left - 10 + 1))


# --- the sums, for any numbers ---------------------------------------------------------------------------------------

AMOUNTS = st.dictionaries(st.integers(1, 6), st.integers(0, 50), max_size=6)


@given(guaranteed=AMOUNTS, owned=AMOUNTS, mine=st.integers(1, 6))
def test_what_is_reserved_is_never_more_than_guaranteed_and_never_mine(
    guaranteed: dict[int, int], owned: dict[int, int], mine: int
) -> None:
    others = {pk: amount for pk, amount in guaranteed.items() if pk != mine}
    reserved = caps.reserved(guaranteed, owned, but=mine)
    assert 0 <= reserved <= sum(others.values())
    assert reserved == caps.reserved(others, owned)
    for pk in others:  # one more that is used is at most one less reserved
        assert 0 <= reserved - caps.reserved(guaranteed, owned | {pk: owned.get(pk, 0) + 1}, but=mine) <= 1


# --- the audit log ---------------------------------------------------------------------------------------------------


def test_an_entry_names_one_workspace_and_its_own_numbers(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, now: datetime
) -> None:
    guarantee(bookshop, 77, now)
    guarantee(bakery, 6, now, cap=9)
    entry = AuditEntry.objects.filter(workspace_id=bakery.pk, action=Action.CAPS_CHANGED).get()
    assert entry.before == {"message_cap": None, "message_guarantee": None}
    assert entry.after == {"message_cap": 9, "message_guarantee": 6}
    assert "Bookshop" not in f"{entry.target}{entry.before}{entry.after}"


def test_a_grant_does_not_lift_what_may_be_guaranteed(bakery: Workspace, ada: User, now: datetime) -> None:
    CapRequest.objects.create(workspace=bakery, resource="messages", granted=5, decided_at=now, decided_by=ada)
    with pytest.raises(caps.GuaranteeAboveCap):
        guarantee(bakery, 11, now, cap=10)


def test_people_of_two_workspaces_are_counted_in_both(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, bo: User, now: datetime
) -> None:
    member("Sid", bookshop, "viewer")
    guarantee(bakery, 3, now, "seats")
    assert caps.reserved(caps.guarantees(northwind, "seats"), {bakery.pk: 1}) == 2
