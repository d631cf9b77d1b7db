"""The agency's team: who is in it, who may change what, and that an owner always remains."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from agencies import staff
from agencies.access import permissions_on, set_staff_role
from agencies.models import Action, Agency, AuditEntry, Mail, Staff, User
from agencies.permissions import STAFF_MAY, StaffRole
from tests.conftest import member, person
from tests.racing import at_once
from workspaces import invitations, seats
from workspaces.models import Invitation, Workspace


@pytest.fixture
def page(northwind: Agency) -> str:
    return f"/agencies/{northwind.pk}/team/"


@pytest.fixture
def browser(ada: User, sign_in: Any) -> Client:
    return sign_in(ada)


def row_of(user: User) -> Staff:
    return user.staff_of.get()


def mailed_link(to: str) -> str:
    newest = Mail.objects.filter(recipient=to).latest("pk")
    return re.search(r"/invitations/[\w-]+/", newest.text)[0]


# --- inviting --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", StaffRole.values)
def test_an_invited_person_joins_the_team_in_the_role(
    browser: Client, page: str, client: Client, northwind: Agency, role: str
) -> None:
    assert browser.post(f"{page}invite/", {"email": "Cy@Example.com", "role": role}).status_code == 302
    joined = client.post(mailed_link("cy@example.com"), {"name": "Cy", "password": "a long walk home"})
    assert joined.url == f"/agencies/{northwind.pk}/"
    assert permissions_on(User.objects.get(email="cy@example.com"), northwind) == STAFF_MAY[role]


def test_the_team_takes_no_seat(browser: Client, page: str, northwind: Agency, now: datetime) -> None:
    browser.post(f"{page}invite/", {"email": "cy@example.com", "role": "admin"})
    assert seats.of_agency(northwind, now=now).used == 0


@pytest.mark.parametrize(
    ("email", "words"), [("AL@example.com", "is in your team already"), ("ada@example.com", "in your team already")]
)
def test_nobody_of_the_team_is_invited_again(browser: Client, page: str, admin: User, email: str, words: str) -> None:
    answer = browser.post(f"{page}invite/", {"email": email, "role": "analyst"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("role", ["manager", "viewer", "king", "", "owner "])
def test_a_role_that_the_team_does_not_have_invites_nobody(browser: Client, page: str, role: str) -> None:
    assert browser.post(f"{page}invite/", {"email": "cy@example.com", "role": role}).status_code == 422
    assert not Invitation.objects.exists()


def test_an_admin_invites_no_owner(page: str, admin: User, sign_in: Any) -> None:
    answer = sign_in(admin).post(f"{page}invite/", {"email": "cy@example.com", "role": "owner"})
    assert answer.status_code == 422
    assert not Invitation.objects.exists()


def test_an_admin_neither_resends_nor_withdraws_an_owners_invitation(
    northwind: Agency, page: str, ada: User, admin: User, sign_in: Any, now: datetime
) -> None:
    asked = invitations.invite_staff(northwind, email="cy@example.com", role="owner", by=ada, now=now)
    Invitation.objects.update(expires_at=now)
    for verb in ("resend", "revoke"):
        sign_in(admin).post(f"{page}invitations/{asked.pk}/{verb}/")
    asked.refresh_from_db()
    assert (asked.revoked_at, asked.expires_at) == (None, now)


def test_a_members_invitation_is_not_reached_through_the_team(
    browser: Client, page: str, bakery: Workspace, ada: User, now: datetime
) -> None:
    asked = invitations.invite(bakery, email="flo@example.com", role="editor", by=ada, now=now)
    assert browser.post(f"{page}invitations/{asked.pk}/revoke/").status_code == 404


def test_a_member_who_joins_the_team_gives_the_seat_back(
    browser: Client, page: str, bakery: Workspace, northwind: Agency, sign_in: Any
) -> None:
    flo = member("Flo", bakery, "editor")
    browser.post(f"{page}invite/", {"email": flo.email, "role": "analyst"})
    assert sign_in(flo).post(mailed_link(flo.email)).status_code == 302
    assert not flo.memberships.exists()
    assert seats.of_agency(northwind, now=timezone.now()).used == 0


def test_a_withdrawn_invitation_is_no_longer_good(browser: Client, page: str, client: Client) -> None:
    browser.post(f"{page}invite/", {"email": "cy@example.com", "role": "owner"})
    link = mailed_link("cy@example.com")
    browser.post(f"{page}invitations/{Invitation.objects.get().pk}/revoke/")
    assert client.get(link).status_code == 410
    assert client.post(link, {"name": "Cy", "password": "a long walk home"}).status_code == 410


# --- roles and removal -----------------------------------------------------------------------------------------------


def test_another_role_counts_on_the_next_request(browser: Client, page: str, analyst: User, sign_in: Any) -> None:
    theirs = sign_in(analyst)
    assert theirs.get(f"{page}invite/").status_code == 403
    browser.post(f"{page}{row_of(analyst).pk}/role/", {"role": "admin"})
    assert theirs.get(f"{page}invite/").status_code == 200


def test_a_removed_person_is_out_on_the_next_request(
    browser: Client, page: str, bakery: Workspace, analyst: User, sign_in: Any
) -> None:
    theirs = sign_in(analyst)
    assert theirs.get(f"/workspaces/{bakery.pk}/").status_code == 200
    browser.post(f"{page}{row_of(analyst).pk}/remove/")
    assert theirs.get(page).status_code == theirs.get(f"/workspaces/{bakery.pk}/").status_code == 404


@pytest.mark.parametrize("verb", ["role", "remove"])
def test_an_admin_touches_no_owner(page: str, ada: User, admin: User, sign_in: Any, verb: str) -> None:
    answer = sign_in(admin).post(f"{page}{row_of(ada).pk}/{verb}/", {"role": "analyst"}, follow=True)
    assert "Only an owner" in answer.content.decode()
    assert row_of(ada).role == StaffRole.OWNER


def test_an_admin_makes_nobody_an_owner(page: str, admin: User, analyst: User, sign_in: Any) -> None:
    sign_in(admin).post(f"{page}{row_of(analyst).pk}/role/", {"role": "owner"})
    assert row_of(analyst).role == StaffRole.ANALYST


@pytest.mark.parametrize("step", ["role", "remove", "leave"])
def test_the_last_owner_stays(browser: Client, page: str, ada: User, step: str) -> None:
    path = f"{page}leave/" if step == "leave" else f"{page}{row_of(ada).pk}/{step}/"
    answer = browser.post(path, {"role": "admin"}, follow=True)
    assert "An agency needs an owner" in answer.content.decode()
    assert row_of(ada).role == StaffRole.OWNER


def test_one_of_two_owners_may_leave(browser: Client, page: str, northwind: Agency, ada: User) -> None:
    set_staff_role(northwind, user=person("Olga"), role=StaffRole.OWNER)
    assert browser.post(f"{page}leave/").status_code == 302
    assert not ada.staff_of.exists()


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_leave_one(northwind: Agency, ada: User) -> None:
    olga = person("Olga")
    set_staff_role(northwind, user=olga, role=StaffRole.OWNER)
    pairs = [(row_of(olga), ada), (row_of(ada), olga)]
    results = at_once(lambda n: staff.remove(pairs[n][0], by=pairs[n][1], now=timezone.now()), people=2)
    assert sum(result is None for result in results) == 1
    assert northwind.staff.filter(role=StaffRole.OWNER).count() == 1


@pytest.mark.parametrize("role", ["king", "", "manager"])
def test_a_role_that_does_not_exist_changes_nothing(browser: Client, page: str, analyst: User, role: str) -> None:
    browser.post(f"{page}{row_of(analyst).pk}/role/", {"role": role})
    assert row_of(analyst).role == StaffRole.ANALYST


def test_who_was_removed_meanwhile_gets_no_role(northwind: Agency, analyst: User, ada: User, now: datetime) -> None:
    seen_before = row_of(analyst)
    staff.remove(row_of(analyst), by=ada, now=now)
    with pytest.raises(staff.NotStaff), transaction.atomic():
        staff.change_role(seen_before, role="admin", by=ada, now=now)
    assert permissions_on(analyst, northwind) == frozenset()


def test_what_happens_in_the_team_is_written_down(
    browser: Client, page: str, client: Client, northwind: Agency
) -> None:
    browser.post(f"{page}invite/", {"email": "cy@example.com", "role": "analyst"})
    client.post(mailed_link("cy@example.com"), {"name": "Cy", "password": "a long walk home"})
    cy = User.objects.get(email="cy@example.com")
    browser.post(f"{page}{row_of(cy).pk}/role/", {"role": "admin"})
    browser.post(f"{page}{row_of(cy).pk}/remove/")
    told = AuditEntry.objects.filter(agency=northwind, target="cy@example.com").order_by("pk")
    done = [Action.STAFF_INVITED, Action.STAFF_JOINED, Action.STAFF_ROLE_CHANGED, Action.STAFF_REMOVED]
    assert [entry.action for entry in told] == done


@pytest.mark.parametrize("who", ["ada", "admin", "analyst"])
def test_the_page_shows_who_is_invited_and_buttons_to_whom_they_work_for(
    page: str, northwind: Agency, ada: User, now: datetime, request: pytest.FixtureRequest, sign_in: Any, who: str
) -> None:
    for name, role in (("cy", "owner"), ("di", "analyst")):
        invitations.invite_staff(northwind, email=f"{name}@example.com", role=role, by=ada, now=now)
    shown = sign_in(request.getfixturevalue(who)).get(page).content.decode()
    buttons = {name for name in ("cy", "di") if f"> the invitation of {name}@" in shown}
    assert buttons == {"ada": {"cy", "di"}, "admin": {"di"}, "analyst": set()}[who]
