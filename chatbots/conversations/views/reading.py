"""Saying that there is nothing left to read in an inbox."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import attempt, press_again
from agencies.permissions import Can
from chatbots.conversations import handling
from chatbots.conversations.forms.filters import FilterForm
from chatbots.conversations.inbox import Inbox
from chatbots.conversations.views.inbox import back, place
from workspaces.access import workspace_view
from workspaces.models import Workspace


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.HANDLE_CONVERSATIONS)
def read_all_of_workspace(request: Request, workspace: Workspace) -> HttpResponse:
    return read_all(request, Inbox(workspace.agency, workspace))


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.HANDLE_CONVERSATIONS)
def read_all_of_agency(request: Request, agency: Agency) -> HttpResponse:
    return read_all(request, Inbox(agency))


def read_all(request: Request, of: Inbox) -> HttpResponse:
    """Whatever the filters of the page show, all of the inbox counts as read: that is what the button says."""
    if request.method != "POST":
        return press_again(request, **place(of))
    by, now = request.user, timezone.now()
    attempt(request, lambda: handling.read_all(of.workspaces(), by=by, now=now), "All conversations count as read.")
    return back(of, FilterForm(request.GET, of=of).with_())
