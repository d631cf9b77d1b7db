"""The link of an invitation's mail. Looking changes nothing; the button accepts."""

from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agencies.access import public
from agencies.models import User
from workspaces import accepting, invitations
from workspaces.forms.people import ROLES, STAFF_ROLES, NewLoginForm
from workspaces.models import Invitation


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@public
def accept(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        invitation = invitations.find(token, now=now)
        if isinstance(request.user, User):
            return as_known(request, request.user, token, invitation)
        if invitations.has_login(invitation.email):
            return render(request, "workspaces/accept.html", {**about(invitation), "sign_in_first": True})
        return as_new(request, token, invitation)
    except invitations.Refused as refusal:
        if isinstance(request.user, User) and (entered := accepting.accepted_by(token, request.user)):
            return go_inside(entered)
        return render(request, "workspaces/accept_refused.html", {"refusal": str(refusal)}, status=410)


def as_known(request: HttpRequest, user: User, token: str, invitation: Invitation) -> HttpResponse:
    """Somebody is signed in: the invited person accepts with a button, anybody else is told and may switch."""
    page = {**about(invitation), "other": not invitations.is_for(invitation, user)}
    if request.method == "POST" and not page["other"]:
        return go_inside(accepting.accept(token, user=user, now=timezone.now()))
    return render(request, "workspaces/accept.html", page, status=403 if request.method == "POST" else 200)


def about(invitation: Invitation) -> dict[str, object]:
    return {"invitation": invitation, "role": dict(ROLES + STAFF_ROLES)[invitation.role]}


def go_inside(invitation: Invitation) -> HttpResponse:
    """Where an accepted invitation leads."""
    if invitation.workspace_id:
        return redirect("workspaces:show", workspace_id=invitation.workspace_id)
    return redirect("agencies:dashboard", agency_id=invitation.agency_id)


def as_new(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    """Nobody has a login for this address yet: a name and a password make it."""
    form = NewLoginForm(request.POST or None, email=invitation.email)
    if request.method == "POST" and form.is_valid():
        user = accepting.accept_as_new(token, now=timezone.now(), **form.cleaned_data)
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        UserSession.objects.create_from_request(request)  # their list of sign-ins begins with this one
        return go_inside(invitation)
    page = {**about(invitation), "form": form}
    return render(request, "workspaces/accept.html", page, status=422 if form.is_bound else 200)
