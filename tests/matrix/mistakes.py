"""Mistakes that people make in views: too much in the answer, obeying what is sent, and leaving traces."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseNotFound
from django.template import engines

from agencies import mail, queue, tasks
from chatbots.models import Chatbot
from config.checks import Route
from tests.matrix.world import World
from workspaces.access import workspace_view
from workspaces.models import Workspace

View = Callable[..., Any]
log = logging.getLogger(__name__)


def refusing_strangers(route: Route, world: World) -> View:
    def view(request: Any, **named: Any) -> Any:
        try:
            return route.view(request, **named)
        except Http404:
            raise PermissionDenied from None

    return view


def naming_what_is_hidden(route: Route, world: World) -> View:
    def view(request: Any, **named: Any) -> Any:
        try:
            return route.view(request, **named)
        except Http404:
            there = Workspace.objects.filter(pk=named["workspace_id"]).first()
            return HttpResponseNotFound(f"{there} is not yours.")

    return view


def afterwards(what: Callable[[Any, Workspace], Any]) -> Callable[[Route, World], View]:
    """The view as it was, and something besides, which may answer instead."""

    def sabotage(route: Route, world: World) -> View:
        def view(request: Any, **named: Any) -> Any:
            answer = route.view(request, **named)
            there = Workspace.objects.filter(pk=named["workspace_id"]).first()
            return (there and what(request, there)) or answer

        return view

    return sabotage


def within(what: Callable[[Any, Workspace], Any]) -> Callable[[Route, World], View]:
    """Another view behind the same guard."""

    def sabotage(route: Route, world: World) -> View:
        return workspace_view(route.access.permission)(what)

    return sabotage


def siblings(workspace: Workspace) -> Any:
    return Workspace.objects.filter(agency=workspace.agency_id).order_by("pk")


def offering_siblings(request: Any, workspace: Workspace) -> HttpResponse:
    options = "".join(f'<option value="{other.pk}">' for other in siblings(workspace))
    page = f'<form method="post"><select name="workspace_id">{options}</select></form>'
    return HttpResponse(engines["django"].from_string(page).render())


def obeying_the_body(request: Any, workspace: Workspace) -> HttpResponse:
    wanted = request.POST.get("workspace_id") or workspace.pk
    Chatbot.objects.filter(workspace_id=wanted).update(name="Taken over")
    return HttpResponse('<form method="post"><input name="name"></form>')


def obeying_the_query(request: Any, workspace: Workspace) -> HttpResponse:
    return HttpResponse(Chatbot.objects.filter(workspace_id=request.GET.get("workspace_id") or workspace.pk).values())


def obeying_a_field_of_the_model(request: Any, workspace: Workspace) -> HttpResponse:
    Workspace.objects.filter(pk=workspace.pk).update(
        name=request.POST.get("name", "Renamed"), message_cap=request.POST.get("message_cap") or 7
    )
    return HttpResponse('<form method="post"><input name="name"></form>')


def mailing_siblings(request: Any, workspace: Workspace) -> None:
    to = workspace.memberships.order_by("pk").first().user.email
    mail.post(to, "News", ", ".join(siblings(workspace).values_list("name", flat=True)))


def logging_a_name(request: Any, workspace: Workspace) -> None:
    log.info("Somebody looked at %s.", workspace.name)


def enqueueing_a_name(request: Any, workspace: Workspace) -> None:
    queue.after_commit(tasks.deliver, workspace.name)


def caching_siblings(request: Any, workspace: Workspace) -> None:
    cache.set("menu", list(siblings(workspace).values_list("name", flat=True)))


def answering(**headers: str) -> Callable[[Route, World], View]:
    """The view's own answer, with other headers; an empty one is taken away."""

    def sabotage(route: Route, world: World) -> View:
        def view(request: Any, **named: Any) -> Any:
            answer = route.view(request, **named)
            for name, value in headers.items():
                answer[name.replace("_", "-")] = value
            return answer

        return view

    return sabotage


MISTAKES: dict[str, Callable[[Route, World], View]] = {
    "a stranger is told 403": refusing_strangers,
    "a 404 names what is there": naming_what_is_hidden,
    "a form offers the workspaces next door": within(offering_siblings),
    "a body's workspace is obeyed": within(obeying_the_body),
    "a query's workspace is obeyed": within(obeying_the_query),
    "a field that no form offers is obeyed": within(obeying_a_field_of_the_model),
    "a mail names the workspaces next door": afterwards(mailing_siblings),
    "a log line names a workspace": afterwards(logging_a_name),
    "a task carries a name": afterwards(enqueueing_a_name),
    "the cache holds names of others": afterwards(caching_siblings),
    "caches may keep a page": answering(Cache_Control="max-age=60"),
    "a cache may take a fragment for the page": answering(Vary="Cookie"),
    "other sites may read a page": answering(Access_Control_Allow_Origin="*"),
}
SAID = {
    "a stranger is told 403": "it answers 403",
    "a 404 names what is there": "it tells",
    "a form offers the workspaces next door": "the key of a row of",
    "a body's workspace is obeyed": "it changed",
    "a query's workspace is obeyed": "it tells",
    "a field that no form offers is obeyed": "fields that no form offers",
    "a mail names the workspaces next door": "a mail to",
    "a log line names a workspace": "the log names",
    "a task carries a name": "carries more than keys",
    "the cache holds names of others": "the cache holds",
    "caches may keep a page": "caches may keep it",
    "a cache may take a fragment for the page": "take its fragment",
    "other sites may read a page": "lets other sites",
}
