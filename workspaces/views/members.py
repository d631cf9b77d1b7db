"""The Members page of a workspace: who is in it, who is invited, and inviting."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import sorting
from agencies.access import Request
from agencies.pages import attempt, press_again
from agencies.permissions import Can, MemberRole
from workspaces import access, invitations, seats
from workspaces.access import workspace_view
from workspaces.forms.people import InviteForm, RoleForm
from workspaces.models import Membership, Workspace

SORTS = {"name": "Person", "role": "Role", "since": "State"}


@require_safe
@workspace_view(Can.SEE)
def members(request: Request, workspace: Workspace) -> HttpResponse:
    return render(request, "workspaces/members.html", page_of(request, workspace, InviteForm()))


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_MEMBERS)
def invite(request: Request, workspace: Workspace) -> HttpResponse:
    form = InviteForm(request.POST or request.draft or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation = invitations.invite(workspace, by=request.user, now=timezone.now(), **form.cleaned_data)
        except (invitations.Refused, seats.SeatsExhausted) as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, f"{invitation.email} gets a mail with the invitation.")
            return redirect("workspaces:members", workspace_id=workspace.pk)
    page = page_of(request, workspace, form)
    return render(request, "workspaces/members.html", page, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_MEMBERS)
def resend(request: Request, workspace: Workspace, invitation_id: int) -> HttpResponse:
    invitation = get_object_or_404(workspace.invitations, pk=invitation_id)
    told = f"{invitation.email} gets a new link. The old one is no longer good."
    return at_once(request, workspace, partial(invitations.resend, invitation), told)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_MEMBERS)
def revoke(request: Request, workspace: Workspace, invitation_id: int) -> HttpResponse:
    invitation = get_object_or_404(workspace.invitations, pk=invitation_id)
    told = f"The invitation of {invitation.email} is withdrawn, and its seat is free."
    return at_once(request, workspace, partial(invitations.revoke, invitation), told)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_MEMBERS)
def change_role(request: Request, workspace: Workspace, membership_id: int) -> HttpResponse:
    membership = get_object_or_404(workspace.memberships.select_related("user"), pk=membership_id)
    role = request.POST.get("role", "")
    if request.method == "POST" and not RoleForm(request.POST).is_valid():
        messages.error(request, "There is no such role. Nothing was changed.")
        return redirect("workspaces:members", workspace_id=workspace.pk)
    told = f"{membership.user} is {role} now."
    return at_once(request, workspace, partial(access.change_role, membership, role=role), told)


def at_once(request: Request, workspace: Workspace, step: Callable[..., object], told: str) -> HttpResponse:
    """One step by one button."""
    if request.method != "POST":
        return press_again(request, "workspaces:members", workspace_id=workspace.pk)
    taken = partial(step, by=request.user, now=timezone.now())
    attempt(request, taken, told, invitations.Refused, seats.SeatsExhausted, access.NotInside)
    return redirect("workspaces:members", workspace_id=workspace.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_MEMBERS)
def remove(request: Request, workspace: Workspace, membership_id: int) -> HttpResponse:
    membership = get_object_or_404(workspace.memberships, pk=membership_id)
    if request.method != "POST":
        return render(request, "workspaces/remove.html", {"workspace": workspace, "membership": membership})
    with suppress(access.NotInside):  # somebody else was quicker: what was asked for is so
        access.remove(membership, by=request.user, now=timezone.now())
    messages.success(request, f"{membership.user} is out of {workspace.name}, and the seat is free.")
    return redirect("workspaces:members", workspace_id=workspace.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.SEE, while_suspended=True)
def leave(request: Request, workspace: Workspace) -> HttpResponse:
    """A member takes themselves out; staff have nothing to leave here."""
    membership = workspace.memberships.filter(user=request.user).first()
    managers = workspace.memberships.filter(role=MemberRole.MANAGER).exclude(user=request.user)
    if membership is None:
        messages.info(request, "You reach this workspace as staff of the agency, so there is nothing to leave.")
        return redirect("workspaces:members", workspace_id=workspace.pk)
    if request.method != "POST":
        only_manager = membership.role == MemberRole.MANAGER and not managers.exists()
        page = {"workspace": workspace, "membership": membership, "only_manager": only_manager}
        return render(request, "workspaces/remove.html", page)
    with suppress(access.NotInside):
        access.remove(membership, by=request.user, now=timezone.now())
    messages.success(request, f"You have left {workspace.name}.")
    return redirect("home")


def page_of(request: Request, workspace: Workspace, form: InviteForm) -> dict[str, object]:
    now, sort = timezone.now(), sorting.asked(request.GET.get("sort", ""), SORTS, default="name")
    return {
        "workspace": workspace,
        "form": form,
        "may_invite": Can.MANAGE_MEMBERS in request.may,
        "roles": MemberRole.choices,
        "memberships": ordered(workspace, sort),
        "columns": sorting.columns(SORTS, sort, words=SORTS),
        "waiting": workspace.invitations.filter(accepted_at=None, revoked_at=None).order_by(F("expires_at").desc()),
        "now": now,
    }


def ordered(workspace: Workspace, sort: str) -> list[Membership]:
    """The people of the workspace by name, the highest roles first, or as they came."""
    people, ranks = workspace.memberships.select_related("user").order_by("user__email"), MemberRole.values
    keys: dict[str, Callable[[Membership], Any]] = {
        "name": lambda each: str(each.user).casefold(),
        "role": lambda each: ranks.index(each.role),
        "since": lambda each: each.since,
    }
    return sorted(people, key=keys[sort.removeprefix("-")], reverse=sort.startswith("-"))
