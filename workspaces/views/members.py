"""The Members page of a workspace: who is in it, who is invited, and inviting."""

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import panel
from agencies.permissions import Can
from workspaces import invitations, seats
from workspaces.access import workspace_view
from workspaces.forms import InviteForm
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
        return press_again(request, workspace)
    try:
        invitations.resend(invitation, now=timezone.now())
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
        return press_again(request, workspace)
    try:
        invitations.revoke(invitation, now=timezone.now())
    except invitations.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"The invitation of {invitation.email} is withdrawn, and its seat is free.")
    return redirect("workspaces:members", workspace_id=workspace.pk)


@require_safe
@agency_view(Can.SEE_AGENCY)
def seats_left(request: Request, agency: Agency) -> HttpResponse:
    """How many seats are left, and who uses them: a panel of the add-workspace flow."""
    parts = seats.by_workspace(agency)
    context = {"agency": agency, "what": "seats", "state": seats.of_agency(agency), "parts": parts}
    return panel(request, "workspaces/_left.html", context, title="Seats")


def press_again(request: Request, workspace: Workspace) -> HttpResponse:
    """Somebody comes from a login that stood in between: looking changes nothing, so the button is theirs to press."""
    messages.info(request, "Nothing was changed yet: please press the button again.")
    return redirect("workspaces:members", workspace_id=workspace.pk)


def page_of(request: Request, workspace: Workspace, form: InviteForm) -> dict[str, object]:
    now = timezone.now()
    return {
        "workspace": workspace,
        "form": form,
        "may_invite": Can.MANAGE_MEMBERS in request.may,
        "memberships": workspace.memberships.select_related("user").order_by("user__email"),
        "waiting": workspace.invitations.filter(accepted_at=None, revoked_at=None).order_by(F("expires_at").desc()),
        "now": now,
    }
