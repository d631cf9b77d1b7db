"""The agency's own time zone."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.access import Request, agency_view
from agencies.forms import ZoneForm
from agencies.models import Agency
from agencies.permissions import Can
from billing import calendars


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def time_zone(request: Request, agency: Agency) -> HttpResponse:
    form = ZoneForm(request.POST or request.draft or None, chosen=agency.time_zone)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["time_zone"]
        if calendars.change(agency, time_zone=chosen, by=request.user, now=timezone.now()):
            messages.success(request, f"Your days begin at midnight in {chosen} now. The charts follow.")
        else:
            messages.info(request, f"{chosen} was your time zone already.")
        return redirect("workspaces:profile", agency_id=agency.pk)
    page = {"agency": agency, "form": form}
    return render(request, "billing/time_zone.html", page, status=422 if request.method == "POST" else 200)
