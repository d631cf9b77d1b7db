"""The Data Sources tab of a chatbot."""

import uuid
from functools import partial

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import attempt, panel
from agencies.permissions import Can
from billing import clients, usage
from billing.views import side_by_side
from chatbots.bots.places import ElsewhereMeanwhile
from chatbots.knowledge import sources as knowledge
from chatbots.knowledge.forms import QAForm, TextForm
from chatbots.models import Chatbot, DataSource
from workspaces import caps, seats
from workspaces.access import workspace_view
from workspaces.models import Resource, Workspace
from workspaces.seats import Seats


@require_safe
@workspace_view(Can.SEE)
def sources(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    page = {
        "workspace": workspace,
        "chatbot": chatbot,
        "tab": "sources",
        "sources": chatbot.sources.annotate(passage_count=Count("passages")),
        "may_manage": Can.MANAGE_SOURCES in request.may,
        "may_delete": Can.DELETE in request.may,
    }
    return render(request, "chatbots/sources.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SOURCES)
def add_text(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    return add(request, chatbot, TextForm, DataSource.Kind.TEXT)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SOURCES)
def add_qa(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    return add(request, chatbot, QAForm, DataSource.Kind.QA)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SOURCES)
def revise(request: Request, workspace: Workspace, chatbot_id: int, source_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    source = get_object_or_404(chatbot.sources, pk=source_id)
    form_class = QAForm if source.kind == DataSource.Kind.QA else TextForm
    initial = {"title": source.title, "text": source.text, "request_key": uuid.uuid4()}
    form = form_class(request.POST or request.draft or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("title", "text")}
        try:
            knowledge.revise(source, by=request.user, now=timezone.now(), **words)
        except ElsewhereMeanwhile as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Learned anew. {chatbot.name} answers from the new words now.")
            return redirect("chatbots:sources", workspace_id=workspace.pk, chatbot_id=chatbot.pk)
    page = {"workspace": workspace, "chatbot": chatbot, "tab": "sources", "form": form, "source": source}
    return render(request, "chatbots/revise_source.html", page, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.DELETE)
def delete(request: Request, workspace: Workspace, chatbot_id: int, source_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    source = get_object_or_404(chatbot.sources, pk=source_id)
    if request.method != "POST":
        page = {"workspace": workspace, "chatbot": chatbot, "tab": "sources", "source": source}
        return render(request, "chatbots/delete_source.html", page)
    step = partial(knowledge.delete, source, by=request.user, now=timezone.now())
    told = f"{source.title} is deleted. Nothing is answered from it any more."
    attempt(request, step, told, ElsewhereMeanwhile)
    return redirect("chatbots:sources", workspace_id=workspace.pk, chatbot_id=chatbot.pk)


@require_safe
@agency_view(Can.SEE_AGENCY)
def left(request: Request, agency: Agency) -> HttpResponse:
    """How many data sources are left, and who uses them: a panel of the add-workspace flow."""
    counted = (
        agency.workspaces.filter(archived_at=None)
        .annotate(owned=Count("sources"))
        .filter(owned__gt=0)
        .order_by("-owned", "name")
    )
    state = Seats(knowledge.used_by(agency), agency.source_limit)
    context = {"agency": agency, "what": "data sources", "state": state, "parts": [(w, w.owned) for w in counted]}
    return panel(request, "workspaces/_left.html", context, title="Data sources")


@require_safe
@agency_view(Can.SEE_AGENCY)
def pool(request: Request, agency: Agency) -> HttpResponse:
    """The data sources of all clients together: a panel of the dashboard."""
    now = timezone.now()
    found = clients.of(agency, knowledge.counted(agency, now), now=now)
    context = {"agency": agency, "allocation": found, "now": now}
    return panel(request, "billing/_stock.html", context, title="Data sources")


@require_safe
@agency_view(Can.SEE_AGENCY)
def allocation(request: Request, agency: Agency) -> HttpResponse:
    """The tab *Data sources* of the allocation page, which is the floor's below but for the counting."""
    return side_by_side.table(request, agency, knowledge.counted)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def allocate(request: Request, agency: Agency, workspace_id: int) -> HttpResponse:
    return side_by_side.change(request, agency, workspace_id, knowledge.counted)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def preview_allocation(request: Request, agency: Agency, workspace_id: int) -> HttpResponse:
    return side_by_side.preview(request, agency, workspace_id, knowledge.counted)


@require_safe
@workspace_view(Can.SEE_ANALYTICS)
def owned(request: Request, workspace: Workspace) -> HttpResponse:
    """What a workspace has of data sources and seats, against its own caps; nothing of the pool or of siblings."""
    now = timezone.now()
    people = len(seats.holders(Workspace.objects.filter(pk=workspace.pk), now=now))
    of_sources, of_seats = (caps.at_most(workspace, each, now=now) for each in (Resource.SOURCES, Resource.SEATS))
    context = {
        "workspace": workspace,
        "meters": [
            ("data sources", usage.Meter(workspace.sources.count(), of_sources, workspace.source_guarantee)),
            ("seats", usage.Meter(people, of_seats, workspace.seat_guarantee)),
        ],
        "is_staff": Can.SEE_AGENCY in request.may,
    }
    return panel(request, "chatbots/_owned.html", context, title="Data sources and seats")


def add(request: Request, chatbot: Chatbot, form_class: type[forms.Form], kind: str) -> HttpResponse:
    form = form_class(request.POST or request.draft or None, initial={"request_key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            knowledge.add(chatbot, kind=kind, by=request.user, now=timezone.now(), **form.cleaned_data)
        except (knowledge.SourcesExhausted, ElsewhereMeanwhile) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Learned. {chatbot.name} answers from it now.")
            return redirect("chatbots:sources", workspace_id=chatbot.workspace_id, chatbot_id=chatbot.pk)
    page = {"workspace": chatbot.workspace, "chatbot": chatbot, "tab": "sources", "form": form, "kind": kind}
    return render(request, "chatbots/add_source.html", page, status=422 if request.method == "POST" else 200)
