"""The Agency page: what the agency model is, how one's application stands, and what is said about it."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from agencies import access, applications, questions
from agencies import timeline as timelines
from agencies.access import Request, agency_view
from agencies.forms import AnswerForm, ApplicationForm
from agencies.models import Agency
from agencies.pages import attempt, panel, press_again
from agencies.permissions import Can


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.SEE_AGENCY)
def apply(request: Request, agency: Agency) -> HttpResponse:
    wish = applications.wish_before(agency, by=request.user)
    form = ApplicationForm(request.POST or request.draft or None, initial=wish)
    if request.method == "POST":
        access.require(request.may, Can.APPLY)
    if request.method == "POST" and form.is_valid():
        try:
            applications.submit(agency, by=request.user, now=timezone.now(), **form.cleaned_data)
        except applications.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("agencies:apply", agency_id=agency.pk)
    page = {**about(request, agency), "form": form, "may_apply": Can.APPLY in request.may}
    return render(request, "agencies/apply.html", page, status=422 if request.method == "POST" else 200)


@require_safe
@agency_view(Can.SEE_AGENCY)
def timeline(request: Request, agency: Agency) -> HttpResponse:
    """How the application stands now; nothing while it is as the page has it. A decision changes the whole page."""
    page = about(request, agency)
    found: timelines.Timeline | None = page["timeline"]
    if request.htmx and found and found.stamp == request.GET.get("seen"):
        return HttpResponse(status=204)
    if request.htmx and not (found and found.application.is_waiting):
        return HttpResponseClientRefresh()
    return panel(request, "agencies/_timeline.html", page, title="Your application")


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.APPLY)
def answer(request: Request, agency: Agency) -> HttpResponse:
    form = AnswerForm(request.POST or request.draft or None)
    if request.method == "POST" and form.is_valid():
        try:
            questions.answer(agency, by=request.user, now=timezone.now(), **form.cleaned_data)
        except applications.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("agencies:apply", agency_id=agency.pk)
    page = {**about(request, agency), "answer_form": form}
    return panel(request, "agencies/_timeline.html", page, title="Your application", status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.APPLY)
def withdraw(request: Request, agency: Agency) -> HttpResponse:
    if request.method != "POST":
        return press_again(request, "agencies:apply", agency_id=agency.pk)
    step = partial(applications.withdraw, agency, by=request.user, now=timezone.now())
    attempt(request, step, "Your application is withdrawn. You can ask again at any time.", applications.Refused)
    return redirect("agencies:apply", agency_id=agency.pk)


def about(request: Request, agency: Agency) -> dict[str, Any]:
    """The timeline, and whether this person may act in it."""
    return {
        "agency": agency,
        "timeline": timelines.of(agency, now=timezone.now(), reader=request.user),
        "answer_form": AnswerForm(),
        "may_answer": Can.APPLY in request.may and not request.visit,
    }
