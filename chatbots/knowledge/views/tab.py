"""The Data Sources tab of a chatbot: its table, what was learned, and what is done to one source."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies import sorting
from agencies.access import Request
from agencies.pages import attempt, press_again
from agencies.permissions import Can
from chatbots.bots.places import ElsewhereMeanwhile
from chatbots.knowledge import listing
from chatbots.knowledge import sources as knowledge
from chatbots.models import DataSource
from workspaces.access import workspace_view
from workspaces.models import Workspace

SOURCES, PAGES, PASSAGES = 100, 100, 50  # on one page


@require_safe
@workspace_view(Can.SEE)
def sources(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    sort, rows = sorting.asked(request.GET.get("sort", ""), listing.SORTS), listing.of_chatbot(chatbot)
    found = Paginator(listing.ordered(rows, sort) if sort else rows, SOURCES).get_page(request.GET.get("page"))
    page = {"chatbot": chatbot, "tab": "sources", "page": found, "sources": found.object_list}
    heads = sorting.columns(listing.SORTS, sort, words=("name", "kind", "updated"))
    page |= {"columns": [*heads[:2], sorting.Column("Status"), *heads[2:]]}
    page |= {"query": f"sort={sort}" if sort else ""}
    return render(request, "chatbots/sources.html", page | of_row(request, workspace))


@require_safe
@workspace_view(Can.SEE)
def row(request: Request, workspace: Workspace, chatbot_id: int, source_id: int) -> HttpResponse:
    """One row of the table, which asks for itself while its source is being learned."""
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    source = get_object_or_404(listing.of_chatbot(chatbot), pk=source_id)
    if not request.htmx:
        return redirect("chatbots:sources", workspace_id=workspace.pk, chatbot_id=chatbot.pk)
    return render(request, "chatbots/_source.html", {"chatbot": chatbot, "source": source} | of_row(request, workspace))


@require_safe
@workspace_view(Can.SEE)
def learned(request: Request, workspace: Workspace, chatbot_id: int, source_id: int) -> HttpResponse:
    """What was learned: the pages of a website, the passages of all others."""
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    source = get_object_or_404(listing.of_chatbot(chatbot), pk=source_id)
    is_website = source.kind == DataSource.Kind.WEBSITE
    rows = (
        Paginator(listing.pages_of(source), PAGES) if is_website else Paginator(listing.passages_of(source), PASSAGES)
    )
    found = rows.get_page(request.GET.get("page"))
    page = {"chatbot": chatbot, "tab": "sources", "source": source, "page": found, "is_website": is_website}
    return render(request, "chatbots/learned.html", page | of_row(request, workspace))


@require_safe
@workspace_view(Can.SEE)
def learned_page(request: Request, workspace: Workspace, chatbot_id: int, source_id: int, page_id: int) -> HttpResponse:
    """The passages of one page of a website."""
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    source = get_object_or_404(chatbot.sources, pk=source_id)
    its = get_object_or_404(source.pages, pk=page_id)
    found = Paginator(listing.passages_of(source, its), PASSAGES).get_page(request.GET.get("page"))
    page = {"chatbot": chatbot, "tab": "sources", "source": source, "its": its, "page": found}
    return render(request, "chatbots/learned_page.html", page | of_row(request, workspace))


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SOURCES)
def retrain(request: Request, workspace: Workspace, chatbot_id: int, source_id: int) -> HttpResponse:
    source = own(workspace, chatbot_id, source_id)
    return at_once(request, source, knowledge.retrain, f"{source.title} is being learned anew, as far as it changed.")


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SOURCES)
def stop(request: Request, workspace: Workspace, chatbot_id: int, source_id: int) -> HttpResponse:
    source = own(workspace, chatbot_id, source_id)
    return at_once(request, source, knowledge.stop, f"{source.title} is stopped. What was learned so far stays.")


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.DELETE)
def delete(request: Request, workspace: Workspace, chatbot_id: int, source_id: int) -> HttpResponse:
    source = own(workspace, chatbot_id, source_id)
    if request.method != "POST":
        page = {"workspace": workspace, "chatbot": source.chatbot, "tab": "sources", "source": source}
        return render(request, "chatbots/delete_source.html", page)
    told = f"{source.title} is deleted. Nothing is answered from it any more."
    return at_once(request, source, knowledge.delete, told)


def own(workspace: Workspace, chatbot_id: int, source_id: int) -> DataSource:
    """A source of a chatbot of this workspace."""
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    return get_object_or_404(chatbot.sources.select_related("chatbot"), pk=source_id)


def at_once(request: Request, source: DataSource, step: Callable[..., None], told: str) -> HttpResponse:
    """Do it and come back to the table; looking at the address does nothing."""
    there: dict[str, Any] = {"workspace_id": source.workspace_id, "chatbot_id": source.chatbot_id}
    if request.method != "POST":
        return press_again(request, "chatbots:sources", **there)
    attempt(request, partial(step, source, by=request.user, now=timezone.now()), told, ElsewhereMeanwhile)
    answer: HttpResponse = redirect("chatbots:sources", **there)
    return answer


def of_row(request: Request, workspace: Workspace) -> dict[str, object]:
    """What a row needs besides its source."""
    return {
        "workspace": workspace,
        "may_manage": Can.MANAGE_SOURCES in request.may,
        "may_delete": Can.DELETE in request.may,
    }
