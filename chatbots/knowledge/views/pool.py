"""What there is of data sources: panels of other pages, and the tab *Data sources* of the allocation page."""

from django.db.models import Count
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import panel
from agencies.permissions import Can
from billing import clients, usage
from billing.views import side_by_side
from chatbots.knowledge import sources as knowledge
from workspaces import caps, seats
from workspaces.access import workspace_view
from workspaces.models import Resource, Workspace
from workspaces.seats import Seats


@require_safe
@agency_view(Can.SEE_AGENCY)
def left(request: Request, agency: Agency) -> HttpResponse:
    """How many data sources are left, and who uses them: a panel of the add-workspace flow."""
    counted = (
        agency.workspaces.filter(archived_at=None)
        .annotate(owned=Count("sources"))
        .filter(owned__gt=0)
        .order_by("-owned", "name")
    )
    state = Seats(knowledge.used_by(agency), agency.source_limit)
    context = {"agency": agency, "what": "data sources", "state": state, "parts": [(w, w.owned) for w in counted]}
    return panel(request, "workspaces/_left.html", context, title="Data sources")


@require_safe
@agency_view(Can.SEE_AGENCY)
def pool(request: Request, agency: Agency) -> HttpResponse:
    """The data sources of all clients together: a panel of the dashboard."""
    now = timezone.now()
    found = clients.of(agency, knowledge.counted(agency, now), now=now)
    context = {"agency": agency, "allocation": found, "now": now}
    return panel(request, "billing/_stock.html", context, title="Data sources")


@require_safe
@agency_view(Can.SEE_AGENCY)
def allocation(request: Request, agency: Agency) -> HttpResponse:
    """The tab *Data sources* of the allocation page, which is the floor's below but for the counting."""
    return side_by_side.table(request, agency, knowledge.counted)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def allocate(request: Request, agency: Agency, workspace_id: int) -> HttpResponse:
    return side_by_side.change(request, agency, workspace_id, knowledge.counted)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def preview_allocation(request: Request, agency: Agency, workspace_id: int) -> HttpResponse:
    return side_by_side.preview(request, agency, workspace_id, knowledge.counted)


@require_safe
@workspace_view(Can.SEE_ANALYTICS)
def owned(request: Request, workspace: Workspace) -> HttpResponse:
    """What a workspace has of data sources and seats, against its own caps; nothing of the pool or of siblings."""
    now = timezone.now()
    people = len(seats.holders(Workspace.objects.filter(pk=workspace.pk), now=now))
    of_sources, of_seats = (caps.at_most(workspace, each, now=now) for each in (Resource.SOURCES, Resource.SEATS))
    context = {
        "workspace": workspace,
        "meters": [
            ("data sources", usage.Meter(workspace.sources.count(), of_sources, workspace.source_guarantee)),
            ("seats", usage.Meter(people, of_seats, workspace.seat_guarantee)),
        ],
        "is_staff": Can.SEE_AGENCY in request.may,
    }
    return panel(request, "chatbots/_owned.html", context, title="Data sources and seats")
