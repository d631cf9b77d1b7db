"""The workspace switcher: opened in the header, searched in place, and a page of its own without script."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.access import Request, signed_in
from agencies.models import Agency
from workspaces import switcher
from workspaces.models import Workspace

SHORT = 20  # workspaces in the header's list; the page shows more
FEW = 8  # with no more than these, the recent ones need no list of their own


def owners_of(workspaces: list[Workspace]) -> dict[int, Agency]:
    """The agencies of these workspaces by id, when they are of several: names alone do not say whose they are."""
    ids = {workspace.agency_id for workspace in workspaces}
    return Agency.objects.in_bulk(ids) if len(ids) > 1 else {}


@require_safe
@signed_in
def switch(request: Request) -> HttpResponse:
    name = request.GET.get("q", "").strip()[:80]
    number = request.GET.get("page", "")
    page = max(int(number), 1) if number.isdecimal() and len(number) < 5 else 1
    scope = switcher.scope_of(request.user)
    found = switcher.find(scope, name=name, page=page, size=SHORT if request.htmx else switcher.PAGE)
    many = found.more or len(found.workspaces) > FEW
    context = {
        "name": name,
        "page": page,
        "found": found,
        "agencies": [] if name else scope.agencies,
        "owners": owners_of(found.workspaces),
        "recent": switcher.recent(request.session, scope) if many and not name else [],
    }
    if not request.htmx:
        return render(request, "workspaces/switch.html", context)
    searching = request.htmx.target == "switch-found"
    return render(request, "workspaces/_found.html" if searching else "workspaces/_switch.html", context)
