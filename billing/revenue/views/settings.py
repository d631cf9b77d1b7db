"""Money's settings: the currency, what own models cost, exchange rates."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import press_again
from agencies.permissions import Can
from billing import periods
from billing.models import ModelUse
from billing.revenue import books
from billing.revenue.forms import BooksForm, ModelPriceForm, RateForm, starts

SHOWN = 100


@require_safe
@agency_view(Can.SEE_AGENCY)
def settings(request: Request, agency: Agency) -> HttpResponse:
    return page(request, agency)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def set_currency(request: Request, agency: Agency) -> HttpResponse:
    return step(request, agency, "currency", BooksForm(request.POST), books.set_currency)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def price_model(request: Request, agency: Agency) -> HttpResponse:
    form = ModelPriceForm(request.POST, currency=books.currency_of(agency))
    return step(request, agency, "model", form, books.price_model)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def set_rate(request: Request, agency: Agency) -> HttpResponse:
    return step(request, agency, "rate", RateForm(request.POST, own=books.currency_of(agency)), books.set_rate)


def step(request: Request, agency: Agency, name: str, form: forms.Form, save: Callable[..., Any]) -> HttpResponse:
    """Save one of the forms; where it is refused, the page shows it as it was typed."""
    if request.method != "POST":
        return press_again(request, "billing:money-settings", agency_id=agency.pk)
    if form.is_valid():
        try:
            save(agency, **form.cleaned_data, by=request.user, now=timezone.now())
        except books.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("billing:money-settings", agency_id=agency.pk)
    return page(request, agency, status=422, **{f"{name}_form": form})


def page(request: Request, agency: Agency, *, status: int = 200, **typed: forms.Form) -> HttpResponse:
    currency = books.currency_of(agency)
    begins = starts(periods.current(agency, timezone.now()).start.date())
    context: dict[str, Any] = {
        "agency": agency,
        "currency": currency,
        "currency_form": BooksForm(initial={"currency": currency}),
        "model_form": ModelPriceForm(currency=currency, initial=begins),
        "rate_form": RateForm(own=currency, initial=begins),
        "prices": agency.model_prices.all()[:SHOWN],
        "rates": agency.exchange_rates.all()[:SHOWN],
        "models": ModelUse.objects.filter(agency=agency).values_list("model", flat=True).distinct().order_by("model"),
        "may_set": Can.MANAGE_WORKSPACES in request.may and not request.visit,
    }
    return render(request, "billing/revenue/settings.html", context | typed, status=status)
