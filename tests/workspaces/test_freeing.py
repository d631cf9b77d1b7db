"""Profile → Seats: who holds them, which are idle, and freeing one with a way back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agencies.access import permissions_on
from agencies.models import Action, Agency, AuditEntry, User
from agencies.permissions import MEMBER_MAY
from tests.conftest import member
from tests.racing import at_once
from workspaces import closing, freeing, invitations, seats
from workspaces.access import set_role
from workspaces.models import FreedSeat, Invitation, Membership, Workspace


@pytest.fixture
def page(northwind: Agency) -> str:
    return f"/agencies/{northwind.pk}/seats/"


@pytest.fixture
def browser(ada: User, sign_in: Any) -> Client:
    return sign_in(ada)


@pytest.fixture
def flo(bakery: Workspace, bookshop: Workspace) -> User:
    """Manages Bakery and looks at Bookshop: two workspaces, one seat."""
    flo = member("Flo", bakery, "manager")
    set_role(bookshop, user=flo, role="viewer")
    return flo


def idle(agency: Agency, now: datetime) -> dict[str, str]:
    return {holder.email: holder.idle for holder in freeing.holders(agency, now=now)}


# --- who is idle -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "marked"), [(29, False), (30, True), (400, True)])
def test_a_seat_is_idle_after_thirty_days_without_a_sign_in(
    bo: User, northwind: Agency, now: datetime, days: int, marked: bool
) -> None:
    Membership.objects.update(since=now - timedelta(days=500))
    User.objects.filter(pk=bo.pk).update(last_active_on=(now - timedelta(days=days)).date(), last_login=None)
    assert bool(idle(northwind, now)[bo.email]) is marked


def test_somebody_who_never_signed_in_is_idle_thirty_days_after_joining(
    bo: User, northwind: Agency, now: datetime
) -> None:
    User.objects.filter(pk=bo.pk).update(last_active_on=None, last_login=None)
    Membership.objects.update(since=now - timedelta(days=29))
    assert idle(northwind, now)[bo.email] == ""
    assert idle(northwind, now + timedelta(days=1))[bo.email] == "Never signed in, for 30 days"


def test_an_invitation_is_idle_when_nobody_accepts_it_for_three_days(
    bakery: Workspace, northwind: Agency, ada: User, now: datetime
) -> None:
    invitations.invite(bakery, email="guy@example.com", role="editor", by=ada, now=now)
    assert idle(northwind, now + timedelta(days=2))["guy@example.com"] == ""
    assert idle(northwind, now + timedelta(days=3))["guy@example.com"] == "Not accepted for 3 days"


def test_a_page_of_the_console_is_a_sign_of_life(bo: User, bakery: Workspace, sign_in: Any) -> None:
    User.objects.filter(pk=bo.pk).update(last_active_on=None)
    sign_in(bo).get(f"/workspaces/{bakery.pk}/")
    bo.refresh_from_db()
    assert bo.last_active_on == timezone.now().date()


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_counts_used_assigned_and_left(
    page: str, browser: Client, bakery: Workspace, flo: User, bo: User
) -> None:
    Workspace.objects.filter(pk=bakery.pk).update(seat_cap=7)
    shown = browser.get(page).context
    assert (shown["seats"].used, shown["assigned"], shown["seats"].left) == (2, 7, 18)


def test_an_analyst_sees_the_seats_and_frees_none(page: str, flo: User, analyst: User, sign_in: Any) -> None:
    theirs = sign_in(analyst)
    assert b"flo@example.com" in theirs.get(page).content
    assert theirs.post(f"{page}free/", {"email": flo.email}).status_code == 403
    assert flo.memberships.count() == 2


# --- freeing, and giving back ----------------------------------------------------------------------------------------


def test_a_freed_person_is_out_of_every_workspace_on_the_next_request(
    page: str, browser: Client, flo: User, bakery: Workspace, northwind: Agency, sign_in: Any, now: datetime
) -> None:
    theirs = sign_in(flo)
    assert theirs.get(f"/workspaces/{bakery.pk}/").status_code == 200
    browser.post(f"{page}free/", {"email": "FLO@example.com"})
    assert theirs.get(f"/workspaces/{bakery.pk}/").status_code == 404
    assert seats.of_agency(northwind, now=now).used == 0


def test_undo_gives_every_role_back(
    page: str, browser: Client, flo: User, bakery: Workspace, bookshop: Workspace
) -> None:
    browser.post(f"{page}free/", {"email": flo.email})
    browser.post(f"{page}{FreedSeat.objects.get().pk}/give-back/")
    assert permissions_on(flo, bakery) == MEMBER_MAY["manager"]
    assert permissions_on(flo, bookshop) == MEMBER_MAY["viewer"]


def test_a_freed_invitation_is_withdrawn_and_good_again_after_undo(
    page: str, browser: Client, bakery: Workspace, ada: User, now: datetime
) -> None:
    invitations.invite(bakery, email="guy@example.com", role="editor", by=ada, now=now)
    browser.post(f"{page}free/", {"email": "guy@example.com"})
    assert Invitation.objects.get().revoked_at
    browser.post(f"{page}{FreedSeat.objects.get().pk}/give-back/")
    assert Invitation.objects.get().revoked_at is None


def test_undo_works_once(northwind: Agency, flo: User, ada: User, now: datetime) -> None:
    freed = freeing.free(northwind, email=flo.email, by=ada, now=now)
    freeing.give_back(freed, by=ada, now=now)
    Membership.objects.filter(user=flo).delete()
    with pytest.raises(freeing.NotGivenBack):
        freeing.give_back(freed, by=ada, now=now)
    assert not flo.memberships.exists()


def test_undo_ends_after_seven_days(northwind: Agency, flo: User, ada: User, now: datetime) -> None:
    freed = freeing.free(northwind, email=flo.email, by=ada, now=now)
    with pytest.raises(freeing.NotGivenBack):
        freeing.give_back(freed, by=ada, now=now + timedelta(days=7))


def test_undo_takes_no_seat_that_somebody_else_has_now(
    northwind: Agency, bakery: Workspace, flo: User, ada: User, now: datetime
) -> None:
    freed = freeing.free(northwind, email=flo.email, by=ada, now=now)
    Agency.objects.filter(pk=northwind.pk).update(seat_limit=1)
    member("Gus", bakery, "viewer")
    with pytest.raises(seats.SeatsExhausted):
        freeing.give_back(freed, by=ada, now=now)
    assert FreedSeat.objects.get().given_back_at is None


def test_undo_leaves_out_what_was_closed_meanwhile(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, flo: User, ada: User, now: datetime
) -> None:
    freed = freeing.free(northwind, email=flo.email, by=ada, now=now)
    closing.archive(bakery, by=ada, now=now)
    freeing.give_back(freed, by=ada, now=now)
    assert [membership.workspace for membership in flo.memberships.all()] == [bookshop]


@pytest.mark.parametrize("email", ["", "nobody@example.com", "kim@example.com", "flo", "[]"])
def test_who_holds_no_seat_here_is_freed_of_none(
    page: str, browser: Client, flo: User, kiosk: Workspace, email: str
) -> None:
    member("Kim", kiosk, "manager")
    browser.post(f"{page}free/", {"email": email})
    assert not FreedSeat.objects.exists()
    assert Membership.objects.count() == 3


def test_another_agencys_freed_seat_is_not_there(browser: Client, page: str, rival: Agency, mallory: User) -> None:
    freed = FreedSeat.objects.create(agency=rival, email="kim@example.com", held=[])
    assert browser.post(f"{page}{freed.pk}/give-back/").status_code == 404


def test_each_client_reads_what_happened_in_its_own_workspace(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, flo: User, ada: User, now: datetime
) -> None:
    freeing.free(northwind, email=flo.email, by=ada, now=now)
    told = AuditEntry.objects.filter(action=Action.SEAT_FREED)
    assert {entry.workspace_id for entry in told} == {bakery.pk, bookshop.pk}


@pytest.mark.django_db(transaction=True)
def test_of_many_who_undo_at_once_one_succeeds(northwind: Agency, flo: User, ada: User, now: datetime) -> None:
    freed = freeing.free(northwind, email=flo.email, by=ada, now=now)
    results = at_once(lambda _: freeing.give_back(freed, by=ada, now=now), people=5)
    assert sum(result is None for result in results) == 1
    assert flo.memberships.count() == 2
