"""What must always hold of people: guardian's grants say what the roles say, for members and for staff."""

from typing import Any

from agencies.models import AgencyUserObjectPermission, Staff
from agencies.permissions import MEMBER_MAY, STAFF_MAY
from workspaces.models import Membership, WorkspaceUserObjectPermission

Grants = set[tuple[int, int, str]]


def breaches() -> list[str]:
    """A sentence for each grant that no role gives, and for each one that is missing."""
    return [
        *differences("workspace", held(WorkspaceUserObjectPermission), given(Membership, "workspace_id", MEMBER_MAY)),
        *differences("agency", held(AgencyUserObjectPermission), given(Staff, "agency_id", STAFF_MAY)),
    ]


def held(grants: Any) -> Grants:
    """(user, tenant, codename) as guardian holds them."""
    return set(grants.objects.values_list("user_id", "content_object_id", "permission__codename"))


def given(roles: Any, tenant: str, may: dict[str, frozenset[str]]) -> Grants:
    """(user, tenant, codename) as the roles project them."""
    people = roles.objects.values_list("user_id", tenant, "role")
    return {(user, tenant_id, codename) for user, tenant_id, role in people for codename in may[role]}


def differences(what: str, held: Grants, given: Grants) -> list[str]:
    extra = [
        f"user {u} holds {codename!r} on {what} {t}, and no role gives it" for u, t, codename in sorted(held - given)
    ]
    return extra + [f"user {u} lacks {codename!r} on {what} {t}" for u, t, codename in sorted(given - held)]
