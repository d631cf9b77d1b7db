"""Chatbots in the console: the lists, a new one, Preview and Settings."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import sorting
from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import attempt, panel
from agencies.permissions import Can
from billing import usage
from chatbots.bots import blueprints, bots, places
from chatbots.bots.forms.chatbots import ChatbotForm
from chatbots.models import Chatbot
from workspaces.access import workspace_view
from workspaces.models import Workspace

SHOWN = 25
# What the table of a workspace can be ordered by, and the one column that not everybody sees.
SORTS, UNITS = {"name": "Chatbot", "-sources": "Data sources"}, {"-units": "Units"}
BY: dict[str, Callable[[tuple[Any, int]], Any]] = {
    "name": lambda row: row[0].name.casefold(),
    "sources": lambda row: row[0].learned,
    "units": lambda row: row[1],
}


@require_safe
@agency_view(Can.SEE_AGENCY)
def of_agency(request: Request, agency: Agency) -> HttpResponse:
    """All chatbots of the agency, the busiest first."""
    now = timezone.now()
    units = usage.units_by_chatbot(agency.workspaces.all(), agency, now)
    open_ones = Chatbot.objects.filter(workspace__agency=agency, workspace__archived_at=None)
    names = sorted(open_ones.values_list("pk", "name"), key=lambda row: (-units.get(row[0], 0), row[1]))
    busiest = [pk for pk, _ in names[:SHOWN]]
    chatbots = open_ones.select_related("workspace").in_bulk(busiest)
    main = agency.workspaces.filter(is_main=True).first() if Can.CREATE_CHATBOTS in request.may else None
    context = {
        "agency": agency,
        "rows": [(chatbots[pk], units.get(pk, 0)) for pk in busiest if pk in chatbots],
        "more": max(len(names) - SHOWN, 0),
        "with_workspace": True,
        "with_units": True,
        "main": main,
    }
    context["first"], context["last"] = usage.last_days(agency, now)
    return panel(request, "chatbots/_list.html", context, title="Chatbots")


@require_safe
@workspace_view(Can.SEE)
def of_workspace(request: Request, workspace: Workspace) -> HttpResponse:
    """The chatbots of one workspace."""
    now = timezone.now()
    units = usage.units_by_chatbot([workspace], workspace.agency, now)
    chatbots = workspace.chatbots.annotate(learned=Count("sources")).order_by("name")
    rows = [(bot, units.get(bot.pk, 0)) for bot in chatbots]
    sorts = SORTS | UNITS if Can.SEE_ANALYTICS in request.may else SORTS
    if sort := sorting.asked(request.GET.get("sort", ""), sorts):
        rows.sort(key=BY[sort.removeprefix("-")], reverse=sort.startswith("-"))
    context = {
        "workspace": workspace,
        "with_units": Can.SEE_ANALYTICS in request.may,
        "rows": rows,
        "columns": sorting.columns(sorts, sort),
        "may_create": Can.CREATE_CHATBOTS in request.may,
    }
    context["first"], context["last"] = usage.last_days(workspace.agency, now)
    return panel(request, "chatbots/_list.html", context, title="Chatbots", action="chatbots/_create.html")


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.CREATE_CHATBOTS)
def create(request: Request, workspace: Workspace) -> HttpResponse:
    form = ChatbotForm(
        request.POST or request.draft or None,
        initial={"request_key": uuid.uuid4()},
        blueprints=blueprints.offered(workspace.agency if Can.MANAGE_WORKSPACES in request.may else None),
    )
    if request.method == "POST" and form.is_valid():
        try:
            chatbot = bots.create(workspace, by=request.user, now=timezone.now(), **form.cleaned_data)
        except (bots.ChatbotLimitReached, places.ElsewhereMeanwhile) as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("chatbots:sources", workspace_id=workspace.pk, chatbot_id=chatbot.pk)
    page = {"workspace": workspace, "form": form}
    return render(request, "chatbots/create.html", page, status=422 if request.method == "POST" else 200)


@require_safe
@workspace_view(Can.SEE)
def preview(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    public = settings.PUBLIC_URL + reverse("public:chat", args=[chatbot.public_id], urlconf=settings.PUBLIC_URLCONF)
    page = {"workspace": workspace, "chatbot": chatbot, "tab": "preview", "sources": chatbot.sources.count()}
    page |= {"public_url": Can.EMBED in request.may and public, "may_teach": Can.MANAGE_SOURCES in request.may}
    return render(request, "chatbots/preview.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.DELETE)
def delete(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    if request.method != "POST":
        page = {"workspace": workspace, "chatbot": chatbot, "conversations": chatbot.conversations.count()}
        return render(request, "chatbots/delete.html", page | {"sources": chatbot.sources.count()})
    step = partial(bots.delete, chatbot, by=request.user, now=timezone.now())
    told = f"{chatbot.name} is deleted. What it used stays in your numbers."
    attempt(request, step, told, places.ElsewhereMeanwhile)
    return redirect("workspaces:show", workspace_id=workspace.pk)
