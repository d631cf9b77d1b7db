"""What must always hold of people: guardian's grants say what the roles say, less what a workspace withholds."""

from typing import Any

from agencies.models import AgencyUserObjectPermission, Staff
from agencies.permissions import STAFF_MAY, member_may
from workspaces.models import Membership, WorkspaceUserObjectPermission

Grants = set[tuple[int, int, str]]


def breaches() -> list[str]:
    """A sentence for each grant that no role gives, and for each one that is missing."""
    return [
        *differences("workspace", held(WorkspaceUserObjectPermission), given_to_members()),
        *differences("agency", held(AgencyUserObjectPermission), given_to_staff()),
    ]


def held(grants: Any) -> Grants:
    """(user, tenant, codename) as guardian holds them."""
    return set(grants.objects.values_list("user_id", "content_object_id", "permission__codename"))


def given_to_members() -> Grants:
    """(user, workspace, codename) as the roles project them."""
    people = Membership.objects.values_list("user_id", "workspace_id", "role", "workspace__withheld")
    return {(user, pk, codename) for user, pk, role, withheld in people for codename in member_may(role, withheld)}


def given_to_staff() -> Grants:
    """(user, agency, codename) as the roles project them."""
    people = Staff.objects.values_list("user_id", "agency_id", "role")
    return {(user, pk, codename) for user, pk, role in people for codename in STAFF_MAY[role]}


def differences(what: str, held: Grants, given: Grants) -> list[str]:
    extra = [
        f"user {u} holds {codename!r} on {what} {t}, and no role gives it" for u, t, codename in sorted(held - given)
    ]
    return extra + [f"user {u} lacks {codename!r} on {what} {t}" for u, t, codename in sorted(given - held)]
