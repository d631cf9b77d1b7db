"""The inbox as pages: of a workspace, of all clients of an agency; what is new, and as files."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from agencies import sheets, staff
from agencies.access import Request, agency_view
from agencies.models import Agency, User
from agencies.permissions import Can
from chatbots.conversations import duty, exporting, inbox, saved
from chatbots.conversations.forms.filters import FilterForm, ViewForm
from chatbots.conversations.inbox import PAGE, Inbox
from chatbots.models import Conversation
from workspaces.access import workspace_view
from workspaces.models import Workspace


@require_safe
@workspace_view(Can.HANDLE_CONVERSATIONS)
def of_workspace(request: Request, workspace: Workspace) -> HttpResponse:
    page = page_of(request, Inbox(workspace.agency, workspace))
    page |= {"workspace": workspace, "is_on_duty": duty.is_on(workspace, request.user)}
    return render(request, "chatbots/conversations.html", page)


@require_safe
@agency_view(Can.HANDLE_CONVERSATIONS)
def of_agency(request: Request, agency: Agency) -> HttpResponse:
    return render(request, "chatbots/conversations.html", page_of(request, Inbox(agency)) | {"agency": agency})


@require_safe
@workspace_view(Can.HANDLE_CONVERSATIONS)
def news_of_workspace(request: Request, workspace: Workspace) -> HttpResponse:
    return news(request, Inbox(workspace.agency, workspace))


@require_safe
@agency_view(Can.HANDLE_CONVERSATIONS)
def news_of_agency(request: Request, agency: Agency) -> HttpResponse:
    return news(request, Inbox(agency))


@require_safe
@workspace_view(Can.HANDLE_CONVERSATIONS)
def export_of_workspace(request: Request, workspace: Workspace) -> StreamingHttpResponse:
    return file(request, Inbox(workspace.agency, workspace), name=workspace.name)


@require_safe
@agency_view(Can.HANDLE_CONVERSATIONS)
def export_of_agency(request: Request, agency: Agency) -> StreamingHttpResponse:
    return file(request, Inbox(agency), name=agency.name)


def page_of(request: Request, of: Inbox, *, naming: ViewForm | None = None) -> dict[str, Any]:
    """One page under the filters, the newest first; the number of queries is the same for every number of rows."""
    form = FilterForm(request.GET, of=of)
    wanted = form.wanted()
    before = form.cleaned_data.get("before") if wanted else None
    rows = inbox.page(found_by(form, of, request), reader=request.user, before=before, q=wanted.q if wanted else "")
    end = rows[PAGE - 1] if len(rows) > PAGE else None
    since = inbox.moment(rows[0].last_at if rows else timezone.now())
    return {
        "of": of,
        "form": form,
        "rows": rows[:PAGE],
        "any_unread": any(row.is_unread for row in rows),  # type: ignore[attr-defined] # annotated
        "older": form.with_(before=f"{inbox.moment(end.last_at)}-{end.pk}") if end else "",
        "is_newest": before is None,
        "since": form.with_(since=since),
        "query": form.with_(),
        "views": list(saved.of(of, user=request.user)),
        "naming": naming or ViewForm(),
        "people": people_of(of) if rows else [],
    }


def people_of(of: Inbox) -> list[User]:
    """Whose a conversation of this inbox can be: of many clients' ones, only somebody's who reaches all of them."""
    if of.workspace:
        return list(duty.able(of.workspace))
    return list(staff.able(of.agency.pk, Can.HANDLE_CONVERSATIONS))


def found_by(form: FilterForm, of: Inbox, request: Request) -> QuerySet[Conversation]:
    """What fits these filters; nothing where they make no sense."""
    wanted = form.wanted()
    return inbox.found(of, wanted, reader=request.user) if wanted else inbox.nothing()


def news(request: Request, of: Inbox) -> HttpResponse:
    """How many conversations have a line since the shown page was made. What one reads does not move."""
    form = FilterForm(request.GET, of=of)
    found, since = found_by(form, of, request), form.cleaned_data.get("since")
    if since is None:
        return HttpResponse(status=204)
    count = inbox.newer(found, since=inbox.moment_of(since))
    return render(request, "chatbots/_inbox_news.html", {"count": count, "many": inbox.MANY, "query": form.with_()})


def file(request: Request, of: Inbox, *, name: str) -> StreamingHttpResponse:
    """All that the filters leave: a row for each line, the left messages, or everything as JSON."""
    rows, zone = found_by(FilterForm(request.GET, of=of), of, request), of.agency.time_zone
    kind = request.GET.get("as", "lines")
    what = exporting.FILES.get(kind, exporting.FILES["lines"])
    exporting.record(of.agency, of.workspace, what=what, by=request.user, now=timezone.now())
    if kind == "json":
        parts, content_type, ending = sheets.pieces(exporting.document(rows, zone)), "application/json", "json"
    elif kind == "left":
        parts, content_type, ending = sheets.lines(exporting.LEFT, exporting.leads(rows, zone)), "text/csv", "csv"
    else:
        parts, content_type, ending = sheets.lines(exporting.LINES, exporting.lines(rows, zone)), "text/csv", "csv"
    answer = StreamingHttpResponse(parts, content_type=f"{content_type}; charset=utf-8")
    title = slugify(f"{'left messages' if kind == 'left' else 'conversations'} {name} {timezone.localdate()}")
    answer["Content-Disposition"] = f'attachment; filename="{title}.{ending}"'
    return answer


def back(of: Inbox, query: str) -> HttpResponse:
    at = place(of)
    return HttpResponseRedirect(f"{reverse(at.pop('to'), kwargs=at)}?{query}")


def place(of: Inbox) -> dict[str, Any]:
    if of.workspace:
        return {"to": "chatbots:conversations", "workspace_id": of.workspace.pk}
    return {"to": "chatbots:all-conversations", "agency_id": of.agency.pk}
