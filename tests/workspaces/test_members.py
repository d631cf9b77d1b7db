"""Members of a workspace: another role, removed, or gone by their own will."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agencies.access import permissions_on
from agencies.models import User
from agencies.permissions import MEMBER_MAY, MemberRole
from workspaces import access, seats
from workspaces.models import Workspace


@pytest.fixture
def page(bakery: Workspace) -> str:
    return f"/workspaces/{bakery.pk}/members/"


@pytest.fixture
def browser(bo: User, sign_in: Any) -> Client:
    """Bo's, who manages Bakery."""
    return sign_in(bo)


def membership_of(user: User) -> int:
    return user.memberships.get().pk


@pytest.mark.parametrize("role", MemberRole.values)
def test_another_role_counts_from_the_next_request(
    browser: Client, page: str, vi: User, bakery: Workspace, role: str
) -> None:
    browser.post(f"{page}{membership_of(vi)}/role/", {"role": role})
    assert vi.memberships.get().role == role
    assert permissions_on(vi, bakery) == MEMBER_MAY[role]


@pytest.mark.parametrize("role", ["owner", "", "superuser", "Manager"])
def test_a_role_that_does_not_exist_changes_nothing(browser: Client, page: str, vi: User, role: str) -> None:
    answer = browser.post(f"{page}{membership_of(vi)}/role/", {"role": role}, follow=True)
    assert b"no such role" in answer.content
    assert vi.memberships.get().role == MemberRole.VIEWER


def test_a_removed_member_is_out_on_the_next_request(
    browser: Client, page: str, vi: User, bakery: Workspace, sign_in: Any
) -> None:
    theirs = sign_in(vi)
    assert theirs.get(f"/workspaces/{bakery.pk}/").status_code == 200
    browser.post(f"{page}{membership_of(vi)}/remove/")
    assert theirs.get(f"/workspaces/{bakery.pk}/").status_code == 404
    assert permissions_on(vi, bakery) == frozenset()


def test_a_removed_member_frees_the_seat(browser: Client, page: str, vi: User, bakery: Workspace) -> None:
    taken = seats.of_agency(bakery.agency, now=timezone.now()).used
    browser.post(f"{page}{membership_of(vi)}/remove/")
    assert seats.of_agency(bakery.agency, now=timezone.now()).used == taken - 1


def test_looking_at_remove_and_leave_removes_nobody(browser: Client, page: str, bo: User, vi: User) -> None:
    assert b"Remove" in browser.get(f"{page}{membership_of(vi)}/remove/").content
    assert b"Leave" in browser.get(f"{page}leave/").content
    assert vi.memberships.exists()
    assert bo.memberships.exists()


def test_a_viewer_may_leave_and_not_remove(page: str, bo: User, vi: User, sign_in: Any) -> None:
    theirs = sign_in(vi)
    assert theirs.post(f"{page}{membership_of(bo)}/remove/").status_code == 403
    assert theirs.post(f"{page}leave/").status_code == 302
    assert not vi.memberships.exists()


def test_a_member_of_a_sibling_is_not_reached_through_this_workspace(
    browser: Client, page: str, bookshop: Workspace, sue: User
) -> None:
    for verb in ("role", "remove"):
        assert browser.post(f"{page}{membership_of(sue)}/{verb}/", {"role": "viewer"}).status_code == 404
    assert sue.memberships.filter(workspace=bookshop).exists()


def test_who_was_removed_meanwhile_is_not_let_in_again_by_another_role(vi: User, bo: User, bakery: Workspace) -> None:
    seen_before = vi.memberships.get()
    access.remove(vi.memberships.get(), by=bo, now=timezone.now())
    with pytest.raises(access.NotInside):
        access.change_role(seen_before, role=MemberRole.MANAGER, by=bo, now=timezone.now())
    assert not vi.memberships.exists()
    assert permissions_on(vi, bakery) == frozenset()


def test_a_member_is_removed_once(browser: Client, page: str, bo: User, vi: User) -> None:
    seen_before = vi.memberships.get()
    access.remove(vi.memberships.get(), by=bo, now=timezone.now())
    with pytest.raises(access.NotInside):
        access.remove(seen_before, by=bo, now=timezone.now())
    assert browser.get(page).status_code == 200
