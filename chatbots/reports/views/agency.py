"""Reports of clients as the agency works on them: the month's list, one report, and when they are sent."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import attempt, press_again
from agencies.permissions import Can
from chatbots.models import Report, ReportRule
from chatbots.reports import listing, months, reports, scheduling, showing
from chatbots.reports.forms import ApproveForm, CommentForm, MonthForm, RuleForm, SendForm
from chatbots.reports.views.paper import paper_of
from workspaces.models import Workspace

PAGE = 50


@require_safe
@agency_view(Can.SEE_AGENCY)
def all_reports(request: Request, agency: Agency) -> HttpResponse:
    """Every client of one month."""
    offered = months.offered(agency, timezone.now())
    form = MonthForm(request.GET if "month" in request.GET else {"month": f"{offered[0]:%Y-%m}"}, months=offered)
    month = form.cleaned_data["month"] if form.is_valid() else None
    clients = Paginator(listing.clients(agency), PAGE).get_page(request.GET.get("page"))
    page = {
        "agency": agency,
        "form": form,
        "month": month,
        "clients": clients,
        "rows": listing.rows(list(clients), month) if month else [],
        "query": f"month={month:%Y-%m}" if month else "",
        "may_send": Can.MANAGE_WORKSPACES in request.may,
    }
    return render(request, "chatbots/reports/list.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def draw_up(request: Request, agency: Agency, workspace_id: int) -> HttpResponse:
    client = get_object_or_404(listing.clients(agency), pk=workspace_id)
    if request.method != "POST":
        return press_again(request, "chatbots:reports", agency_id=agency.pk)
    form = MonthForm(request.POST, months=months.offered(agency, timezone.now()))
    if form.is_valid():
        try:
            report = reports.draw_up(client, month=form.cleaned_data["month"], by=request.user, now=timezone.now())
        except reports.Refused as refusal:
            form.add_error("month", str(refusal))
        else:
            return redirect("chatbots:report", agency_id=agency.pk, report_id=report.pk)
    messages.error(request, " ".join(map(str, form.errors["month"])))
    return redirect("chatbots:reports", agency_id=agency.pk)


@require_safe
@agency_view(Can.SEE_AGENCY)
def report(request: Request, agency: Agency, report_id: int) -> HttpResponse:
    return page_of(request, agency, the(agency, report_id))


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def comment(request: Request, agency: Agency, report_id: int) -> HttpResponse:
    written, form = the(agency, report_id), CommentForm(request.POST)
    if request.method != "POST":
        return press_again(request, "chatbots:report", agency_id=agency.pk, report_id=report_id)
    if not form.is_valid():
        return page_of(request, agency, written, commenting=form, status=422)
    said = {"text": form.cleaned_data["comment"], "by": request.user, "now": timezone.now()}
    return step(request, written, lambda: reports.comment(written, **said), "Saved.")


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def approve(request: Request, agency: Agency, report_id: int) -> HttpResponse:
    written, form = the(agency, report_id), ApproveForm(request.POST)
    if request.method != "POST":
        return press_again(request, "chatbots:report", agency_id=agency.pk, report_id=report_id)
    form.is_valid()
    approved = {"read": form.cleaned_data.get("read", ""), "by": request.user, "now": timezone.now()}
    return step(request, written, lambda: reports.approve(written, **approved), "Approved.")


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def send(request: Request, agency: Agency, report_id: int) -> HttpResponse:
    written, form = the(agency, report_id), SendForm(request.POST)
    if request.method != "POST":
        return press_again(request, "chatbots:report", agency_id=agency.pk, report_id=report_id)
    if not form.is_valid():
        return page_of(request, agency, written, sending=form, status=422)
    sent = {"to": form.cleaned_data["recipients"], "by": request.user, "now": timezone.now()}
    return step(request, written, lambda: reports.send(written, **sent), "Sent. The link in the mail opens it.")


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def close(request: Request, agency: Agency, report_id: int) -> HttpResponse:
    """End the link that was sent."""
    written = the(agency, report_id)
    if request.method != "POST":
        return press_again(request, "chatbots:report", agency_id=agency.pk, report_id=report_id)
    now = timezone.now()
    return step(request, written, lambda: reports.close(written, by=request.user, now=now), "The link is dead now.")


@require_safe
@agency_view(Can.SEE_AGENCY)
def paper(request: Request, agency: Agency, report_id: int) -> HttpResponse:
    return paper_of(the(agency, report_id))


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def schedule(request: Request, agency: Agency, workspace_id: int) -> HttpResponse:
    client = get_object_or_404(listing.clients(agency), pk=workspace_id)
    form = RuleForm(request.POST or request.draft or None, initial=stands(client))
    if request.method == "POST" and form.is_valid():
        try:
            scheduling.schedule(client, **form.cleaned_data, by=request.user, now=timezone.now())
        except reports.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("chatbots:reports", agency_id=agency.pk)
    page = {"agency": agency, "client": client, "form": form}
    return render(request, "chatbots/reports/schedule.html", page, status=422 if request.method == "POST" else 200)


def the(agency: Agency, report_id: int) -> Report:
    return get_object_or_404(reports.of_agency(agency), pk=report_id)


def stands(client: Workspace) -> dict[str, Any]:
    """The rule as it stands."""
    rule = ReportRule.objects.filter(workspace=client).first()
    if rule is None:
        return {"recipients": reports.usual_recipients(client)}
    return {"day": rule.day, "recipients": rule.recipients, "unread": rule.unread}


def step(request: Request, written: Report, take: Callable[[], object], told: str) -> HttpResponse:
    attempt(request, take, told, reports.Refused)
    return redirect("chatbots:report", agency_id=written.workspace.agency_id, report_id=written.pk)


def page_of(
    request: Request,
    agency: Agency,
    written: Report,
    *,
    commenting: forms.Form | None = None,
    sending: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    """The report as the client reads it, and beside it what the agency may do."""
    now, rule = timezone.now(), ReportRule.objects.filter(workspace=written.workspace_id).first()
    usual = written.sent_to or (rule.recipients if rule else reports.usual_recipients(written.workspace))
    page = {
        "shown": showing.of(written),
        "report": written,
        "agency": agency,
        "rule": rule
        if written.month == months.last(agency, now)
        else None,  # of other months nothing is sent by itself
        "commenting": commenting or CommentForm(initial={"comment": written.comment}),
        "sending": sending or SendForm(initial={"recipients": usual}),
        "may_send": Can.MANAGE_WORKSPACES in request.may,
        "is_over": reports.is_over(written, now=now),
    }
    return render(request, "chatbots/reports/report.html", page, status=status)
