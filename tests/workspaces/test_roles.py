"""Roles are the truth; guardian's rows are their projection, and say nothing more and nothing less."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction

from agencies.access import permissions_on, set_staff_role
from agencies.models import Agency, AgencyUserObjectPermission, Staff, User
from agencies.permissions import MEMBER_MAY, STAFF_MAY, Can, MemberRole, StaffRole
from workspaces import switcher
from workspaces.access import set_role
from workspaces.models import Membership, Workspace, WorkspaceUserObjectPermission

CAST = ("ada", "admin", "analyst", "bo", "vi", "ed", "sue", "mallory", "kiosk", "nina", "newcomer")


def granted(rows: Any) -> set[tuple[int, int, str]]:
    return set(rows.values_list("user_id", "content_object_id", "permission__codename"))


@pytest.mark.usefixtures(*CAST)
def test_every_grant_follows_from_a_role_and_every_role_is_granted(bakery: Workspace, sue: User) -> None:
    set_role(bakery, user=sue, role=MemberRole.AGENT)
    members = {(m.user_id, m.workspace_id, may) for m in Membership.objects.all() for may in MEMBER_MAY[m.role]}
    staff = {(s.user_id, s.agency_id, may) for s in Staff.objects.all() for may in STAFF_MAY[s.role]}
    assert granted(WorkspaceUserObjectPermission.objects) == members
    assert granted(AgencyUserObjectPermission.objects) == staff


@pytest.mark.parametrize("before", MemberRole.values)
@pytest.mark.parametrize("after", MemberRole.values)
def test_a_changed_role_leaves_nothing_of_the_old_one(bakery: Workspace, sue: User, before: str, after: str) -> None:
    set_role(bakery, user=sue, role=before)
    set_role(bakery, user=sue, role=after)
    assert permissions_on(sue, bakery) == MEMBER_MAY[after]
    assert bakery.memberships.get(user=sue).role == after


@pytest.mark.parametrize("role", StaffRole.values)
def test_staff_may_what_their_role_says(northwind: Agency, sue: User, role: str) -> None:
    set_staff_role(northwind, user=sue, role=StaffRole.OWNER)
    set_staff_role(northwind, user=sue, role=role)
    assert permissions_on(sue, northwind) == STAFF_MAY[role]


def test_a_role_in_one_workspace_is_none_next_door(bo: User, bookshop: Workspace, northwind: Agency) -> None:
    assert permissions_on(bo, bookshop) == frozenset()
    assert permissions_on(bo, northwind) == frozenset()


def test_nobody_below_the_agency_learns_of_the_pool() -> None:
    agencys_own = {Can.SEE_AGENCY, Can.MANAGE_WORKSPACES, Can.APPLY}
    assert not agencys_own & frozenset().union(*MEMBER_MAY.values())


def test_being_superuser_opens_no_workspace(superuser: User, bakery: Workspace, sign_in: Any) -> None:
    assert permissions_on(superuser, bakery) == permissions_on(superuser, bakery.agency) == frozenset()
    assert sign_in(superuser).get(f"/workspaces/{bakery.pk}/").status_code == 404
    assert reached(superuser) == []


def test_a_permission_on_the_model_opens_no_workspace(support: User, bakery: Workspace, sign_in: Any) -> None:
    support.user_permissions.set(Permission.objects.all())
    assert sign_in(support).get(f"/workspaces/{bakery.pk}/").status_code == 404


def test_a_locked_person_is_out_on_the_next_request(bo: User, bakery: Workspace, sign_in: Any) -> None:
    browser = sign_in(bo)
    assert browser.get(f"/workspaces/{bakery.pk}/").status_code == 200
    User.objects.filter(pk=bo.pk).update(is_active=False)
    assert browser.get(f"/workspaces/{bakery.pk}/").status_code == 302


def test_a_demoted_member_loses_the_button_on_the_next_request(bo: User, bakery: Workspace, sign_in: Any) -> None:
    browser, page = sign_in(bo), f"/workspaces/{bakery.pk}/members/invite/"
    assert browser.get(page).status_code == 200
    set_role(bakery, user=bo, role=MemberRole.VIEWER)
    assert browser.get(page).status_code == 403


def reached(user: User) -> list[Workspace]:
    return switcher.find(switcher.scope_of(user)).workspaces


@pytest.mark.usefixtures("kiosk", "sue")
def test_everybody_reaches_their_own_workspaces(ada: User, bo: User, ed: User, northwind: Agency) -> None:
    assert set(reached(ada)) == set(northwind.workspaces.all())
    assert [str(workspace) for workspace in reached(bo)] == ["Bakery"]
    assert reached(ed) == []


def test_the_database_knows_no_other_roles(bakery: Workspace, bo: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        bakery.memberships.filter(user=bo).update(role="owner")


def test_a_person_is_one_whatever_letters_they_type(bo: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User(email="BO@Example.com").save()
