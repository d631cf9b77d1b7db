"""Who may call a workspace's view: its members by their role, and the agency's staff by theirs."""

from collections.abc import Callable
from datetime import datetime
from functools import partial, wraps
from typing import Any

from django.db import transaction
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone

from agencies import audit
from agencies.access import (
    Access,
    Request,
    View,
    guard,
    held_on,
    held_up,
    permitted,
    project,
    require,
    standing_in,
)
from agencies.models import Action, Agency, AgencyUserObjectPermission, User
from agencies.permissions import READING, Can, member_may
from workspaces import stays, switcher
from workspaces.models import Membership, Workspace, WorkspaceUserObjectPermission


class NotInside(Exception):
    """This person is no member any more; the text is for the user's eyes."""

    def __init__(self) -> None:
        super().__init__("This person was removed meanwhile. Nothing was changed.")


def workspace_view(
    permission: str, *, while_suspended: bool = False
) -> Callable[[Callable[..., HttpResponseBase]], View]:
    """The view receives the workspace of `workspace_id`, if its user holds `permission` there.

    Staff, or support on a visit, who come into a client's workspace are written into its audit log.
    """

    access = Access("workspace", permission, while_suspended)

    def declare(view: Callable[..., HttpResponseBase]) -> View:
        @wraps(view)
        def guarded(request: Request, *, workspace_id: int, **kwargs: Any) -> HttpResponseBase:
            def admitted() -> HttpResponseBase:
                workspace, member = workspace_for(request, workspace_id)
                if not member and (answer := held_up(request, workspace.agency)):
                    return answer
                require(request.may, permission, lambda: why_not(request.user, workspace, permission))
                enter = partial(entered, request, workspace, member, view, kwargs)
                return permitted(request, workspace.agency, access, enter)

            return guard(request, admitted)

        guarded.access = access  # type: ignore[attr-defined]
        return guarded

    return declare


def workspace_for(request: Request, workspace_id: int) -> tuple[Workspace, bool]:
    """The workspace, and whether the user is its member; what they may do there goes into the request.

    Raises Http404 for strangers, as for an id that never was.
    """
    mine = held_on(WorkspaceUserObjectPermission, request.user)
    staffs = held_on(AgencyUserObjectPermission, request.user, at="agency")
    every = Workspace.objects.select_related("agency").annotate(mine=mine, staffs=staffs)
    workspace = every.filter(pk=workspace_id).first()
    if workspace is None:
        raise Http404
    member = frozenset(workspace.mine)
    staff, request.visit = standing_in(request.user, workspace.agency, frozenset(workspace.staffs))
    request.zone = workspace.agency.time_zone
    request.may = still_open(workspace, member, staff)
    if not request.may:
        raise Http404
    return workspace, bool(member) and not staff


def still_open(workspace: Workspace, member: frozenset[str], staff: frozenset[str]) -> frozenset[str]:
    """What is left to do in a workspace: in an archived one staff read, a deleted one can only be brought back."""
    if workspace.deleted_at:
        return staff & {Can.CLOSE_WORKSPACES}
    if workspace.archived_at:
        return staff & (READING | {Can.CLOSE_WORKSPACES})
    return member | staff


def why_not(user: User, workspace: Workspace, permission: str) -> str:
    """Why an insider may not do this here, and who can help."""
    if workspace.deleted_at:
        return f"{workspace} is deleted. It can be taken back under Profile, for 30 days after that."
    if workspace.archived_at:
        return f"{workspace} is archived, and only read. Restore it under Profile to change it."
    role = workspace.memberships.filter(user=user).values_list("role", flat=True).first()
    if role and permission in member_may(role, []):
        return f"{workspace.agency} has switched this off for everybody in {workspace}. Ask them."
    return f"Your role in {workspace} does not allow it. Ask a manager of the workspace, or the agency."


def entered(
    request: Request, workspace: Workspace, member: bool, view: Callable[..., HttpResponseBase], kwargs: dict[str, Any]
) -> HttpResponseBase:
    """The view's answer, once it is written down where the person is."""
    if not member and not workspace.is_main:
        stays.enter(request.session, workspace, by=request.user, visit=request.visit, now=timezone.now())
    if not workspace.deleted_at:
        switcher.remember(request.session, workspace)
    return view(request, workspace, **kwargs)


@transaction.atomic
def set_role(workspace: Workspace, *, user: User, role: str) -> Membership:
    """Make `user` a member, or change the role; with `narrow` the only writer of guardian rows for members."""
    withheld = Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk).withheld  # `narrow` waits
    membership, _ = Membership.objects.update_or_create(workspace=workspace, user=user, defaults={"role": role})
    project(user, workspace, member_may(role, withheld))
    return membership


@transaction.atomic
def change_role(membership: Membership, *, role: str, by: User, now: datetime) -> Membership:
    """Give a member another role. Raises NotInside when they were removed meanwhile: no role lets them in again."""
    inside = still_inside(membership)
    changed = set_role(inside.workspace, user=inside.user, role=role)
    record(inside, Action.MEMBER_ROLE_CHANGED, by=by, now=now, before={"role": inside.role}, after={"role": role})
    return changed


@transaction.atomic
def remove(membership: Membership, *, by: User, now: datetime) -> None:
    """Take a person out of a workspace: out on the next request, and the seat is free. Raises NotInside."""
    inside = still_inside(membership)
    project(inside.user, inside.workspace, frozenset())
    action = Action.MEMBER_LEFT if by.pk == inside.user_id else Action.MEMBER_REMOVED
    record(inside, action, by=by, now=now, before={"role": inside.role})
    inside.delete()


@transaction.atomic
def narrow(workspace: Workspace, *, withheld: list[str], by: User, now: datetime) -> None:
    """Withhold these permissions from every member of the workspace, whatever the role; it counts at once."""
    Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)  # nobody comes or goes meanwhile
    before = Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk).withheld
    workspace.withheld = sorted(withheld)
    workspace.save(update_fields=["withheld"])
    for membership in workspace.memberships.select_related("user"):
        project(membership.user, workspace, member_may(membership.role, withheld))
    change: dict[str, Any] = audit.changes({"withheld": before}, {"withheld": workspace.withheld})
    audit.record(
        Action.WORKSPACE_NARROWED, agency_id=workspace.agency_id, workspace_id=workspace.pk, by=by, at=now, **change
    )


def record(membership: Membership, action: Action, *, by: User, now: datetime, **change: Any) -> None:
    workspace = membership.workspace
    audit.record(
        action,
        agency_id=workspace.agency_id,
        workspace_id=workspace.pk,
        by=by,
        at=now,
        target=membership.user.email,
        **change,
    )


def still_inside(membership: Membership) -> Membership:
    """The membership, locked until the end of the transaction; the agency before it, as everywhere."""
    Agency.objects.select_for_update(no_key=True).get(pk=membership.workspace.agency_id)
    rows = Membership.objects.select_for_update(of=("self",)).select_related("user", "workspace")
    inside = rows.filter(pk=membership.pk).first()
    if inside is None:
        raise NotInside
    return inside
