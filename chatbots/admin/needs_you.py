"""*Needs you*: what waits for support on all floors, with the next step as a button."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agencies import desk
from agencies.meetings import slots
from chatbots.onboarding import progress

SHOWN = 20  # stalled agencies; their own list has all


def needs_you(request: HttpRequest) -> HttpResponse:
    """Applications by age and next action, the next meetings, stalled onboarding and suspended accounts."""
    if not request.user.has_perms(["agencies.view_application", "agencies.view_agency", "agencies.view_meeting"]):
        raise PermissionDenied
    now = timezone.now()
    stalled = progress.stalled(now=now)
    page = {
        **admin.site.each_context(request),
        "title": "Needs you",
        "waiting": desk.applications(),
        "meetings": desk.meetings(now=now),
        "zone": str(slots.availability().zone),
        "stalled": [(step, progress.next_title(step)) for step in stalled[:SHOWN]],
        "stalled_in_all": stalled.count(),
        "suspended": desk.suspended(),
        "now": now,
    }
    return render(request, "admin/needs_you.html", page)
