"""What the members of a workspace may do; the form stands on the page of its settings."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.access import Request
from agencies.permissions import NARROWABLE, Can
from workspaces import access
from workspaces.access import workspace_view
from workspaces.forms.workspaces import NarrowForm
from workspaces.models import Workspace


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_WORKSPACES)
def narrow(request: Request, workspace: Workspace) -> HttpResponse:
    form = NarrowForm(request.POST) if request.method == "POST" else NarrowForm.of(workspace)
    if form.is_valid():
        withheld = [can.value for can in NARROWABLE if can.value not in form.cleaned_data["allowed"]]
        access.narrow(workspace, withheld=withheld, by=request.user, now=timezone.now())
        messages.success(request, f"Saved. It counts for everybody in {workspace} from the next click on.")
        return redirect("workspaces:settings", workspace_id=workspace.pk)
    page = {"workspace": workspace, "form": form}
    return render(request, "workspaces/settings.html", page, status=422 if request.method == "POST" else 200)
