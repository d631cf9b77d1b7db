"""*Needs you*: what waits for support, with the next step as a button."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agencies import desk


def needs_you(request: HttpRequest) -> HttpResponse:
    """Applications by age and next action, and suspended accounts."""
    if not request.user.has_perms(["agencies.view_application", "agencies.view_agency"]):
        raise PermissionDenied
    page = {
        **admin.site.each_context(request),
        "title": "Needs you",
        "waiting": desk.applications(),
        "suspended": desk.suspended(),
        "now": timezone.now(),
    }
    return render(request, "admin/needs_you.html", page)
