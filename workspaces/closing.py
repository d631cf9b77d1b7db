"""Closing a sub-workspace by degrees: paused, archived, deleted, erased; and the ways back.

What an archived one frees above this floor, and whether it still fits when it comes back, `chatbots/closing` knows.
"""

from datetime import datetime, timedelta

from django.db import transaction

from agencies.access import project
from agencies.models import Action, Agency, User
from workspaces import lifecycle, seats
from workspaces.models import Workspace

KEPT_FOR = timedelta(days=30)  # after the deletion


class Refused(Exception):
    """The workspace cannot take this step; the text says why, for the user's eyes."""


class MainStays(Refused):
    def __init__(self) -> None:
        super().__init__("This is your main workspace. It stays open as long as the account.")


class OtherwiseMeanwhile(Refused):
    def __init__(self, workspace: Workspace) -> None:
        super().__init__(f"{workspace} is in another state meanwhile. Look at it again; nothing was changed.")


class NotItsName(Refused):
    def __init__(self, workspace: Workspace) -> None:
        super().__init__(f"This is not the name. Type {workspace} to delete it.")


@transaction.atomic
def pause(workspace: Workspace, *, by: User, now: datetime) -> None:
    """Its chatbots answer with a notice from now on. Paused already, it stays so. Raises MainStays."""
    held = still_open(workspace)
    if held.paused_at is None:
        step(held, Action.WORKSPACE_PAUSED, by=by, now=now, paused_at=now)


@transaction.atomic
def resume(workspace: Workspace, *, by: User, now: datetime) -> None:
    """Its chatbots answer again. Its own floor's part of `billing.allocation.resume`."""
    held = still_open(workspace)
    if held.paused_at:
        step(held, Action.WORKSPACE_RESUMED, by=by, now=now, paused_at=None)


@transaction.atomic
def archive(workspace: Workspace, *, by: User, now: datetime) -> None:
    """Close it for its members; its seats are free, open invitations are withdrawn. Raises MainStays."""
    held = locked(workspace)
    if held.archived_at is None:
        held.invitations.filter(accepted_at=None, revoked_at=None).update(revoked_at=now)
        step(held, Action.WORKSPACE_ARCHIVED, by=by, now=now, archived_at=now)


@transaction.atomic
def restore(workspace: Workspace, *, by: User, now: datetime) -> None:
    """Open an archived one again, with its members. Its own floor's part of `chatbots.closing.restore`.

    Raises lifecycle.WorkspaceLimitReached or seats.SeatsExhausted when it does not fit any more.
    """
    held = locked(workspace)
    if held.archived_at is None:
        return
    if held.deleted_at:
        raise OtherwiseMeanwhile(held)
    lifecycle.refuse_if_full(held.agency)
    seats.claim_for_all(held, now=now)
    step(held, Action.WORKSPACE_RESTORED, by=by, now=now, archived_at=None)


@transaction.atomic
def delete(workspace: Workspace, *, typed: str, by: User, now: datetime) -> None:
    """Delete an archived one, whose name was typed; for 30 days it can be brought back.

    Raises OtherwiseMeanwhile when it is not archived, NotItsName.
    """
    held = locked(workspace)
    if held.deleted_at:
        return
    if held.archived_at is None:
        raise OtherwiseMeanwhile(held)
    if " ".join(typed.split()) != held.name:
        raise NotItsName(held)
    step(held, Action.WORKSPACE_DELETED, by=by, now=now, deleted_at=now)


@transaction.atomic
def undelete(workspace: Workspace, *, by: User, now: datetime) -> None:
    """Bring a deleted one back, archived as it was. Raises lifecycle.NameTaken, or OtherwiseMeanwhile once erased."""
    held = locked(workspace)
    if held.erased_at:
        raise OtherwiseMeanwhile(held)
    if held.deleted_at is None:
        return
    if taken := lifecycle.name_taken_by(held.agency, held.name):
        raise lifecycle.NameTaken(taken.name)
    step(held, Action.WORKSPACE_UNDELETED, by=by, now=now, deleted_at=None)


@transaction.atomic
def erase(workspace: Workspace, *, now: datetime) -> None:
    """Remove for good what this floor keeps of a deleted one: people and name. The row stays, for the numbers."""
    held = locked(workspace)
    if held.deleted_at is None or held.erased_at or now - held.deleted_at < KEPT_FOR:
        raise OtherwiseMeanwhile(held)
    for membership in held.memberships.select_related("user"):
        project(membership.user, held, frozenset())
    held.memberships.all().delete()
    held.invitations.all().delete()
    held.name = f"Erased workspace {held.pk}"
    held.save(update_fields=["name"])
    step(held, Action.WORKSPACE_ERASED, by=None, now=now, erased_at=now)


def due(now: datetime) -> list[tuple[int, int]]:
    """(agency id, workspace id) of the deleted ones whose 30 days are over, but of suspended accounts."""
    over = Workspace.objects.filter(deleted_at__lte=now - KEPT_FOR, erased_at=None, agency__suspended_at=None)
    return list(over.order_by("pk").values_list("agency_id", "pk"))


def still_open(workspace: Workspace) -> Workspace:
    """`locked`, if it is not archived. Raises OtherwiseMeanwhile."""
    held = locked(workspace)
    if held.archived_at:
        raise OtherwiseMeanwhile(held)
    return held


def erased_on(workspace: Workspace) -> datetime | None:
    """When a deleted one is gone for good."""
    return workspace.deleted_at and workspace.deleted_at + KEPT_FOR


def locked(workspace: Workspace) -> Workspace:
    """The row as it is now, with its agency locked first, as everywhere. Raises MainStays."""
    Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    held = Workspace.objects.select_for_update(of=("self",), no_key=True).select_related("agency").get(pk=workspace.pk)
    if held.is_main:
        raise MainStays
    return held


def step(workspace: Workspace, action: Action, *, by: User | None, now: datetime, **state: datetime | None) -> None:
    """Write the new state, and who brought it about."""
    Workspace.objects.filter(pk=workspace.pk).update(**state)
    lifecycle.record(workspace, action, by=by, now=now)
