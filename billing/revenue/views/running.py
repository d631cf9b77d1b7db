"""Money: the running month, client by client; and resale beside referral."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.permissions import Can
from billing.revenue import calendars, clients, comparing, months
from billing.revenue.forms import MarginForm

PAGE = 50


@require_safe
@agency_view(Can.SEE_AGENCY)
def money(request: Request, agency: Agency) -> HttpResponse:
    """What clients bring and cost in the running month so far."""
    now = timezone.now()
    known = calendars.of(agency)
    month = months.running(agency, now, known=known)
    page = {"agency": agency, "month": month, "total": month.total, "waiting": months.waiting(known, now)}
    page |= {"may_set": Can.MANAGE_WORKSPACES in request.may and not request.visit, **table(request, month)}
    return render(request, "billing/revenue/money.html", page)


def table(request: Request, month: months.Draft) -> dict[str, Any]:
    """The clients as the address orders and narrows them."""
    sort, name = request.GET.get("sort", ""), request.GET.get("q", "").strip()[:80]
    sort = sort if sort in clients.ORDERS else "name"
    rows = clients.ordered(clients.of(month), by=sort, name=name)
    kept = {key: value for key, value in (("sort", sort), ("q", name)) if value and value != "name"}
    return {
        "rows": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "sort": sort,
        "sorts": clients.SORTS,
        "name": name,
        "query": urlencode(kept),
    }


@require_safe
@agency_view(Can.SEE_AGENCY)
def compare(request: Request, agency: Agency) -> HttpResponse:
    """Both models side by side, and the price for a wished margin."""
    form = MarginForm(request.GET if "margin" in request.GET else None)
    margin = form.cleaned_data["margin"] if form.is_valid() else form.fields["margin"].initial
    month = months.running(agency, timezone.now())
    found = comparing.ordered(comparing.choices(month.gathered))
    page = {
        "agency": agency,
        "form": form if form.is_bound else MarginForm(),
        "month": month,
        "margin": margin,
        "rate": month.gathered.month.rate,
        "losing": sum(each.loses for each in found),
        "rows": Paginator(comparing.with_prices(found, margin), PAGE).get_page(request.GET.get("page")),
        "query": urlencode({"margin": margin}),
    }
    return render(request, "billing/revenue/compare.html", page, status=422 if form.errors else 200)
