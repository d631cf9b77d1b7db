"""Closing a month, closed ones as a list, and one of them as a page to print and as a sheet."""

from typing import Any, TypeVar
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from agencies import sheets
from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.permissions import Can
from billing import periods
from billing.models import Statement
from billing.revenue import books, calendars, closing, months, papers
from billing.revenue.forms import CloseForm

File = TypeVar("File", HttpResponse, StreamingHttpResponse)
MONTHS, LINES = 24, 400  # on a page


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def close(request: Request, agency: Agency) -> HttpResponse:
    """The next month as it would be closed; then, by a POST, close it."""
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        start = periods.midnight(form.cleaned_data["start"])
        try:
            statement = closing.close(agency, start=start, by=request.user, now=timezone.now())
        except books.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Month {statement.number} is closed. It stays as it is.")
            return redirect("billing:month", agency_id=agency.pk, statement_id=statement.pk)
    page = {"agency": agency, "form": form, **next_month(agency)}
    return render(request, "billing/revenue/close.html", page, status=422 if request.method == "POST" else 200)


def next_month(agency: Agency) -> dict[str, Any]:
    """What the page shows of the month to close; without terms there is none."""
    try:
        month = closing.to_close(agency)
    except closing.NothingToClose as refusal:
        return {"month": None, "why_not": str(refusal)}
    is_over = months.is_over(month.period, timezone.now())
    why_not = "" if is_over else str(closing.NotOver(month.period))
    return {"month": month, "total": month.total, "lines": month.lines[:LINES], "why_not": why_not}


@require_safe
@agency_view(Can.SEE_AGENCY)
def history(request: Request, agency: Agency) -> HttpResponse:
    page = Paginator(Statement.objects.filter(agency=agency), MONTHS).get_page(request.GET.get("page"))
    context = {"agency": agency, "months": page, "waiting": months.waiting(calendars.of(agency), timezone.now())}
    return render(request, "billing/revenue/months.html", context)


@require_safe
@agency_view(Can.SEE_AGENCY)
def month(request: Request, agency: Agency, statement_id: int) -> HttpResponse:
    """One closed month: on the screen some hundred lines a page, with `all` as it is printed."""
    statement = get_object_or_404(Statement.objects.select_related("closed_by"), pk=statement_id, agency=agency)
    whole = bool(request.GET.get("all"))
    lines = Paginator(statement.lines.select_related("about"), papers.MOST if whole else LINES)
    context = {"agency": agency, "statement": statement, "page": lines.get_page(request.GET.get("page"))}
    context |= {"costs": statement.costs.all(), "whole": whole, "query": urlencode({"all": 1} if whole else {})}
    return render(request, "billing/revenue/month.html", context)


@require_safe
@agency_view(Can.SEE_AGENCY)
def paper(request: Request, agency: Agency, statement_id: int) -> HttpResponse:
    """A closed month as PDF."""
    closed = Statement.objects.select_related("agency", "closed_by")
    statement = get_object_or_404(closed, pk=statement_id, agency=agency)
    return attached(HttpResponse(papers.document(statement), content_type="application/pdf"), statement, "pdf")


def attached(answer: File, statement: Statement, ending: str) -> File:
    """The answer as a file of that month."""
    name = slugify(f"{statement.agency} month {statement.number}") or f"month-{statement.number}"
    answer["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return answer


@require_safe
@agency_view(Can.SEE_AGENCY)
def sheet(request: Request, agency: Agency, statement_id: int) -> StreamingHttpResponse:
    """Every line of a closed month, as CSV."""
    statement = get_object_or_404(Statement.objects.select_related("agency"), pk=statement_id, agency=agency)
    lines = sheets.lines(papers.HEADER, papers.cells(statement))
    return attached(StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8"), statement, "csv")
