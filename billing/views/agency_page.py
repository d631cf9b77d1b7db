"""The public Agency page: what the agency model is, its limits and prices, and the pool in an example."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.access import public
from billing import catalogue, example, plans
from billing.forms import ExampleForm


@require_safe
@public
def agency_page(request: HttpRequest) -> HttpResponse:
    form = ExampleForm(request.GET if ExampleForm.base_fields.keys() & request.GET.keys() else None)
    shown = example.of(taken=form.taken) if form.is_valid() else example.of()
    page = {"form": form if form.is_bound else ExampleForm(), "example": shown}
    if getattr(request, "htmx", None):
        return render(request, "billing/_example.html", page)
    page |= {"plans": plans.offered(timezone.now()), "packs": catalogue.on_sale()}
    return render(request, "billing/agency_page.html", page)
