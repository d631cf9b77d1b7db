"""A workspace's settings, for the agency: its name, its caps, what its members may do, and closing it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.access import Request
from agencies.permissions import Can
from workspaces.access import workspace_view
from workspaces.forms.workspaces import NarrowForm
from workspaces.models import Workspace


@require_safe
@workspace_view(Can.MANAGE_WORKSPACES)
def settings(request: Request, workspace: Workspace) -> HttpResponse:
    return render(request, "workspaces/settings.html", {"workspace": workspace, "form": NarrowForm.of(workspace)})
