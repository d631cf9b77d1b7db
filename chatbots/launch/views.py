"""Launch: whether all is ready, the button, and what comes after it."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import attempt, press_again
from agencies.permissions import Can
from billing import usage
from chatbots.launch import launching
from chatbots.launch import readiness as being_ready
from chatbots.launch import scale as scaling


@require_safe
@agency_view(Can.SEE_AGENCY)
def readiness(request: Request, agency: Agency) -> HttpResponse:
    if not agency.is_approved:
        return redirect("agencies:apply", agency_id=agency.pk)
    if agency.launched_at:
        return redirect("chatbots:scale", agency_id=agency.pk)
    conditions = being_ready.of(agency)
    ready = all(each.is_met for each in conditions)
    return render(request, "chatbots/readiness.html", {"agency": agency, "conditions": conditions, "ready": ready})


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def launch(request: Request, agency: Agency) -> HttpResponse:
    if request.method != "POST":
        return press_again(request, "chatbots:readiness", agency_id=agency.pk)
    step = partial(launching.launch, agency, by=request.user, now=timezone.now())
    attempt(request, step, f"{agency} has launched. Your owners get a mail.", launching.Refused)
    return redirect("chatbots:readiness", agency_id=agency.pk)


@require_safe
@agency_view(Can.SEE_AGENCY)
def scale(request: Request, agency: Agency) -> HttpResponse:
    """What to do next; before the launch, that is to get ready."""
    if not agency.launched_at:
        return redirect("chatbots:readiness", agency_id=agency.pk)
    now, reads = timezone.now(), Can.HANDLE_CONVERSATIONS in request.may
    standing = usage.standing(agency, now)
    todo = scaling.of(agency, standing=standing, reads_conversations=reads, now=now)
    context = {"agency": agency, "todo": todo, "stand": scaling.stand_of(standing, now=now)}
    return render(request, "chatbots/scale.html", context)
