"""Invited logins and their seats: good once, for seven days, for one address."""

import hashlib
import logging
import re
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as postbox
from django.test import Client
from django.utils import timezone

from agencies.models import Agency, Mail, User
from tests.conftest import member
from tests.racing import at_once
from workspaces import accepting, invitations, seats
from workspaces.masking import MaskLinks
from workspaces.models import Invitation, Membership, Workspace

NEW_LOGIN = {"name": "Flo", "password": "a long walk home"}


def mailed_token() -> str:
    """The token of the last mail, wherever that mail is."""
    last = Mail.objects.latest("pk")
    return re.search(r"/invitations/([\w-]+)/", last.text or postbox.outbox[-1].body)[1]


@pytest.fixture
def invited(bakery: Workspace, ada: User, now: datetime) -> Invitation:
    """Flo, who has no login yet, is invited into Bakery as an editor."""
    return invitations.invite(bakery, email="Flo@Example.com", role="editor", by=ada, now=now)


@pytest.fixture
def token(invited: Invitation) -> str:
    return mailed_token()


@pytest.fixture
def link(token: str) -> str:
    return f"/invitations/{token}/"


# --- the link --------------------------------------------------------------------------------------------------------


def test_the_token_stands_in_the_mail_and_only_its_hash_here(invited: Invitation, token: str) -> None:
    assert len(token) >= 43
    assert invited.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(Invitation.objects.filter(pk=invited.pk).values().get())


def test_the_mailed_link_comes_from_the_configured_address(invited: Invitation, settings: Any) -> None:
    assert f"{settings.CONSOLE_URL}/invitations/" in Mail.objects.get(recipient="flo@example.com").text


def test_the_invited_person_sets_a_password_and_is_in(client: Client, link: str, bakery: Workspace) -> None:
    answer = client.post(link, NEW_LOGIN)
    flo = User.objects.get(email="flo@example.com")
    assert answer.url == f"/workspaces/{bakery.pk}/"
    assert client.get(answer.url).status_code == 200
    assert bakery.memberships.get(user=flo).role == "editor"
    assert EmailAddress.objects.get(user=flo).verified


def test_joining_is_the_first_of_their_sign_ins(client: Client, link: str) -> None:
    client.post(link, NEW_LOGIN)
    assert client.get("/accounts/").content.decode().count("This browser") == 1


def test_they_see_their_own_workspace_and_nothing_else(
    client: Client, link: str, bookshop: Workspace, northwind: Agency
) -> None:
    client.post(link, NEW_LOGIN)
    assert client.get(f"/workspaces/{bookshop.pk}/").status_code == 404
    assert client.get(f"/agencies/{northwind.pk}/").status_code == 404


def test_looking_changes_nothing(client: Client, link: str) -> None:
    assert client.get(link).status_code == 200
    assert not User.objects.filter(email="flo@example.com").exists()
    assert Invitation.objects.get().accepted_at is None


def test_a_link_is_good_once(client: Client, link: str, bakery: Workspace) -> None:
    client.post(link, NEW_LOGIN)
    again = Client().post(link, {"name": "Thief", "password": "a long walk home"})
    assert again.status_code == 410
    assert bakery.memberships.count() == 1


@pytest.mark.parametrize("gone", ["expired", "revoked", "unknown", "garbled"])
def test_a_link_that_is_no_longer_good_says_so(
    client: Client, invited: Invitation, link: str, now: datetime, gone: str
) -> None:
    if gone == "expired":
        Invitation.objects.filter(pk=invited.pk).update(expires_at=now - timedelta(seconds=1))
    if gone == "revoked":
        invitations.revoke(invited, by=invited.invited_by, now=now)
    wrong = {"unknown": "/invitations/abc/", "garbled": "/invitations/%00%ff/"}.get(gone, link)
    answer = client.post(wrong, NEW_LOGIN)
    assert answer.status_code == 410
    assert b"no longer good" in answer.content
    assert not User.objects.filter(email="flo@example.com").exists()


