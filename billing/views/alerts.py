"""Profile → Alerts: at which shares of a pool or cap the agency is told, and what it was told of."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.permissions import Can
from billing import alerts as domain
from billing.forms import AlertsForm

PAGE = 50


@require_safe
@agency_view(Can.SEE_AGENCY)
def alerts(request: Request, agency: Agency) -> HttpResponse:
    return render(request, "billing/alerts.html", page_of(request, agency, form_of(agency)))


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def change(request: Request, agency: Agency) -> HttpResponse:
    if request.method != "POST" and not request.draft:
        return redirect("billing:alerts", agency_id=agency.pk)
    form = AlertsForm(request.POST or request.draft)
    if request.method == "POST" and form.is_valid():
        try:
            domain.set_thresholds(agency, form.cleaned_data["thresholds"], by=request.user, now=timezone.now())
        except domain.WrongThresholds as refusal:
            form.add_error("thresholds", str(refusal))
        else:
            messages.success(request, "Saved. It counts from now on.")
            return redirect("billing:alerts", agency_id=agency.pk)
    page = page_of(request, agency, form)
    return render(request, "billing/alerts.html", page, status=422 if request.method == "POST" else 200)


def form_of(agency: Agency) -> AlertsForm:
    return AlertsForm(initial={"thresholds": domain.thresholds_of([agency.pk])[agency.pk]})


def page_of(request: Request, agency: Agency, form: AlertsForm) -> dict[str, object]:
    return {
        "agency": agency,
        "form": form,
        "may_change": Can.MANAGE_WORKSPACES in request.may,
        "raised": Paginator(domain.history(agency), PAGE).get_page(request.GET.get("page")),
    }
