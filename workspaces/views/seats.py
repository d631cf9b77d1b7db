"""Profile → Seats: how many are used, assigned and left, who holds them, and freeing the idle ones."""

from functools import partial

from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import attempt, panel, press_again
from agencies.permissions import Can
from workspaces import freeing
from workspaces import seats as domain
from workspaces.forms.people import FreeSeatForm

PAGE = 50


@require_safe
@agency_view(Can.SEE_AGENCY)
def seats(request: Request, agency: Agency) -> HttpResponse:
    now = timezone.now()
    holders = freeing.holders(agency, now=now)
    capped = domain.open_ones(agency).filter(seat_cap__isnull=False)
    freed = agency.freed_seats.filter(given_back_at=None, freed_at__gt=now - freeing.UNDO_WITHIN)
    page = {
        "agency": agency,
        "seats": domain.Seats(len(holders), agency.seat_limit),
        "assigned": capped.aggregate(total=Sum("seat_cap"))["total"] or 0,
        "holders": Paginator(holders, PAGE).get_page(request.GET.get("page")),
        "idle": sum(bool(holder.idle) for holder in holders),
        "freed": freeing.with_places(agency, freed.select_related("freed_by").order_by("-freed_at")[:PAGE]),
        "may_free": Can.MANAGE_WORKSPACES in request.may,
    }
    return render(request, "workspaces/seats.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def free(request: Request, agency: Agency) -> HttpResponse:
    if request.method != "POST":
        return press_again(request, "workspaces:seats", agency_id=agency.pk)
    form = FreeSeatForm(request.POST)
    email = form.cleaned_data["email"] if form.is_valid() else ""  # nobody's: the refusal says so
    step = partial(freeing.free, agency, email=email, by=request.user, now=timezone.now())
    told = f"{email} is out of your clients' workspaces, and the seat is free. You can undo it below."
    attempt(request, step, told, freeing.AlreadyGone)
    return redirect("workspaces:seats", agency_id=agency.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def give_back(request: Request, agency: Agency, freed_seat_id: int) -> HttpResponse:
    freed = get_object_or_404(agency.freed_seats, pk=freed_seat_id)
    if request.method != "POST":
        return press_again(request, "workspaces:seats", agency_id=agency.pk)
    step = partial(freeing.give_back, freed, by=request.user, now=timezone.now())
    told = f"{freed.email} has the seat again, with the roles of before."
    attempt(request, step, told, freeing.NotGivenBack, domain.SeatsExhausted)
    return redirect("workspaces:seats", agency_id=agency.pk)


@require_safe
@agency_view(Can.SEE_AGENCY)
def seats_left(request: Request, agency: Agency) -> HttpResponse:
    """How many seats are left, and who uses them: a panel of the add-workspace flow."""
    now = timezone.now()
    parts = domain.by_workspace(agency, now=now)
    context = {"agency": agency, "what": "seats", "state": domain.of_agency(agency, now=now), "parts": parts}
    return panel(request, "workspaces/_left.html", context, title="Seats")
