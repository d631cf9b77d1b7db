"""Onboarding: its page, what is next as a panel and as a note beside the real pages, and who is led."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import attempt, panel, press_again
from agencies.permissions import Can
from chatbots.onboarding import hiding, progress
from chatbots.onboarding.forms import ShowForm


@require_safe
@agency_view(Can.SEE_AGENCY)
def onboarding(request: Request, agency: Agency) -> HttpResponse:
    if not agency.is_approved:
        return redirect("agencies:apply", agency_id=agency.pk)
    return render(request, "chatbots/onboarding.html", page_of(request, agency))


@require_safe
@agency_view(Can.SEE_AGENCY)
def next_step(request: Request, agency: Agency) -> HttpResponse:
    """What is next: on the dashboard; and on the page named by `on` only where that is the page to do it on."""
    context: dict[str, Any] = {"agency": agency, "on": request.GET.get("on", "")}
    if agency.is_on_its_way and not hiding.is_hidden(agency, by=request.user):
        context["progress"] = progress.of(agency)
    fragment = "chatbots/_onboarding_note.html" if context["on"] else "chatbots/_onboarding.html"
    return panel(request, fragment, context, title="Onboarding")


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.SEE_AGENCY)
def hide(request: Request, agency: Agency) -> HttpResponse:
    if request.method != "POST":
        return press_again(request, "chatbots:onboarding", agency_id=agency.pk)
    hiding.hide(agency, by=request.user, now=timezone.now())
    return led(request, agency)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.SEE_AGENCY)
def resume(request: Request, agency: Agency) -> HttpResponse:
    if request.method != "POST":
        return press_again(request, "chatbots:onboarding", agency_id=agency.pk)
    hiding.resume(agency, by=request.user)
    return led(request, agency)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def show(request: Request, agency: Agency) -> HttpResponse:
    """A colleague gets a mail with the way here."""
    if request.method != "POST":
        return press_again(request, "chatbots:onboarding", agency_id=agency.pk)
    form = ShowForm(request.POST, agency=agency, by=request.user)
    if not form.is_valid():
        return render(request, "chatbots/onboarding.html", page_of(request, agency) | {"form": form}, status=422)
    colleague = form.cleaned_data["colleague"]
    step = partial(hiding.show, agency, to=colleague, by=request.user, now=timezone.now())
    attempt(request, step, f"{colleague} gets a mail with the way here.", hiding.NotOnItsWay)
    return redirect("chatbots:onboarding", agency_id=agency.pk)


def led(request: Request, agency: Agency) -> HttpResponse:
    """The panel as it stands after hiding or resuming; without HTMX the page, which is there for everybody."""
    if not request.htmx:
        return redirect("chatbots:onboarding", agency_id=agency.pk)
    hidden = hiding.is_hidden(agency, by=request.user)
    context = {"agency": agency, "hidden": hidden, "progress": None if hidden else progress.of(agency)}
    return render(request, "chatbots/_onboarding.html", context)


def page_of(request: Request, agency: Agency) -> dict[str, Any]:
    return {
        "agency": agency,
        "progress": progress.of(agency),
        "hidden": hiding.is_hidden(agency, by=request.user),
        "form": ShowForm(agency=agency, by=request.user),
    }
