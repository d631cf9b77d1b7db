"""Opening sub-workspaces, within what the agency may have; their names, and what they get of the pool."""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower

from agencies import audit
from agencies.models import Action, Agency, AuditEntry, User
from workspaces import caps, invitations
from workspaces.models import AtLimit, Workspace


class Refused(Exception):
    """The sub-workspace cannot be opened or changed so; the text says why, for the user's eyes."""


class NotAnAgency(Refused):
    def __init__(self) -> None:
        super().__init__("Sub-workspaces open once support has approved the account as an agency.")


class WorkspaceLimitReached(Refused):
    def __init__(self, limit: int) -> None:
        super().__init__(
            f"Your plan holds {limit} sub-workspaces, and all are open. Archive one, or ask support for more."
        )


class NameTaken(Refused):
    def __init__(self, name: str) -> None:
        super().__init__(f"You have a workspace named {name} already. Please choose another name.")


class Archived(Refused):
    def __init__(self, workspace: Workspace) -> None:
        super().__init__(f"{workspace} was archived meanwhile, and gets nothing of the pool. Nothing was changed.")


@dataclass(frozen=True)
class Caps:
    """Optional ceilings of one workspace; None draws on the shared pool."""

    messages: int | None = None
    sources: int | None = None
    seats: int | None = None


@transaction.atomic
def open_sub_workspace(
    agency: Agency,
    *,
    name: str,
    by: User,
    now: datetime,
    caps: Caps = Caps(),
    email: str = "",
    role: str = "",
    request_key: uuid.UUID | None = None,
) -> Workspace:
    """Open a client's workspace and, with an `email`, invite its first member; all of it or nothing.

    The same `request_key` again returns the workspace that it opened before. Raises NotAnAgency,
    WorkspaceLimitReached, NameTaken, and whatever `invitations.invite` raises.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if request_key and (opened := agency.workspaces.filter(request_key=request_key).first()):
        return opened
    refuse_if_full(agency)
    if taken := name_taken_by(agency, name):
        raise NameTaken(taken.name)
    workspace = Workspace.objects.create(
        agency=agency,
        name=name,
        created_by=by,
        created_at=now,
        request_key=request_key,
        message_cap=caps.messages,
        source_cap=caps.sources,
        seat_cap=caps.seats,
    )
    record(workspace, Action.WORKSPACE_OPENED, by=by, now=now, after={"name": name, **asked_for(caps)})
    if email:
        invitations.invite(workspace, email=email, role=role, by=by, now=now)
    return workspace


def asked_for(caps: Caps) -> dict[str, int]:
    return {name: cap for name, cap in asdict(caps).items() if cap is not None}


def refuse_if_full(agency: Agency) -> None:
    """Raises NotAnAgency, or WorkspaceLimitReached at the limit. The main workspace does not count.

    What it says holds while the agency row is locked.
    """
    if not agency.is_approved:
        raise NotAnAgency
    limit = agency.workspace_limit
    if limit is not None and agency.workspaces.filter(is_main=False, archived_at=None).count() >= limit:
        raise WorkspaceLimitReached(limit)


def name_taken_by(agency: Agency, name: str, *, except_key: str | None = None) -> Workspace | None:
    """The workspace of the agency that has this name, in any letters; not the one that `except_key` opened."""
    named = agency.workspaces.alias(lower=Lower("name")).filter(lower=Lower(Value(name)))
    others = named.filter(deleted_at=None)  # as the constraint does
    return next((found for found in others if str(found.request_key) != except_key), None)


@transaction.atomic
def rename(workspace: Workspace, *, name: str, by: User, now: datetime) -> None:
    """Give the workspace another name. Raises NameTaken when a sibling has it, in any letters."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    taken = name_taken_by(agency, name)
    if taken and taken != workspace:
        raise NameTaken(taken.name)
    if name == workspace.name:
        return
    change = audit.changes({"name": workspace.name}, {"name": name})
    workspace.name = name
    workspace.save(update_fields=["name"])
    record(workspace, Action.WORKSPACE_RENAMED, by=by, now=now, **change)


@transaction.atomic
def allocate(
    workspace: Workspace,
    *,
    resource: str,
    cap: int | None,
    guarantee: int | None,
    pool: int | None,
    by: User,
    now: datetime,
) -> AuditEntry | None:
    """Set the cap and the guarantee of one resource, whose pool is `pool` (None: unlimited). None if they stand so.

    A cap below what is used already takes nothing away; from now on nothing is added above it. Raises
    caps.GuaranteeAboveCap, caps.GuaranteesAbovePool, Archived.
    """
    held = locked(workspace)
    caps.refuse_guarantee(held, resource, cap=cap, guarantee=guarantee, pool=pool)
    wanted = {caps.cap_column(resource): cap, caps.guarantee_column(resource): guarantee or None}
    return write(held, Action.CAPS_CHANGED, wanted, by=by, now=now)


@transaction.atomic
def set_at_limit(workspace: Workspace, *, at_limit: str, by: User, now: datetime) -> AuditEntry | None:
    """Set what visitors get once the pool or the cap is used up. None if it stands so. Raises Archived."""
    return write(locked(workspace), Action.AT_LIMIT_CHANGED, {"at_limit": AtLimit(at_limit).value}, by=by, now=now)


def locked(workspace: Workspace) -> Workspace:
    """The row as it is now, with its agency locked first, as everywhere. Raises Archived."""
    Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    held = Workspace.objects.select_for_update(of=("self",), no_key=True).select_related("agency").get(pk=workspace.pk)
    if held.archived_at:
        raise Archived(held)
    return held


def write(
    workspace: Workspace, action: Action, wanted: dict[str, Any], *, by: User, now: datetime
) -> AuditEntry | None:
    """Write these columns, and what of them is new into the audit log; None when nothing is."""
    differing: dict[str, Any] = audit.changes({name: getattr(workspace, name) for name in wanted}, wanted)
    if not differing["after"]:
        return None
    Workspace.objects.filter(pk=workspace.pk).update(**differing["after"])
    return record(workspace, action, by=by, now=now, **differing)


def record(workspace: Workspace, action: Action, *, by: User | None, now: datetime, **change: Any) -> AuditEntry:
    """Write into the audit log of the workspace what was done to it."""
    return audit.record(
        action,
        agency_id=workspace.agency_id,
        workspace_id=workspace.pk,
        by=by,
        at=now,
        target=workspace.name,
        **change,
    )