def test_an_invitation_is_open_for_seven_days(invited: Invitation, token: str, now: datetime) -> None:
    week = timedelta(days=7)
    assert invitations.find(token, now=now + week - timedelta(seconds=1)) == invited
    with pytest.raises(invitations.NotOpen):
        invitations.find(token, now=now + week)


def test_sending_again_kills_the_old_link(client: Client, invited: Invitation, link: str, now: datetime) -> None:
    invitations.resend(invited, by=invited.invited_by, now=now + timedelta(minutes=1))
    assert client.get(link).status_code == 410
    assert client.post(f"/invitations/{mailed_token()}/", NEW_LOGIN).status_code == 302


# --- for one address -------------------------------------------------------------------------------------------------


def test_somebody_else_who_is_signed_in_does_not_accept(mallory: User, sign_in: Any, link: str) -> None:
    theirs = sign_in(mallory)
    assert theirs.get(link).status_code == 200
    assert theirs.post(link).status_code == 403
    assert theirs.post(link, NEW_LOGIN).status_code == 403
    assert not mallory.memberships.exists()
    assert Invitation.objects.get().accepted_at is None


def test_somebody_with_a_login_has_to_sign_in_first(
    client: Client, bakery: Workspace, sue: User, ada: User, now: datetime, sign_in: Any
) -> None:
    invitations.invite(bakery, email=sue.email, role="viewer", by=ada, now=now)
    link = f"/invitations/{mailed_token()}/"
    client.post(link, NEW_LOGIN)
    assert not bakery.memberships.exists()
    assert sign_in(sue).post(link).status_code == 302
    assert bakery.memberships.get().user == sue


def test_an_unverified_address_does_not_accept(invited: Invitation, token: str, now: datetime) -> None:
    squatter = User.objects.create_user("flo@example.com")
    EmailAddress.objects.create(user=squatter, email=squatter.email, verified=False)
    with pytest.raises(invitations.ForSomebodyElse):
        accepting.accept(token, user=squatter, now=now)
    assert not squatter.memberships.exists()


def test_an_address_that_is_somebodys_second_one_is_answered_in_words(client: Client, link: str, sue: User) -> None:
    EmailAddress.objects.create(user=sue, email="flo@example.com", verified=True)
    assert client.post(link, NEW_LOGIN).status_code < 500
    assert User.objects.filter(email="flo@example.com").count() == 0


def test_a_second_verified_address_accepts(link: str, sue: User, sign_in: Any, bakery: Workspace) -> None:
    EmailAddress.objects.create(user=sue, email="flo@example.com", verified=True)
    sign_in(sue).post(link)
    assert bakery.memberships.get().user == sue


