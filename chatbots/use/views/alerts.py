"""Which alerts stand now: panels of the agency's dashboard and of a workspace's page."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import panel
from agencies.permissions import Can
from billing import alerts
from chatbots.use import uses
from workspaces import asking
from workspaces.access import workspace_view
from workspaces.models import Workspace


@require_safe
@agency_view(Can.SEE_AGENCY)
def of_agency(request: Request, agency: Agency) -> HttpResponse:
    standing = alerts.standing(uses.of_agency(agency, now=timezone.now()))
    context = {"agency": agency, "alerts": standing, "may_cap": Can.MANAGE_WORKSPACES in request.may}
    return panel(request, "chatbots/_alerts.html", context, title="Near a limit")


@require_safe
@workspace_view(Can.SEE_ANALYTICS)
def of_workspace(request: Request, workspace: Workspace) -> HttpResponse:
    """Its own use and caps; a client learns nothing of the agency's pool here."""
    standing = alerts.standing(uses.of_workspace(workspace, now=timezone.now()))
    context = {
        "workspace": workspace,
        "alerts": standing,
        "may_cap": Can.MANAGE_WORKSPACES in request.may,
        "may_ask": Can.MANAGE_MEMBERS in request.may,
        "waiting": asking.waiting_for(workspace),
    }
    return panel(request, "chatbots/_alerts.html", context, title="Near a limit")
