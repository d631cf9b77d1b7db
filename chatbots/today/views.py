"""Needs you today: a panel of the agency's dashboard."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import panel
from agencies.permissions import Can
from chatbots.today import needs


@require_safe
@agency_view(Can.SEE_AGENCY)
def today(request: Request, agency: Agency) -> HttpResponse:
    found = needs.of(agency, may=request.may, now=timezone.now())
    return panel(request, "chatbots/_needs.html", {"agency": agency, "needs": found}, title="Needs you today")
