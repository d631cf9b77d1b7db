"""Seats that are guaranteed to a workspace: nobody else's people take them, and nobody takes the last one twice."""

import random
from datetime import datetime
from typing import Any

import pytest

from agencies.models import Agency, User
from tests.conftest import client_workspace, member
from tests.racing import at_once
from workspaces import access, caps, closing, invitations, lifecycle, seats
from workspaces.models import Invitation, Workspace


def limit(agency: Agency, amount: int | None) -> None:
    Agency.objects.filter(pk=agency.pk).update(seat_limit=amount)


def guarantee(workspace: Workspace, amount: int | None, now: datetime) -> None:
    owner, pool = workspace.agency.staff.get(role="owner").user, Agency.objects.get(pk=workspace.agency_id).seat_limit
    lifecycle.allocate(workspace, resource="seats", cap=None, guarantee=amount, pool=pool, by=owner, now=now)


def invite(workspace: Workspace, who: object, by: User, now: datetime) -> Invitation:
    return invitations.invite(workspace, email=f"{who}@example.com", role="viewer", by=by, now=now)


@pytest.fixture
def shared(northwind: Agency, bakery: Workspace, bookshop: Workspace, sue: User, now: datetime) -> None:
    """A pool of 4 seats: Sue of Bookshop has one, and two are guaranteed to Bakery."""
    limit(northwind, 4)
    guarantee(bakery, 2, now)


@pytest.mark.usefixtures("shared")
def test_a_seat_that_is_guaranteed_is_not_given_to_others(
    bakery: Workspace, bookshop: Workspace, ada: User, now: datetime
) -> None:
    invite(bookshop, "a", ada, now)
    with pytest.raises(seats.SeatsExhausted, match="Of the 2 seats that are left, 2 are guaranteed to other clients"):
        invite(bookshop, "b", ada, now)
    invite(bakery, "c", ada, now)
    invite(bakery, "d", ada, now)
    with pytest.raises(seats.SeatsExhausted, match="All 4 seats"):
        invite(bakery, "e", ada, now)


@pytest.mark.usefixtures("shared")
def test_who_is_guaranteed_seats_may_take_more(bakery: Workspace, ada: User, now: datetime) -> None:
    for who in "abc":
        invite(bakery, who, ada, now)
    assert seats.of_agency(bakery.agency, now=now).used == 4


@pytest.mark.usefixtures("shared")
def test_somebody_who_holds_a_seat_takes_none_of_what_is_reserved(
    bakery: Workspace, bookshop: Workspace, ada: User, sue: User, now: datetime
) -> None:
    other = client_workspace(bakery.agency, "Butcher")
    invite(bookshop, "a", ada, now)
    invitations.invite(other, email=sue.email, role="viewer", by=ada, now=now)
    assert seats.of_agency(bakery.agency, now=now).used == 2


@pytest.mark.usefixtures("shared")
def test_a_person_of_two_workspaces_counts_against_the_guarantee_of_both(
    bakery: Workspace, bookshop: Workspace, ada: User, sue: User, now: datetime
) -> None:
    invitations.invite(
        bakery, email=sue.email, role="viewer", by=ada, now=now
    )  # one of Bakery's two is not reserved now
    invite(bookshop, "a", ada, now)
    invite(bookshop, "b", ada, now)
    with pytest.raises(seats.SeatsExhausted):
        invite(bookshop, "c", ada, now)


@pytest.mark.usefixtures("shared")
def test_a_client_is_told_no_numbers_of_the_pool_and_nothing_of_guarantees(
    bookshop: Workspace, sue: User, ada: User, bo: User, now: datetime
) -> None:
    invite(bookshop, "a", ada, now)
    for email in (bo.email, "stranger@example.com"):  # Bo is in Bakery, which Sue must not learn
        with pytest.raises(seats.SeatsExhausted) as refusal:
            invitations.invite(bookshop, email=email, role="viewer", by=sue, now=now)
        assert str(refusal.value) == ("No seat is left for Bookshop. Remove somebody, or ask Northwind for more.")


