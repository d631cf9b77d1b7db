"""Whether an agency requires a second factor of its staff."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import second_factor
from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import attempt, press_again
from agencies.permissions import Can


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.REQUIRE_SECOND_FACTOR)
def require(request: Request, agency: Agency) -> HttpResponse:
    if request.method != "POST":
        return press_again(request, "workspaces:team", agency_id=agency.pk)
    step = partial(second_factor.require, agency, by=request.user, now=timezone.now())
    told = "From now on your team needs a second factor. Who has none is led to set one up."
    attempt(request, step, told, second_factor.NoneOfYourOwn)
    return redirect("workspaces:team", agency_id=agency.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.REQUIRE_SECOND_FACTOR)
def relax(request: Request, agency: Agency) -> HttpResponse:
    if request.method != "POST":
        return press_again(request, "workspaces:team", agency_id=agency.pk)
    second_factor.relax(agency, by=request.user, now=timezone.now())
    messages.success(request, "A second factor is no longer required. Who has one still uses it.")
    return redirect("workspaces:team", agency_id=agency.pk)
