"""The partner programme as an agency sees it: its tier, the next one, and what is payable."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.permissions import Can
from billing.models import Statement
from billing.revenue import books, partners

PAGE = 24


@require_safe
@agency_view(Can.SEE_AGENCY)
def partner(request: Request, agency: Agency) -> HttpResponse:
    months = Paginator(Statement.objects.filter(agency=agency), PAGE).get_page(request.GET.get("page"))
    context = {"agency": agency, "months": months, "currency": books.currency_of(agency)}
    context["standing"] = partners.standing(agency, timezone.now().date())
    return render(request, "billing/revenue/partner.html", context)
