"""Where a person lands, the agency's Profile with its workspaces, and one workspace."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from agencies.access import Request, agency_view, signed_in
from agencies.models import Agency, Staff
from agencies.permissions import Can
from workspaces.access import workspace_view, workspaces_of
from workspaces.models import Workspace


@require_safe
@signed_in
def home(request: Request) -> HttpResponse:
    if staff := Staff.objects.filter(user=request.user).order_by("pk").first():
        return redirect("agencies:dashboard", agency_id=staff.agency_id)
    if workspace := workspaces_of(request.user).order_by("pk").first():
        return redirect("workspaces:show", workspace_id=workspace.pk)
    if request.user.is_staff:
        return redirect("admin:index")
    return render(request, "workspaces/nowhere.html")


@require_safe
@agency_view(Can.SEE_AGENCY)
def profile(request: Request, agency: Agency) -> HttpResponse:
    workspaces = agency.workspaces.order_by("-is_main", "name")
    page = {"agency": agency, "workspaces": workspaces, "may_add": Can.MANAGE_WORKSPACES in request.may}
    return render(request, "workspaces/profile.html", page)


@require_safe
@workspace_view(Can.SEE)
def show(request: Request, workspace: Workspace) -> HttpResponse:
    return render(request, "workspaces/show.html", {"workspace": workspace, "may": request.may})
