"""What the tabs of the allocation page share: the table of all clients, the form of one of them, and its preview.

Each floor counts its own resource: this one messages and seats, the floor above data sources, with these functions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import trigger_client_event

from agencies import audit
from agencies.access import Request
from agencies.models import Agency, AuditEntry
from agencies.permissions import Can
from billing import allocation, clients, consequences
from billing.forms import AllocationForm
from workspaces import caps, lifecycle
from workspaces.caps import Counted
from workspaces.models import Resource, Workspace

PAGE, HISTORY, MOST_SAVED = 50, 20, 2
SORTS = [("name", "Client"), ("used", "Used"), ("cap", "Cap")]
KEY_DIGITS = 18  # a longer number is the key of nothing
Count = Callable[[Agency, datetime], Counted]


@dataclass(frozen=True)
class Tab:
    """One resource's part of the page, by the names of its URLs."""

    page: str
    change: str
    preview: str


TABS = {
    Resource.MESSAGES: Tab("billing:allocation", "billing:allocate-messages", "billing:preview-messages"),
    Resource.SOURCES: Tab("chatbots:sources-allocation", "chatbots:allocate-sources", "chatbots:preview-sources"),
    Resource.SEATS: Tab("billing:seats-allocation", "billing:allocate-seats", "billing:preview-seats"),
}


def table(request: Request, agency: Agency, count: Count) -> HttpResponse:
    """Every client with its use, cap and guarantee, in pages; the history below."""
    now = timezone.now()
    found = clients.of(agency, count(agency, now), now=now)
    name = request.GET.get("q", "").strip()[:80]
    sort = request.GET.get("sort", "")
    rows = clients.ordered(found.rows, by=sort if sort in clients.ORDERS else "used", name=name)
    kept = {key: value for key, value in (("sort", sort if sort in clients.ORDERS else ""), ("q", name)) if value}
    page = frame(request, agency, found) | {
        "rows": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "sort": sort if sort in clients.ORDERS else "used",
        "sorts": SORTS,
        "name": name,
        "query": urlencode(kept),
        "history": allocation.history(agency, found.resource, size=HISTORY),
        "saved": allocation.told(agency, just_saved(request, agency)),
        "now": now,
    }
    return render(request, "billing/allocation.html", page)


def just_saved(request: Request, agency: Agency) -> list[AuditEntry]:
    """The entries that the address names, since somebody without script has just saved them."""
    keys = [key for key in request.GET.getlist("saved")[:MOST_SAVED] if key.isdecimal() and len(key) <= KEY_DIGITS]
    return list(audit.of_agency(agency.pk).filter(pk__in=keys, action__in=allocation.UNDOABLE)) if keys else []


def change(request: Request, agency: Agency, workspace_id: int, count: Count) -> HttpResponse:
    """The form of one client in its row, or on a page of its own; and what it saves."""
    now, workspace = timezone.now(), one_of(agency, workspace_id)
    counted = count(agency, now)
    if request.htmx and "closed" in request.GET:
        return in_place(request, agency, workspace, counted, now)
    form = form_of(request, workspace, counted)
    if request.method == "POST" and form.is_valid():
        wanted = {"resource": counted.resource, "by": request.user, "now": now, **form.cleaned_data}
        try:
            entries = allocation.allocate(workspace, **wanted)
        except (caps.Refused, lifecycle.Refused) as refusal:
            if isinstance(refusal, allocation.ChangedMeanwhile):
                form.look_again()
            form.add_error("guarantee", str(refusal))
        else:
            return saved(request, agency, workspace, counted, now, entries)
    return show(request, agency, workspace, counted, form, status=422 if request.method == "POST" else 200)


def preview(request: Request, agency: Agency, workspace_id: int, count: Count) -> HttpResponse:
    """What the typed numbers would mean; nothing is saved."""
    now, workspace = timezone.now(), one_of(agency, workspace_id)
    counted = count(agency, now)
    form = form_of(request, workspace, counted)
    sentences: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            sentences = consequences.preview(workspace, counted, now=now, **form.wanted)
        except caps.Refused as refusal:
            form.add_error("guarantee", str(refusal))
    status = 422 if request.method == "POST" and form.errors else 200
    if request.htmx and request.method == "POST":
        return render(request, "billing/_preview.html", {"form": form, "sentences": sentences}, status=status)
    return show(request, agency, workspace, counted, form, sentences=sentences, status=status)


def one_of(agency: Agency, workspace_id: int) -> Workspace:
    return get_object_or_404(agency.workspaces.filter(archived_at=None).select_related("agency"), pk=workspace_id)


def form_of(request: Request, workspace: Workspace, counted: Counted) -> AllocationForm:
    return AllocationForm(request.POST or request.draft or None, workspace=workspace, resource=counted.resource)


def saved(
    request: Request, agency: Agency, workspace: Workspace, counted: Counted, now: datetime, entries: list[AuditEntry]
) -> HttpResponse:
    """The row as it is now, with a way back; without script the page, which finds the entries in its address."""
    if request.htmx:
        fresh = one_of(agency, workspace.pk)
        told = {"saved": allocation.told(agency, entries), "is_saved": True}
        return trigger_client_event(in_place(request, agency, fresh, counted, now, told), "allocated")
    there = reverse(TABS[counted.resource].page, args=[agency.pk])
    return redirect(f"{there}?{urlencode([('saved', entry.pk) for entry in entries])}")


def in_place(
    request: Request,
    agency: Agency,
    workspace: Workspace,
    counted: Counted,
    now: datetime,
    told: dict[str, Any] | None = None,
) -> HttpResponse:
    """One client's row, closed."""
    found = clients.of(agency, counted, now=now)
    context = frame(request, agency, found) | {"row": found.row_of(workspace), "in_place": True} | (told or {})
    return render(request, "billing/_client.html", context)


def show(
    request: Request,
    agency: Agency,
    workspace: Workspace,
    counted: Counted,
    form: AllocationForm,
    *,
    status: int,
    sentences: list[str] | None = None,
) -> HttpResponse:
    found = clients.of(agency, counted, now=timezone.now())
    context = frame(request, agency, found) | {"row": found.row_of(workspace), "form": form, "sentences": sentences}
    template = "billing/_allocate_row.html" if request.htmx else "billing/allocate.html"
    return render(request, template, context, status=status)


def frame(request: Request, agency: Agency, found: clients.Allocation) -> dict[str, Any]:
    return {
        "agency": agency,
        "allocation": found,
        "tab": TABS[found.resource],
        "tabs": [(each.label, TABS[each]) for each in Resource],
        "may_change": Can.MANAGE_WORKSPACES in request.may,
    }
