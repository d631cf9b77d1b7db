"""The audit log: who, as whom, what, on what, before and after. Written in the transaction of what it tells."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from agencies.models import Action, AuditEntry, Staff, User

SYSTEM = "Bureau"
VISITS = (Action.ENTERED, Action.LEFT)
LONGEST_TARGET = 300  # characters


def record(
    action: Action,
    *,
    agency_id: int,
    by: User | None,
    at: datetime,
    workspace_id: int | None = None,
    target: object = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Write one entry. `by` None is Bureau itself; without a workspace the entry is the agency's alone.

    An entry with a workspace is read by that client's managers too: it names nothing of other workspaces.
    """
    return AuditEntry.objects.create(
        agency_id=agency_id,
        workspace_id=workspace_id,
        at=at,
        actor=by,
        actor_name=by.email if by else SYSTEM,
        acting_as=acting_as(by, agency_id),
        action=action,
        target=str(target)[:LONGEST_TARGET],
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason,
    )


def acting_as(by: User | None, agency_id: int) -> str:
    """As whom a person acts in this agency, in a word."""
    if by is None:
        return "System"
    staff = Staff.objects.filter(agency_id=agency_id, user=by).first()
    if staff:
        return str(staff.get_role_display())
    return "Support" if by.is_staff else "Member"


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """`before` and `after`, reduced to what differs, as `record` takes them."""
    differing = [key for key in after if before.get(key) != after[key]]
    return {"before": {key: before.get(key) for key in differing}, "after": {key: after[key] for key in differing}}


def of_agency(agency_id: int) -> QuerySet[AuditEntry]:
    """All of an agency, the newest first, with what happened in its workspaces."""
    return AuditEntry.objects.filter(agency_id=agency_id)


def of_workspace(agency_id: int, workspace_id: int) -> QuerySet[AuditEntry]:
    """What happened in one workspace, the newest first."""
    return AuditEntry.objects.filter(agency_id=agency_id, workspace_id=workspace_id)
