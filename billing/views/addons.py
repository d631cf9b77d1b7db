"""The Add-ons page: what fills the pool and for how long, the catalogue, orders and receipts."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import press_again
from agencies.permissions import Can
from billing import advice, catalogue, checkout, entitlements, orders
from billing.forms import OrderForm
from billing.models import Order

SHOWN = 50


@require_safe
@agency_view(Can.SEE_AGENCY)
def show(request: Request, agency: Agency) -> HttpResponse:
    """Also where one comes back to from the payment page."""
    paid, unpaid = (came_back(agency, request.GET.get(name, "")) for name in ("paid", "unpaid"))
    return page(request, agency, paid=paid, unpaid=unpaid)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.BUY)
def order(request: Request, agency: Agency) -> HttpResponse:
    """Order a pack, and go on to where it is paid."""
    if request.method != "POST":
        return press_again(request, "billing:add-ons", agency_id=agency.pk)
    form = OrderForm(request.POST)
    if not form.is_valid():
        return page(request, agency, refusal=" ".join(str(each[0]) for each in form.errors.values()), status=422)
    try:
        there = orders.buy(agency, **form.cleaned_data, by=request.user, now=timezone.now())
    except (orders.Refused, checkout.Unavailable) as refusal:
        return page(request, agency, refusal=str(refusal), status=422)
    if there:
        return redirect(there)
    messages.success(request, f"Your request for {form.cleaned_data['pack']} is with support. We answer by mail.")
    return redirect("billing:add-ons", agency_id=agency.pk)


def came_back(agency: Agency, key: str) -> Order | None:
    return agency.orders.filter(pk=int(key)).first() if key.isascii() and key.isdecimal() and len(key) < 19 else None


def page(request: Request, agency: Agency, *, status: int = 200, **more: Any) -> HttpResponse:
    now = timezone.now()
    lines, over = entitlements.standing(agency, now)
    packs = list(catalogue.on_sale())
    context = {
        "agency": agency,
        "may_buy": Can.BUY in request.may and not request.visit,
        "sells_online": checkout.is_ready(),
        "advice": advice.for_agency(agency, now, on_sale=packs),
        "lines": lines,
        "over": over,
        "running": catalogue.running(agency, now),
        "packs": packs,
        "orders": agency.orders.select_related("ordered_by", "add_on")[:SHOWN],
        "receipts": agency.receipts.select_related("order")[:SHOWN],
        "now": now,
    }
    return render(request, "billing/addons.html", context | more, status=status)
