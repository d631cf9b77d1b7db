"""Who may call a workspace's view: its members by their role, and the agency's staff by theirs."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse

from agencies.access import Access, Request, View, guard, permissions_on, project, require
from agencies.models import User
from agencies.permissions import MEMBER_MAY
from workspaces.models import Membership, Workspace


class NotInside(Exception):
    """This person is no member any more; the text is for the user's eyes."""

    def __init__(self) -> None:
        super().__init__("This person was removed meanwhile. Nothing was changed.")


def workspace_view(permission: str) -> Callable[[Callable[..., HttpResponse]], View]:
    """The view receives the workspace of `workspace_id`, if its user holds `permission` there."""

    def declare(view: Callable[..., HttpResponse]) -> View:
        @wraps(view)
        def guarded(request: Request, *, workspace_id: int, **kwargs: Any) -> HttpResponse:
            def admitted() -> HttpResponse:
                workspace, request.may = workspace_for(request.user, workspace_id)
                require(request.may, permission)
                return view(request, workspace, **kwargs)

            return guard(request, admitted)

        guarded.access = Access("workspace", permission)  # type: ignore[attr-defined]
        return guarded

    return declare


def workspace_for(user: User, workspace_id: int) -> tuple[Workspace, frozenset[str]]:
    """The workspace and what `user` may do in it. Raises Http404 for strangers, as for an id that never was."""
    workspace = Workspace.objects.select_related("agency").filter(pk=workspace_id).first()
    if workspace is None:
        raise Http404
    held = permissions_on(user, workspace) | permissions_on(user, workspace.agency)
    if not held:
        raise Http404
    return workspace, held


def workspaces_of(user: User) -> QuerySet[Workspace]:
    """Every workspace this person reaches: scope first, then equality (an OR over joins was ten times slower)."""
    agencies = list(user.staff_of.values_list("agency_id", flat=True))
    own = list(user.memberships.values_list("workspace_id", flat=True))
    return Workspace.objects.filter(Q(agency_id__in=agencies) | Q(pk__in=own)).select_related("agency")


@transaction.atomic
def set_role(workspace: Workspace, *, user: User, role: str) -> Membership:
    """Make `user` a member, or change the role; the only place that writes guardian rows for members."""
    membership, _ = Membership.objects.update_or_create(workspace=workspace, user=user, defaults={"role": role})
    project(user, workspace, MEMBER_MAY[role])
    return membership


@transaction.atomic
def change_role(membership: Membership, *, role: str) -> Membership:
    """Give a member another role. Raises NotInside when they were removed meanwhile: no role lets them in again."""
    inside = still_inside(membership)
    return set_role(inside.workspace, user=inside.user, role=role)


@transaction.atomic
def remove(membership: Membership) -> None:
    """Take a person out of a workspace: out on the next request, and the seat is free. Raises NotInside."""
    inside = still_inside(membership)
    project(inside.user, inside.workspace, frozenset())
    inside.delete()


def still_inside(membership: Membership) -> Membership:
    """The membership, locked until the end of the transaction."""
    inside = Membership.objects.select_for_update().filter(pk=membership.pk).first()
    if inside is None:
        raise NotInside
    return inside
