"""The agency's dashboard: a shell whose panels are loaded from the floor that owns them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.permissions import Can
from agencies.views.applications import about


@require_safe
@agency_view(Can.SEE_AGENCY)
def dashboard(request: Request, agency: Agency) -> HttpResponse:
    page = {"agency": agency} if agency.is_approved else about(request, agency)
    return render(request, "agencies/dashboard.html", page)
