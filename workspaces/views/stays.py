"""Staff leave a client's workspace."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.access import Request
from agencies.pages import press_again
from agencies.permissions import Can
from workspaces import stays
from workspaces.access import workspace_view
from workspaces.models import Workspace


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.SEE, while_suspended=True)
def leave(request: Request, workspace: Workspace) -> HttpResponse:
    """Write the end of the stay down, and go back to the agency; a member of the workspace just stays."""
    if request.method != "POST":
        return press_again(request, "workspaces:show", workspace_id=workspace.pk)
    stays.leave(request.session, workspace, by=request.user, now=timezone.now())
    return redirect("home")