@pytest.mark.parametrize("how", ["lowered", "paused", "archived"])
@pytest.mark.usefixtures("shared")
def test_seats_that_are_not_guaranteed_any_more_are_for_everybody(
    bakery: Workspace, bookshop: Workspace, ada: User, now: datetime, how: str
) -> None:
    if how == "lowered":
        guarantee(bakery, None, now)
    else:
        getattr(closing, how.removesuffix("d"))(bakery, by=ada, now=now)
    for who in "abc":
        invite(bookshop, who, ada, now)


@pytest.mark.usefixtures("shared")
def test_a_freed_seat_of_a_guaranteed_workspace_is_reserved_again(
    bakery: Workspace, bookshop: Workspace, ada: User, now: datetime
) -> None:
    first = invite(bakery, "a", ada, now)
    invite(bakery, "b", ada, now)
    invitations.revoke(first, by=ada, now=now)
    invite(bookshop, "c", ada, now)
    with pytest.raises(seats.SeatsExhausted):
        invite(bookshop, "d", ada, now)


def test_an_archived_workspace_comes_back_only_beside_what_is_guaranteed(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, sue: User, ada: User, now: datetime
) -> None:
    member("Sid", bookshop, "viewer")
    closing.archive(bookshop, by=ada, now=now)
    limit(northwind, 3)
    guarantee(bakery, 2, now)
    with pytest.raises(seats.SeatsExhausted, match="2 are guaranteed to other clients, and 2 are needed"):
        closing.restore(bookshop, by=ada, now=now)
    guarantee(bakery, 1, now)
    closing.restore(bookshop, by=ada, now=now)


def test_a_plan_with_fewer_seats_than_people_takes_none_away_and_gives_none(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, bo: User, sue: User, ada: User, now: datetime
) -> None:
    limit(northwind, 1)
    with pytest.raises(seats.SeatsExhausted, match="2 of 1 seats are taken"):
        invite(bakery, "a", ada, now)
    assert seats.of_agency(northwind, now=now).used == 2


def test_a_person_is_drawn_in_each_place_by_a_part_of_the_seat(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, bo: User, sue: User, now: datetime
) -> None:
    access.set_role(bakery, user=sue, role="viewer")
    counted = seats.counted(northwind, now)
    assert (counted.used, dict(counted.owned)) == (2, {bakery.pk: 2, bookshop.pk: 1})
    assert counted.drawn == {bakery.pk: 1.5, bookshop.pk: 0.5}


# --- at the same moment, and for any order ---------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_clients_do_not_both_win_the_last_seat_nor_one_that_is_guaranteed(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, ada: User, now: datetime
) -> None:
    butcher = client_workspace(northwind, "Butcher")
    limit(northwind, 6)
    guarantee(bakery, 3, now)
    results = at_once(lambda n: invite((bookshop, butcher)[n % 2], n, ada, now), people=12)
    assert sum(isinstance(result, Invitation) for result in results) == 3
    for who in "abc":
        invite(bakery, who, ada, now)


@pytest.mark.django_db(transaction=True)
def test_a_guarantee_set_among_invitations_is_kept_from_then_on(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, ada: User, now: datetime
) -> None:
    limit(northwind, 8)

    def act(number: int) -> Any:
        return guarantee(bakery, 4, now) if number == 5 else invite(bookshop, number, ada, now)

    at_once(act, people=12)
    used = seats.of_agency(northwind, now=now).used
    assert 4 <= used <= 8
    with pytest.raises(seats.SeatsExhausted):
        invite(bookshop, "over", ada, now)


@pytest.mark.parametrize("seed", range(5))
def test_whatever_happens_what_is_used_and_reserved_fits_when_a_seat_is_given(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, ada: User, now: datetime, seed: int
) -> None:
    draw = random.Random(seed)
    places = [bakery, bookshop, client_workspace(northwind, "Butcher")]
    limit(northwind, 9)
    for number in range(40):
        place = draw.choice(places)
        try:
            if draw.random() < 0.3:
                guarantee(place, draw.choice([None, 1, 3, 5]), now)
            else:
                invite(place, number, ada, now)
                assert fits(northwind, now, but=place)
        except (seats.SeatsExhausted, caps.Refused):
            continue
        assert sum(caps.guarantees(northwind, "seats").values()) <= 9


def fits(agency: Agency, now: datetime, *, but: Workspace) -> bool:
    counted = seats.counted(agency, now)
    return counted.used + caps.reserved(caps.guarantees(agency, "seats"), counted.owned, but=but.pk) <= 9
