"""What one client pays: its versions, and the next one."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import attempt, press_again
from agencies.permissions import Can
from billing import periods
from billing.models import ClientTerms
from billing.models.revenue import ONCE
from billing.revenue import books, calendars, comparing, months, terms
from billing.revenue.calendars import Calendar
from billing.revenue.forms import TermsForm
from workspaces.models import Workspace


@require_http_methods(["GET", "HEAD"])
@agency_view(Can.SEE_AGENCY)
def client(request: Request, agency: Agency, workspace_id: int) -> HttpResponse:
    """A client's terms, and what both models would leave."""
    workspace = get_object_or_404(agency.workspaces, pk=workspace_id, is_main=False)
    return page(request, agency, workspace)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def set_terms(request: Request, agency: Agency, workspace_id: int) -> HttpResponse:
    workspace = get_object_or_404(agency.workspaces, pk=workspace_id, is_main=False)
    if request.method != "POST":
        return press_again(request, "billing:money-client", agency_id=agency.pk, workspace_id=workspace.pk)
    form = TermsForm(request.POST, currency=books.currency_of(agency))
    if form.is_valid():
        since = form.cleaned_data["since"]
        try:
            terms.set_for(agency, workspace, since=since, priced=form.priced, by=request.user, now=timezone.now())
        except books.Refused as refusal:
            form.add_error("since", str(refusal))
        else:
            messages.success(request, f"Saved: it holds from {since:%-d %B %Y}.")
            return redirect("billing:money-client", agency_id=agency.pk, workspace_id=workspace.pk)
    return page(request, agency, workspace, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def withdraw(request: Request, agency: Agency, client_terms_id: int) -> HttpResponse:
    """Take back a version that was not used by a closed month."""
    version = get_object_or_404(ClientTerms.objects.select_related("workspace"), pk=client_terms_id, agency=agency)
    if request.method != "POST":
        return press_again(request, "billing:money-client", agency_id=agency.pk, workspace_id=version.workspace_id)
    step = partial(terms.withdraw, agency, version, by=request.user, now=timezone.now())
    attempt(request, step, "Taken back: what held before it goes on.", books.Refused)
    return redirect("billing:money-client", agency_id=agency.pk, workspace_id=version.workspace_id)


def form_of(known: Calendar, newest: ClientTerms | None, now: datetime) -> TermsForm:
    """The form with what holds now, from the first day that may be chosen and makes sense."""
    begins = periods.current(known.agency, now).start
    day = max(begins, known.closed_until) if known.closed_until else begins
    stands: dict[str, Any] = {"since": day.date().isoformat()}
    if newest:
        stands |= {name: getattr(newest, name) for name in ("way", "fee", "included", "extra_price")}
        stands["multiple"] = f"{newest.multiple / ONCE:.2f}" if newest.multiple else ""
    return TermsForm(currency=books.currency_of(known.agency), initial=stands)


def page(
    request: Request, agency: Agency, workspace: Workspace, form: TermsForm | None = None, *, status: int = 200
) -> HttpResponse:
    now, known = timezone.now(), calendars.of(agency)
    month = months.running(agency, now, known=known)
    held = list(workspace.terms.select_related("made_by"))  # the newest first
    closed = known.closed_until
    context = {
        "agency": agency,
        "client": workspace,
        "form": form or form_of(known, held[0] if held else None, now),
        "versions": [
            (each, terms.sentence(each, month.currency), closed is None or each.since >= closed.date()) for each in held
        ],
        "currency": month.currency,
        "closed_until": closed - timedelta(microseconds=1) if closed else None,
        "choice": next((c for c in comparing.choices(month.gathered) if c.workspace_id == workspace.pk), None),
        "lines": [line for line in month.lines if line.workspace_id == workspace.pk],
        "month": month,
        "may_set": Can.MANAGE_WORKSPACES in request.may and not request.visit,
    }
    return render(request, "billing/revenue/client.html", context, status=status)
