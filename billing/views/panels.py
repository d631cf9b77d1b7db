"""Panels that other floors' pages load: the pool, the last days, the clients side by side, one workspace's use."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import panel
from agencies.permissions import Can
from billing import clients as side_by_side
from billing import forecast, periods, usage
from billing.consequences import VISITORS_GET
from workspaces import caps, seats
from workspaces.access import workspace_view
from workspaces.models import AtLimit, Resource, Workspace

SHOWN = 25  # workspaces, those that used most; all of them stand in pages under Allocation


@require_safe
@agency_view(Can.SEE_AGENCY)
def pool(request: Request, agency: Agency) -> HttpResponse:
    now = timezone.now()
    stands = usage.pool(agency, now)
    context = {"agency": agency, "pool": stands, "now": now, "seen": forecast.of(agency, now=now, pool=stands)}
    return panel(request, "billing/_pool.html", context, title="Message quota")


@require_safe
@agency_view(Can.SEE_AGENCY)
def seats_pool(request: Request, agency: Agency) -> HttpResponse:
    now = timezone.now()
    found = side_by_side.of(agency, seats.counted(agency, now), now=now)
    return panel(request, "billing/_stock.html", {"agency": agency, "allocation": found, "now": now}, title="Seats")


@require_safe
@agency_view(Can.SEE_AGENCY)
def days(request: Request, agency: Agency) -> HttpResponse:
    now = timezone.now()
    toned, others = usage.most_used(agency, usage.units_by_workspace(agency, now))
    every = usage.days_of_agency(agency, now, apart=[workspace.pk for workspace, _ in toned])
    context = {"agency": agency, "days": every, "toned": toned, "others": others}
    context["used"] = any(day.units for day in every)
    return panel(request, "billing/_days.html", context, title="Last 30 days")


@require_safe
@agency_view(Can.SEE_AGENCY)
def clients(request: Request, agency: Agency) -> HttpResponse:
    now = timezone.now()
    month = usage.units_by_workspace(agency, now)
    parts = usage.pool(agency, now).parts
    shown = parts[:SHOWN]
    walls = caps.walls_of(agency, [part.workspace for part in shown], Resource.MESSAGES, now=now)
    rows = [(part, walls[part.workspace.pk].at_most, month.get(part.workspace.pk, 0)) for part in shown]
    context = {"agency": agency, "rows": rows, "more": len(parts) - len(shown)}
    context["may_cap"] = Can.MANAGE_WORKSPACES in request.may
    context["first"], context["last"] = usage.last_days(agency, now)
    return panel(request, "billing/_clients.html", context, title="Workspaces")


@require_safe
@agency_view(Can.SEE_AGENCY)
def messages_left(request: Request, agency: Agency) -> HttpResponse:
    """How many message units are left, and who uses them: a panel of the add-workspace flow."""
    state = usage.pool(agency, timezone.now())
    parts = [(part.workspace, part.used) for part in state.parts if part.used]
    context = {"agency": agency, "what": "message units", "state": state, "parts": parts}
    return panel(request, "workspaces/_left.html", context, title="Messages")


@require_safe
@workspace_view(Can.SEE_ANALYTICS)
def use(request: Request, workspace: Workspace) -> HttpResponse:
    """A workspace's own use and cap; a client learns nothing of the agency's pool here."""
    context = {
        "workspace": workspace,
        "meter": usage.meter(workspace, timezone.now()),
        "period": periods.current(workspace.agency, timezone.now()),
        "may_cap": Can.MANAGE_WORKSPACES in request.may,
        "is_staff": Can.SEE_AGENCY in request.may,
        "visitors": VISITORS_GET[AtLimit(workspace.at_limit)],
    }
    return panel(request, "billing/_use.html", context, title="Messages used")


@require_safe
@workspace_view(Can.SEE_ANALYTICS)
def workspace_days(request: Request, workspace: Workspace) -> HttpResponse:
    every = usage.days_of_workspace(workspace, timezone.now())
    context = {"workspace": workspace, "days": every, "toned": [], "used": any(day.units for day in every)}
    return panel(request, "billing/_days.html", context, title="Last 30 days")
