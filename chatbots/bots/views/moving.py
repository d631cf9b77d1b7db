"""Moving a chatbot to another workspace of its agency, and cloning it."""

import uuid

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.access import Request, require
from agencies.permissions import Can
from chatbots.bots import bots, moving, places
from chatbots.bots.forms.chatbots import CloneForm, MoveForm
from chatbots.knowledge import sources
from workspaces import switcher
from workspaces.access import workspace_view
from workspaces.models import Workspace

OFFERED = 20  # workspaces at a time; a name finds the others
REFUSALS = (places.ElsewhereMeanwhile, bots.ChatbotLimitReached, sources.SourcesExhausted)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_WORKSPACES)
def move(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    targets = siblings(workspace).exclude(pk=workspace.pk)
    form = MoveForm(request.POST or None, workspaces=targets)
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["to"]
        try:
            moving.move(chatbot, to=to, by=request.user, now=timezone.now())
        except REFUSALS as refusal:
            form.add_error("to", str(refusal))
        else:
            messages.success(request, f"{chatbot.name} is in {to} now, with its sources and conversations.")
            return redirect("chatbots:preview", workspace_id=to.pk, chatbot_id=chatbot.pk)
    page = {"workspace": workspace, "chatbot": chatbot, "form": form} | offered(request, targets)
    return render(request, "chatbots/move.html", page, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.CREATE_CHATBOTS)
def clone(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    """Into the same workspace, or for the agency's staff into any of theirs."""
    require(request.may, Can.MANAGE_SOURCES)  # the copy's sources are new ones
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    anywhere = Can.MANAGE_WORKSPACES in request.may
    targets = siblings(workspace) if anywhere else siblings(workspace).filter(pk=workspace.pk)
    initial = {"name": f"{chatbot.name} copy"[:80], "to": workspace.pk, "request_key": uuid.uuid4()}
    form = CloneForm(request.POST or request.draft or None, workspaces=targets, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            copy = moving.clone(chatbot, by=request.user, now=timezone.now(), **form.cleaned_data)
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{copy.name} is a copy of {chatbot.name}, without its conversations.")
            return redirect("chatbots:preview", workspace_id=copy.workspace_id, chatbot_id=copy.pk)
    page = {"workspace": workspace, "chatbot": chatbot, "form": form, "anywhere": anywhere}
    page |= offered(request, targets) if anywhere else {}
    return render(request, "chatbots/clone.html", page, status=422 if request.method == "POST" else 200)


def siblings(workspace: Workspace) -> QuerySet[Workspace]:
    """The open workspaces of the same agency, the own one too."""
    return switcher.ordered(Workspace.objects.filter(agency_id=workspace.agency_id), "")


def offered(request: Request, targets: QuerySet[Workspace]) -> dict[str, object]:
    """The workspaces to choose from: the first ones, or those that a name finds."""
    name = request.GET.get("q", "").strip()[:80]
    rows = list(targets.filter(name__icontains=name)[: OFFERED + 1])
    return {"name": name, "targets": rows[:OFFERED], "more": len(rows) > OFFERED}
