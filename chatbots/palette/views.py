"""The palette and the keys: fragments in a dialog for HTMX, and pages of their own without script."""

from urllib.parse import urlsplit

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_safe

from agencies.access import Request, permissions_on, signed_in, standing_in
from agencies.pages import panel
from chatbots.palette import finding, pages
from chatbots.palette.pages import Here
from workspaces import switcher
from workspaces.access import workspace_for
from workspaces.switcher import Scope

FEW = 8


@require_safe
@signed_in
def go(request: Request) -> HttpResponse:
    typed = " ".join(request.GET.get("q", "").split())[:80]
    at = (request.htmx.current_url_abs_path if request.htmx else "") or request.GET.get("at", "")
    scope = switcher.scope_of(request.user)
    recent = switcher.recent(request.session, scope)
    found = switcher.find(scope, name=typed, size=FEW).workspaces if typed or not recent else recent[:3]
    context = {
        "typed": typed,
        "at": at[:300],
        "pages": pages.matching(where(request, scope, at), typed),
        "workspaces": found,
        "owners": {agency.pk: agency for agency in scope.agencies} if len(scope.agencies) > 1 else {},
        "chatbots": finding.chatbots(scope, typed) if typed else [],
    }
    if request.htmx and request.htmx.target == "palette-found":
        return render(request, "chatbots/palette/_found.html", context)
    return panel(request, "chatbots/palette/_go.html", context, title="Go to")


@require_safe
@signed_in
def shortcuts(request: Request) -> HttpResponse:
    return panel(request, "chatbots/palette/_shortcuts.html", {}, title="Keyboard shortcuts")


def where(request: Request, scope: Scope, at: str) -> Here:
    """What the address that somebody looks at names, as far as it is theirs; nowhere for any other."""
    try:
        keys = resolve(urlsplit(at).path).kwargs
    except (Resolver404, ValueError):
        return Here()
    agency = next((each for each in scope.agencies if each.pk == keys.get("agency_id")), None)
    if agency:
        return Here(agency, may=standing_in(request.user, agency, permissions_on(request.user, agency))[0])
    try:
        workspace, member = workspace_for(request, keys.get("workspace_id", 0))
    except Http404:
        return Here()
    agency = next((each for each in scope.agencies if each.pk == workspace.agency_id), None)
    if not (agency or member):  # an agency that waits for a second factor
        return Here()
    chatbot = workspace.chatbots.filter(pk=keys.get("chatbot_id", 0)).first()
    return Here(agency, workspace, chatbot, request.may)
