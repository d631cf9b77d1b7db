"""Pausing, archiving and deleting a sub-workspace. Resuming and restoring stand where it is known whether it fits."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.access import Request
from agencies.pages import attempt, press_again
from agencies.permissions import Can
from workspaces import closing, lifecycle, seats
from workspaces.access import workspace_view
from workspaces.forms.workspaces import DeleteForm
from workspaces.models import Workspace


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.CLOSE_WORKSPACES)
def pause(request: Request, workspace: Workspace) -> HttpResponse:
    told = f"{workspace} is paused. Visitors get a notice, and nothing is lost."
    return at_once(request, workspace, closing.pause, told)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.CLOSE_WORKSPACES)
def archive(request: Request, workspace: Workspace) -> HttpResponse:
    if request.method == "POST":
        told = f"{workspace} is archived. Restore it here or in the Profile whenever you like."
        return at_once(request, workspace, closing.archive, told)
    waiting = seats.invited_to(workspace.agency.workspaces.filter(pk=workspace.pk), now=timezone.now())
    page = {"workspace": workspace, "people": workspace.memberships.count(), "waiting": len(waiting)}
    return render(request, "workspaces/archive.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.CLOSE_WORKSPACES)
def delete(request: Request, workspace: Workspace) -> HttpResponse:
    form = DeleteForm(request.POST or request.draft or None)
    if request.method == "POST" and form.is_valid():
        try:
            closing.delete(workspace, by=request.user, now=timezone.now(), **form.cleaned_data)
        except closing.Refused as refusal:
            form.add_error("typed", str(refusal))
        else:
            messages.success(request, f"{workspace} is deleted. For 30 days you can take it back in the Profile.")
            return redirect("workspaces:profile", agency_id=workspace.agency_id)
    page = {"workspace": workspace, "form": form}
    return render(request, "workspaces/delete.html", page, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.CLOSE_WORKSPACES)
def undelete(request: Request, workspace: Workspace) -> HttpResponse:
    if request.method != "POST":
        return press_again(request, "workspaces:profile", agency_id=workspace.agency_id)
    step = partial(closing.undelete, workspace, by=request.user, now=timezone.now())
    attempt(request, step, f"{workspace} is back, archived as it was.", closing.Refused, lifecycle.Refused)
    return redirect("workspaces:profile", agency_id=workspace.agency_id)


def at_once(request: Request, workspace: Workspace, step: Callable[..., None], told: str) -> HttpResponse:
    """One step by one button."""
    if request.method != "POST":
        return press_again(request, "workspaces:show", workspace_id=workspace.pk)
    attempt(request, partial(step, workspace, by=request.user, now=timezone.now()), told, closing.Refused)
    return redirect("workspaces:show", workspace_id=workspace.pk)
