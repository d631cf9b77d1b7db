"""Who leaves is out for good: no race, lock-out, or invitation of his own leaves a way back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from agencies import staff
from agencies.access import permissions_on, set_staff_role
from agencies.models import Agency, User
from agencies.permissions import StaffRole
from tests.conftest import member, person
from tests.racing import at_once
from workspaces import accepting, access, freeing, invariants, invitations, seats
from workspaces.models import FreedSeat, Invitation, Membership, Workspace


@pytest.mark.parametrize("role", ["manager", "viewer"])
def test_who_is_locked_out_while_being_removed_stays_out_when_unlocked(
    bakery: Workspace, ada: User, now: datetime, role: str
) -> None:
    flo = member("Flo", bakery, role)
    User.objects.filter(pk=flo.pk).update(is_active=False)
    access.remove(flo.memberships.get(), by=ada, now=now)
    User.objects.filter(pk=flo.pk).update(is_active=True)
    assert permissions_on(User.objects.get(pk=flo.pk), bakery) == frozenset()


def race(*calls: Any) -> None:
    refused = (access.NotInside, freeing.AlreadyGone)
    results = at_once(lambda n: calls[n](), people=len(calls))
    assert [result for result in results if isinstance(result, Exception) and not isinstance(result, refused)] == []
    assert invariants.breaches() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(3))
def test_removing_freeing_narrowing_and_another_role_at_once_leave_nothing_behind(
    northwind: Agency, bakery: Workspace, bo: User, ada: User, now: datetime, turn: int
) -> None:
    seen = bo.memberships.select_related("workspace").get()
    race(
        lambda: access.narrow(bakery, withheld=["delete"] if turn % 2 else [], by=ada, now=now),
        lambda: access.change_role(seen, role="editor", by=ada, now=now),
        lambda: access.remove(seen, by=ada, now=now),
        lambda: freeing.free(northwind, email=bo.email, by=ada, now=now),
    )
    assert permissions_on(bo, bakery) == frozenset()


@pytest.fixture
def otto(northwind: Agency) -> User:
    otto = person("Otto")
    set_staff_role(northwind, user=otto, role=StaffRole.OWNER)
    return otto


def accepted(email: str, now: datetime) -> None:
    """Somebody with this address opens the link of their invitation."""
    invitation = Invitation.objects.get(email=email)
    invitation.token_hash = invitations.hash_of("t" * 43)
    invitation.save()
    accepting.accept_as_new("t" * 43, name="Second", password="a long walk home", now=now)


@pytest.mark.parametrize("step", ["removed", "demoted"])
def test_nobody_comes_back_to_the_team_by_an_invitation_of_his_own(
    northwind: Agency, otto: User, ada: User, now: datetime, step: str
) -> None:
    invitations.invite_staff(northwind, email="second@example.com", role="owner", by=otto, now=now)
    if step == "removed":
        staff.remove(otto.staff_of.get(), by=ada, now=now)
    else:
        staff.change_role(otto.staff_of.get(), role="admin", by=ada, now=now)
    with pytest.raises(invitations.NotOpen):
        accepted("second@example.com", now)


def test_nobody_comes_back_to_a_workspace_by_an_invitation_of_his_own(
    bakery: Workspace, bo: User, ada: User, now: datetime
) -> None:
    invitations.invite(bakery, email="second@example.com", role="manager", by=bo, now=now)
    access.remove(bo.memberships.get(), by=ada, now=now)
    with pytest.raises(invitations.NotOpen):
        accepted("second@example.com", now)


def test_sent_again_by_somebody_inside_it_is_good(bakery: Workspace, bo: User, ada: User, now: datetime) -> None:
    asked = invitations.invite(bakery, email="second@example.com", role="manager", by=bo, now=now)
    access.remove(bo.memberships.get(), by=ada, now=now)
    invitations.resend(asked, by=ada, now=now + timedelta(minutes=1))
    accepted("second@example.com", now)
    assert bakery.memberships.get().user.email == "second@example.com"


def test_an_owner_who_is_locked_out_is_no_other_owner(northwind: Agency, otto: User, ada: User, now: datetime) -> None:
    User.objects.filter(pk=otto.pk).update(is_active=False)
    with pytest.raises(staff.LastOwner):
        staff.remove(ada.staff_of.get(), by=ada, now=now)


def test_who_was_let_in_anew_and_removed_is_not_given_back(
    northwind: Agency, bakery: Workspace, bo: User, ada: User, now: datetime
) -> None:
    freed = freeing.free(northwind, email=bo.email, by=ada, now=now)
    invitations.invite(bakery, email=bo.email, role="viewer", by=ada, now=now)
    Invitation.objects.update(token_hash=invitations.hash_of("t" * 43))
    accepting.accept("t" * 43, user=bo, now=now)
    access.remove(bo.memberships.get(), by=ada, now=now)
    with pytest.raises(freeing.NotGivenBack):
        freeing.give_back(freed, by=ada, now=now)


def test_a_seat_is_given_back_under_the_address_of_now(
    northwind: Agency, bakery: Workspace, bo: User, ada: User, now: datetime
) -> None:
    freed = freeing.free(northwind, email=bo.email, by=ada, now=now)
    Agency.objects.filter(pk=northwind.pk).update(seat_limit=1)
    User.objects.filter(pk=bo.pk).update(email="bo-new@example.com")
    invitations.invite(bakery, email="bo@example.com", role="viewer", by=ada, now=now)
    with pytest.raises(seats.SeatsExhausted):
        freeing.give_back(freed, by=ada, now=now)


def test_who_joined_the_team_meanwhile_gets_no_seat_back(
    northwind: Agency, bakery: Workspace, bo: User, ada: User, now: datetime
) -> None:
    freed = freeing.free(northwind, email=bo.email, by=ada, now=now)
    set_staff_role(northwind, user=bo, role=StaffRole.ANALYST)
    with pytest.raises(freeing.NotGivenBack):
        freeing.give_back(freed, by=ada, now=now)
    assert not Membership.objects.filter(user=bo).exists()


def test_what_can_no_longer_be_undone_is_forgotten(northwind: Agency, bo: User, ada: User, now: datetime) -> None:
    freeing.free(northwind, email=bo.email, by=ada, now=now)
    freeing.forget_old(now + timedelta(days=7) - timedelta(seconds=1))
    assert FreedSeat.objects.exists()
    freeing.forget_old(now + timedelta(days=7))
    assert not FreedSeat.objects.exists()


# --- mails in our name -----------------------------------------------------------------------------------------------


def test_an_account_that_support_has_not_looked_at_sends_few(newcomer: Agency, nina: User, now: datetime) -> None:
    for number in range(invitations.MOST_OF_AN_ACCOUNT):
        invitations.invite_staff(newcomer, email=f"{number}@example.com", role="admin", by=nina, now=now)
    with pytest.raises(invitations.TooManyToday):
        invitations.invite_staff(newcomer, email="more@example.com", role="admin", by=nina, now=now)
    tomorrow = now + timedelta(days=1, seconds=1)
    assert invitations.invite_staff(newcomer, email="more@example.com", role="admin", by=nina, now=tomorrow)


def test_withdrawing_and_inviting_again_sends_one_mail_a_minute(northwind: Agency, ada: User, now: datetime) -> None:
    asked = invitations.invite_staff(northwind, email="cy@example.com", role="admin", by=ada, now=now)
    invitations.revoke(asked, by=ada, now=now)
    with pytest.raises(invitations.JustSent):
        invitations.invite_staff(northwind, email="cy@example.com", role="admin", by=ada, now=now)


def test_a_full_pool_tells_a_client_nothing_of_who_is_next_door(
    bakery: Workspace, bo: User, sue: User, ada: User, now: datetime
) -> None:
    Agency.objects.update(seat_limit=2)
    for email in (sue.email, "stranger@example.com"):
        with pytest.raises(seats.SeatsExhausted, match="No seat is left for Bakery"):
            invitations.invite(bakery, email=email, role="viewer", by=bo, now=now)
    assert invitations.invite(bakery, email=sue.email, role="viewer", by=ada, now=timezone.now())


def test_sending_again_counts_as_a_mail_of_the_day_too(newcomer: Agency, nina: User, now: datetime) -> None:
    asked = invitations.invite_staff(newcomer, email="cy@example.com", role="admin", by=nina, now=now)
    for minute in range(1, invitations.MOST_OF_AN_ACCOUNT):
        invitations.resend(asked, by=nina, now=now + timedelta(minutes=minute))
    with pytest.raises(invitations.TooManyToday):
        invitations.resend(asked, by=nina, now=now + timedelta(hours=1))


def test_a_full_pool_tells_nothing_of_the_neighbours_when_an_invitation_is_sent_again(
    bakery: Workspace, bo: User, sue: User, ada: User, now: datetime
) -> None:
    asked = invitations.invite(bakery, email=sue.email, role="viewer", by=ada, now=now)
    Agency.objects.update(seat_limit=2)
    invitations.resend(asked, by=bo, now=now + timedelta(minutes=1))  # open, it holds its seat here
    Invitation.objects.update(expires_at=now)
    with pytest.raises(seats.SeatsExhausted):
        invitations.resend(asked, by=bo, now=timezone.now() + timedelta(minutes=5))
