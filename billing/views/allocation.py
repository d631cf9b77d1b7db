"""Allocating messages and seats, undoing a change, and letting a paused workspace have its guarantees again."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import audit
from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import attempt, press_again
from agencies.permissions import Can
from billing import allocation, usage
from billing.views import side_by_side
from workspaces import caps, closing, lifecycle, seats
from workspaces.access import workspace_view
from workspaces.models import Resource, Workspace

COUNTS: dict[str, side_by_side.Count] = {Resource.MESSAGES: usage.counted, Resource.SEATS: seats.counted}


@require_safe
@agency_view(Can.SEE_AGENCY)
def show(request: Request, agency: Agency, resource: str) -> HttpResponse:
    return side_by_side.table(request, agency, COUNTS[resource])


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def allocate(request: Request, agency: Agency, workspace_id: int, resource: str) -> HttpResponse:
    return side_by_side.change(request, agency, workspace_id, COUNTS[resource])


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def preview(request: Request, agency: Agency, workspace_id: int, resource: str) -> HttpResponse:
    return side_by_side.preview(request, agency, workspace_id, COUNTS[resource])


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def undo(request: Request, agency: Agency, audit_entry_id: int) -> HttpResponse:
    entry = get_object_or_404(audit.of_agency(agency.pk), pk=audit_entry_id)
    page = side_by_side.TABS[allocation.resource_of(entry)].page
    if request.method != "POST":
        return press_again(request, page, agency_id=agency.pk)
    step = partial(allocation.undo, agency, entry, by=request.user, now=timezone.now())
    told = "It is undone: the numbers of before are back."
    attempt(request, step, told, caps.Refused, lifecycle.Refused)
    return redirect(page, agency_id=agency.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.CLOSE_WORKSPACES)
def resume(request: Request, workspace: Workspace) -> HttpResponse:
    if request.method != "POST":
        return press_again(request, "workspaces:show", workspace_id=workspace.pk)
    step = partial(allocation.resume, workspace, by=request.user, now=timezone.now())
    attempt(request, step, f"{workspace} is running again.", closing.Refused, caps.Refused)
    return redirect("workspaces:show", workspace_id=workspace.pk)