def test_role_and_workspace_come_from_the_invitation(client: Client, link: str, bookshop: Workspace) -> None:
    client.post(link, {**NEW_LOGIN, "role": "manager", "workspace": bookshop.pk, "workspace_id": bookshop.pk})
    membership = Membership.objects.get()
    assert (membership.workspace.name, membership.role) == ("Bakery", "editor")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", " "),
        ("name", "x" * 300),
        ("password", ""),
        ("password", "short"),
        ("password", "12345678"),
    ],
)
def test_a_new_login_is_refused_with_words_at_the_field(client: Client, link: str, field: str, value: str) -> None:
    answer = client.post(link, {**NEW_LOGIN, field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert NEW_LOGIN["password"].encode() not in answer.content
    assert not User.objects.filter(email="flo@example.com").exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_accepts_at_once_one_succeeds(token: str, bakery: Workspace, now: datetime) -> None:
    def accept(number: int) -> User:
        return accepting.accept_as_new(token, name=f"Flo {number}", password="a long walk home", now=now)

    results = at_once(accept, times=5)
    assert sum(isinstance(result, User) for result in results) == 1
    assert all(isinstance(result, User | invitations.Refused) for result in results)
    assert bakery.memberships.count() == User.objects.filter(email="flo@example.com").count() == 1


# --- inviting --------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(bakery: Workspace) -> str:
    return f"/workspaces/{bakery.pk}/members/invite/"


@pytest.mark.usefixtures("invited", "vi")
@pytest.mark.parametrize(
    "email", ["", "not an address", "flo@example.com", "FLO@example.com", "vi@example.com", "ada@example.com"]
)
def test_nobody_is_invited_twice_or_without_need(bo: User, sign_in: Any, page: str, email: str) -> None:
    answer = sign_in(bo).post(page, {"email": email, "role": "editor"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["email"]
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize("role", ["owner", "admin", "superuser", ""])
def test_nobody_is_invited_into_a_role_that_is_not_a_members(bo: User, sign_in: Any, page: str, role: str) -> None:
    answer = sign_in(bo).post(page, {"email": "flo@example.com", "role": role})
    assert answer.status_code == 422
    assert not Invitation.objects.exists()


def test_known_and_unknown_addresses_are_answered_alike(bo: User, sign_in: Any, page: str, mallory: User) -> None:
    manager = sign_in(bo)
    for email in (mallory.email, "unknown@example.com"):
        answer = manager.post(page, {"email": email, "role": "editor"}, follow=True)
        assert [str(message) for message in answer.context["messages"]] == [f"{email} gets a mail with the invitation."]


def test_an_expired_invitation_makes_room_for_a_new_one(
    bakery: Workspace, invited: Invitation, ada: User, now: datetime
) -> None:
    Invitation.objects.filter(pk=invited.pk).update(expires_at=now)
    later = now + timedelta(minutes=1)
    invitations.invite(bakery, email="flo@example.com", role="viewer", by=ada, now=later)
    assert invitations.open_ones(now).get().role == "viewer"


@pytest.mark.parametrize("action", ["resend", "revoke"])
def test_an_accepted_invitation_is_neither_sent_again_nor_withdrawn(
    client: Client, link: str, invited: Invitation, bo: User, sign_in: Any, action: str
) -> None:
    client.post(link, NEW_LOGIN)
    sign_in(bo).post(f"/workspaces/{invited.workspace_id}/invitations/{invited.pk}/{action}/")
    invited.refresh_from_db()
    assert invited.accepted_at
    assert invited.revoked_at is None
    assert client.get(f"/workspaces/{invited.workspace_id}/").status_code == 200


# --- seats -----------------------------------------------------------------------------------------------------------


def limit_seats(agency: Agency, limit: int) -> None:
    Agency.objects.filter(pk=agency.pk).update(seat_limit=limit)


def test_a_pending_invitation_holds_a_seat(
    bakery: Workspace, northwind: Agency, invited: Invitation, ada: User, now: datetime
) -> None:
    limit_seats(northwind, 1)
    with pytest.raises(seats.SeatsExhausted, match="All 1 seats"):
        invitations.invite(bakery, email="guy@example.com", role="editor", by=ada, now=now)


@pytest.mark.parametrize("ended", [{"expires_at": "now"}, {"revoked_at": "now"}], ids=["expired", "revoked"])
def test_an_invitation_that_ended_holds_none(
    bakery: Workspace, northwind: Agency, invited: Invitation, ada: User, now: datetime, ended: dict[str, str]
) -> None:
    limit_seats(northwind, 1)
    Invitation.objects.filter(pk=invited.pk).update(**dict.fromkeys(ended, now))
    invitations.invite(bakery, email="guy@example.com", role="editor", by=ada, now=now)
    assert seats.of_agency(northwind, now=timezone.now()).used == 1


def test_an_accepted_invitation_goes_on_holding_one_seat(client: Client, link: str, northwind: Agency) -> None:
    client.post(link, NEW_LOGIN)
    assert seats.of_agency(northwind, now=timezone.now()).used == 1


def test_a_person_in_two_workspaces_of_one_agency_holds_one_seat(
    bakery: Workspace, bookshop: Workspace, northwind: Agency, ada: User, now: datetime
) -> None:
    bo = member("Bo", bakery, "manager")
    limit_seats(northwind, 1)
    invitations.invite(bookshop, email=bo.email.upper(), role="editor", by=ada, now=now)
    assert seats.of_agency(northwind, now=timezone.now()).used == 1


def test_staff_hold_no_seat(northwind: Agency, ada: User, admin: User, analyst: User) -> None:
    assert seats.of_agency(northwind, now=timezone.now()).used == 0


def test_seats_of_another_agency_do_not_count(northwind: Agency, kiosk: Workspace) -> None:
    member("Kim", kiosk, "manager")
    assert seats.of_agency(northwind, now=timezone.now()).used == 0


def test_a_workspaces_cap_is_reached_before_the_pool(
    bakery: Workspace, invited: Invitation, ada: User, now: datetime
) -> None:
    Workspace.objects.filter(pk=bakery.pk).update(seat_cap=1)
    with pytest.raises(seats.SeatsExhausted, match="Bakery has a cap on seats"):
        invitations.invite(bakery, email="guy@example.com", role="editor", by=ada, now=now)


def test_without_a_limit_there_is_always_a_seat(
    bakery: Workspace, northwind: Agency, invited: Invitation, ada: User, now: datetime
) -> None:
    Agency.objects.filter(pk=northwind.pk).update(seat_limit=None)
    invitations.invite(bakery, email="guy@example.com", role="editor", by=ada, now=now)
    assert seats.of_agency(northwind, now=timezone.now()).used == 2


@pytest.mark.django_db(transaction=True)
def test_fifty_invitations_at_once_do_not_share_the_last_seat(
    bakery: Workspace, bookshop: Workspace, northwind: Agency, ada: User, now: datetime
) -> None:
    limit_seats(northwind, 1)

    def invite(number: int) -> Invitation:
        place = (bakery, bookshop)[number % 2]
        return invitations.invite(place, email=f"guest{number}@example.com", role="editor", by=ada, now=now)

    results = at_once(invite, people=25, times=2)
    assert sum(isinstance(result, Invitation) for result in results) == 1
    assert sum(isinstance(result, seats.SeatsExhausted) for result in results) == 49
    assert Mail.objects.filter(recipient__startswith="guest").count() == 1


# --- somebody who is inside, and buttons pressed too often -----------------------------------------------------------


def test_a_stranger_is_not_flooded_with_invitations(bo: User, sign_in: Any, invited: Invitation) -> None:
    page = f"/workspaces/{invited.workspace_id}/invitations/{invited.pk}/resend/"
    answer = sign_in(bo).post(page, follow=True)
    assert b"got a mail a moment ago" in answer.content
    assert not Mail.objects.filter(recipient=invited.email).count() > 1


def test_the_link_leads_its_own_member_home_afterwards(client: Client, link: str) -> None:
    first = client.post(link, NEW_LOGIN)
    assert client.get(link).url == first.url


@pytest.mark.parametrize("verb", ["resend", "revoke"])
def test_a_button_pressed_before_a_login_asks_to_be_pressed_again(
    bo: User, sign_in: Any, invited: Invitation, verb: str
) -> None:
    page = f"/workspaces/{invited.workspace_id}/invitations/{invited.pk}/{verb}/"
    answer = sign_in(bo).get(page, follow=True)
    assert b"Nothing was changed yet" in answer.content
    invited.refresh_from_db()
    assert invited.revoked_at is None


def test_a_live_link_is_not_written_to_the_log(client: Client, invited: Invitation, link: str) -> None:
    (handler,) = (h for h in logging.getLogger().handlers if any(isinstance(f, MaskLinks) for f in h.filters))
    log = StringIO()
    usual = handler.setStream(log)
    client.post(link, {"name": "Flo", "password": "1"})
    handler.setStream(usual)
    assert "Unprocessable" in log.getvalue()
    assert link.split("/")[2] not in log.getvalue()
