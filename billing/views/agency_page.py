"""The public Agency page: what the agency model is, its limits and prices, and the pool in an example."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.access import public
from billing import catalogue, example, plans
from billing.forms import ExampleForm
from billing.models import Plan
from billing.revenue import calculator
from billing.revenue.forms import CalculatorForm


@require_safe
@public
def agency_page(request: HttpRequest) -> HttpResponse:
    offered = plans.offered(timezone.now())
    if getattr(request, "htmx", None) and CalculatorForm.base_fields.keys() & request.GET.keys():
        return render(request, "billing/revenue/_calculator.html", calculated(request, offered))
    form = ExampleForm(request.GET if ExampleForm.base_fields.keys() & request.GET.keys() else None)
    shown = example.of(taken=form.taken) if form.is_valid() else example.of()
    page = {"form": form if form.is_bound else ExampleForm(), "example": shown}
    if getattr(request, "htmx", None):
        return render(request, "billing/_example.html", page)
    page |= {"plans": offered, "packs": catalogue.on_sale(), **calculated(request, offered)}
    return render(request, "billing/agency_page.html", page)


def calculated(request: HttpRequest, offered: list[Plan]) -> dict[str, object]:
    """The calculator, as far as there is a price to calculate with."""
    asked = CalculatorForm.base_fields.keys() & request.GET.keys()
    form = CalculatorForm(request.GET if asked else None, currency=calculator.currency_of(offered))
    right = form.is_valid() or not asked
    outcome = calculator.work_out(offered, **form.numbers) if right else None
    return {"calculator": form, "outcome": outcome, "calculates": any(plan.price for plan in offered)}
