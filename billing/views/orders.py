"""What happens to an order after it was placed: paying for it, cancelling what recurs, its receipts."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import attempt, press_again
from agencies.permissions import Can
from billing import checkout, orders


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.BUY, while_suspended=True)
def pay(request: Request, agency: Agency, order_id: int) -> HttpResponse:
    """Go on to the page on which an order is paid, which was left or never reached."""
    order = get_object_or_404(agency.orders, pk=order_id)
    if request.method != "POST":
        return press_again(request, "billing:add-ons", agency_id=agency.pk)
    try:
        return redirect(orders.pay(order, now=timezone.now()))
    except (orders.Refused, checkout.Unavailable) as refusal:
        messages.error(request, str(refusal))
    return redirect("billing:add-ons", agency_id=agency.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.BUY, while_suspended=True)
def cancel(request: Request, agency: Agency, order_id: int) -> HttpResponse:
    order = get_object_or_404(agency.orders, pk=order_id)
    if request.method != "POST":
        return press_again(request, "billing:add-ons", agency_id=agency.pk)
    step = partial(orders.cancel, order, by=request.user, now=timezone.now())
    told = f"The pack {order.name} is cancelled. It runs until the billing period ends, and is not charged again."
    attempt(request, step, told, orders.Refused, checkout.Unavailable)
    return redirect("billing:add-ons", agency_id=agency.pk)


@require_safe
@agency_view(Can.SEE_AGENCY)
def receipt(request: Request, agency: Agency, receipt_id: int) -> HttpResponse:
    """A receipt, to print."""
    found = get_object_or_404(agency.receipts.select_related("order__ordered_by"), pk=receipt_id)
    return render(request, "billing/receipt.html", {"agency": agency, "receipt": found})
