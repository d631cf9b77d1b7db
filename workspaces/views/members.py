"""The Members page of a workspace: who is in it, who is invited, and inviting."""

from contextlib import suppress

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request
from agencies.pages import press_again
from agencies.permissions import Can, MemberRole
from workspaces import access, invitations, seats
from workspaces.access import workspace_view
from workspaces.forms import InviteForm, RoleForm
from workspaces.models import Workspace


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
    if request.method != "POST":
        return press_again(request, "workspaces:members", workspace_id=workspace.pk)
    try:
        invitations.resend(invitation, by=request.user, now=timezone.now())
    except (invitations.Refused, seats.SeatsExhausted) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{invitation.email} gets a new link. The old one is no longer good.")
    return redirect("workspaces:members", workspace_id=workspace.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_MEMBERS)
def revoke(request: Request, workspace: Workspace, invitation_id: int) -> HttpResponse:
    invitation = get_object_or_404(workspace.invitations, pk=invitation_id)
    if request.method != "POST":
        return press_again(request, "workspaces:members", workspace_id=workspace.pk)
    try:
        invitations.revoke(invitation, by=request.user, now=timezone.now())
    except invitations.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The invitation of {invitation.email} is withdrawn, and its seat is free.")
    return redirect("workspaces:members", workspace_id=workspace.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_MEMBERS)
def change_role(request: Request, workspace: Workspace, membership_id: int) -> HttpResponse:
    membership = get_object_or_404(workspace.memberships, pk=membership_id)
    if request.method != "POST":
        return press_again(request, "workspaces:members", workspace_id=workspace.pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "There is no such role. Nothing was changed.")
        return redirect("workspaces:members", workspace_id=workspace.pk)
    try:
        changed = access.change_role(membership, role=form.cleaned_data["role"], by=request.user, now=timezone.now())
    except access.NotInside as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{changed.user} is {changed.get_role_display().lower()} now.")
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
@workspace_view(Can.SEE)
def leave(request: Request, workspace: Workspace) -> HttpResponse:
    """A member takes themselves out; staff have nothing to leave here."""
    membership = workspace.memberships.filter(user=request.user).first()
    if membership is None:
        messages.info(request, "You reach this workspace as staff of the agency, so there is nothing to leave.")
        return redirect("workspaces:members", workspace_id=workspace.pk)
    if request.method != "POST":
        return render(request, "workspaces/remove.html", {"workspace": workspace, "membership": membership})
    with suppress(access.NotInside):
        access.remove(membership, by=request.user, now=timezone.now())
    messages.success(request, f"You have left {workspace.name}.")
    return redirect("home")


def page_of(request: Request, workspace: Workspace, form: InviteForm) -> dict[str, object]:
    now = timezone.now()
    return {
        "workspace": workspace,
        "form": form,
        "may_invite": Can.MANAGE_MEMBERS in request.may,
        "roles": MemberRole.choices,
        "memberships": workspace.memberships.select_related("user").order_by("user__email"),
        "waiting": workspace.invitations.filter(accepted_at=None, revoked_at=None).order_by(F("expires_at").desc()),
        "now": now,
    }
