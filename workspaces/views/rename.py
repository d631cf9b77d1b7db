"""Giving a workspace another name."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.access import Request
from agencies.permissions import Can
from workspaces import lifecycle
from workspaces.access import workspace_view
from workspaces.forms.workspaces import RenameForm
from workspaces.models import Workspace


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_WORKSPACES)
def rename(request: Request, workspace: Workspace) -> HttpResponse:
    form = RenameForm(request.POST or request.draft or None, initial={"name": workspace.name})
    if request.method == "POST" and form.is_valid():
        try:
            lifecycle.rename(workspace, name=form.cleaned_data["name"], by=request.user, now=timezone.now())
        except lifecycle.NameTaken as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"The workspace is called {workspace.name} now.")
            return redirect("workspaces:settings", workspace_id=workspace.pk)
    page = {"workspace": workspace, "form": form}
    return render(request, "workspaces/rename.html", page, status=422 if request.method == "POST" else 200)
