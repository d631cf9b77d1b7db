"""Support leaves an agency's view."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import visits
from agencies.access import Request, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def leave(request: Request) -> HttpResponse:
    if request.method == "POST" and (agency := visits.leave(request.user, now=timezone.now())):
        messages.success(request, f"You have left {agency}.")
    return redirect("home")
