"""A person's saved views of an inbox."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import attempt, press_again
from agencies.permissions import Can
from chatbots.conversations import saved
from chatbots.conversations.forms.filters import DeleteViewForm, FilterForm, ViewForm
from chatbots.conversations.inbox import Inbox
from chatbots.conversations.views.inbox import back, page_of, place
from workspaces.access import workspace_view
from workspaces.models import Workspace


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.HANDLE_CONVERSATIONS)
def keep_of_workspace(request: Request, workspace: Workspace) -> HttpResponse:
    return keep(request, Inbox(workspace.agency, workspace))


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.HANDLE_CONVERSATIONS)
def keep_of_agency(request: Request, agency: Agency) -> HttpResponse:
    return keep(request, Inbox(agency))


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.HANDLE_CONVERSATIONS)
def delete_of_workspace(request: Request, workspace: Workspace) -> HttpResponse:
    return delete(request, Inbox(workspace.agency, workspace))


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.HANDLE_CONVERSATIONS)
def delete_of_agency(request: Request, agency: Agency) -> HttpResponse:
    return delete(request, Inbox(agency))


def keep(request: Request, of: Inbox) -> HttpResponse:
    """Keep the filters of the address under the name that was sent."""
    if request.method != "POST":
        return press_again(request, **place(of))
    naming, filters = ViewForm(request.POST), FilterForm(request.GET, of=of)
    if not naming.is_valid() or not filters.is_valid():
        page = page_of(request, of, naming=naming) | {"agency": of.agency, "workspace": of.workspace}
        return render(request, "chatbots/conversations.html", page, status=422)
    name, query = naming.cleaned_data["name"], filters.with_()
    attempt(request, lambda: saved.keep(of, name=name, query=query, by=request.user), f"Kept as {name}.", saved.TooMany)
    return back(of, query)


def delete(request: Request, of: Inbox) -> HttpResponse:
    """The view is named in the body: it is a person's own, and nobody else learns whether it is there."""
    if request.method != "POST":
        return press_again(request, **place(of))
    form = DeleteViewForm(request.POST)
    view = saved.of(of, user=request.user).filter(pk=form.cleaned_data["view"]).first() if form.is_valid() else None
    if view is None:
        messages.error(request, "This view is not here any more.")
        return back(of, "")
    query = view.query
    attempt(request, view.delete, f"{view.name} is no view any more.")
    return back(of, query)
