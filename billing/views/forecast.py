"""When the pool ends at this pace, who is how much of it, and what would change that."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.permissions import Can
from billing import forecast
from billing.forms import WhatIfForm

SHOWN = 20


@require_safe
@agency_view(Can.SEE_AGENCY)
def show(request: Request, agency: Agency) -> HttpResponse:
    """What is thought of stands in the address; looking changes nothing."""
    now = timezone.now()
    seen = forecast.of(agency, now=now)
    page: dict[str, Any] = {"agency": agency, "seen": seen, "fewest_days": forecast.FEWEST_DAYS, "now": now}
    if seen:
        form = WhatIfForm(request.GET or None, seen=seen)
        what_if = form.wanted() if form.is_bound else None
        page |= {
            "form": form,
            "then": forecast.of(agency, now=now, what_if=what_if) if what_if else None,
            "behind": forecast.behind(agency, seen, now=now),
            "parts": [(part, round(part.share * 100), forecast.capped_on(seen, part)) for part in seen.parts[:SHOWN]],
            "may_buy": Can.BUY in request.may,
            "may_cap": Can.MANAGE_WORKSPACES in request.may,
        }
    return render(request, "billing/forecast.html", page)
