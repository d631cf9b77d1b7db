"""Left messages: what visitors of a workspace's chatbots left for its people, and whether somebody has answered."""

from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from agencies import sheets, undoing
from agencies.access import Request
from agencies.pages import attempt, chosen_in, how_many, press_again
from agencies.permissions import Can
from chatbots.conversations import exporting, many
from chatbots.conversations import leads as domain
from chatbots.models import Lead
from workspaces.access import workspace_view
from workspaces.models import Workspace

PAGE = 50
OLDEST = "at"  # of the order; all else is the newest first
HEADER = ("When (UTC)", "Kind", "Chatbot", "Name", "E-mail", "Message", "Done at (UTC)", "Done by")
DONE = "done"  # of the filter; all else is what is open


@require_safe
@workspace_view(Can.HANDLE_CONVERSATIONS)
def leads(request: Request, workspace: Workspace) -> HttpResponse:
    is_done, oldest_first = request.GET.get("show") == DONE, request.GET.get("sort") == OLDEST
    asked = domain.of_workspace(workspace, done=is_done, oldest_first=oldest_first)
    found = Paginator(asked, PAGE).get_page(request.GET.get("page"))
    shown, order = {"show": DONE} if is_done else {}, {"sort": OLDEST}
    rows = list(found)
    lines = domain.last_lines(rows)
    page = {
        "workspace": workspace,
        "page": found,
        "leads": [(lead, lines.get(lead.conversation_id or 0, [])) for lead in rows],
        "is_done": is_done,
        "oldest_first": oldest_first,
        "query": urlencode(shown | order if oldest_first else shown),
        "other_order": urlencode(shown if oldest_first else shown | order),
    }
    return render(request, "chatbots/leads.html", page)


@require_safe
@workspace_view(Can.HANDLE_CONVERSATIONS)
def export(request: Request, workspace: Workspace) -> StreamingHttpResponse:
    """What the page shows under this filter, all of it, as CSV."""
    found = domain.of_workspace(workspace, done=request.GET.get("show") == DONE)
    what = exporting.FILES["left"]
    exporting.record(workspace.agency, workspace, what=what, by=request.user, now=timezone.now())
    file = slugify(f"left messages {workspace.name} {timezone.localdate()}")
    answer = StreamingHttpResponse(sheets.lines(HEADER, cells(found)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{file}.csv"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.HANDLE_CONVERSATIONS)
def handle(request: Request, workspace: Workspace, lead_id: int) -> HttpResponse:
    lead = get_object_or_404(workspace.leads.select_related("workspace"), pk=lead_id)
    undo = "" if lead.handled_at else reverse("chatbots:reopen-lead", args=[workspace.pk, lead.pk])
    return at_once(request, workspace, partial(domain.handle, lead), f"{lead} is done.", undo=undo)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.HANDLE_CONVERSATIONS)
def reopen(request: Request, workspace: Workspace, lead_id: int) -> HttpResponse:
    lead = get_object_or_404(workspace.leads.select_related("workspace"), pk=lead_id)
    return at_once(request, workspace, partial(domain.reopen, lead), f"{lead} is open again.")


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.HANDLE_CONVERSATIONS)
def handle_chosen(request: Request, workspace: Workspace) -> HttpResponse:
    undo = reverse("chatbots:reopen-leads", args=[workspace.pk])
    return chosen(request, workspace, many.handle_leads, "done", undo=undo)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.HANDLE_CONVERSATIONS)
def reopen_chosen(request: Request, workspace: Workspace) -> HttpResponse:
    return chosen(request, workspace, many.reopen_leads, "open")


def chosen(
    request: Request, workspace: Workspace, step: Callable[..., list[Lead]], told: str, *, undo: str = ""
) -> HttpResponse:
    """One step by one button for all that were chosen, and back to the list."""
    if request.method != "POST":
        return press_again(request, "chatbots:leads", workspace_id=workspace.pk)
    if ids := chosen_in(request):
        try:
            changed = step(workspace, ids=ids, by=request.user, now=timezone.now())
        except domain.Gone as refusal:
            messages.error(request, str(refusal))
        else:
            said = how_many("message", changed=len(changed), asked=len(ids), told=told)
            messages.success(request, said)
            if undo and changed:
                undoing.offer(request.session, undo, told=said, chosen=[lead.pk for lead in changed])
    return redirect("chatbots:leads", workspace_id=workspace.pk)


def at_once(
    request: Request, workspace: Workspace, step: Callable[..., object], told: str, *, undo: str = ""
) -> HttpResponse:
    """One step by one button."""
    if request.method != "POST":
        return press_again(request, "chatbots:leads", workspace_id=workspace.pk)
    if attempt(request, partial(step, by=request.user, now=timezone.now()), told, domain.Gone) and undo:
        undoing.offer(request.session, undo, told=told)
    return redirect("chatbots:leads", workspace_id=workspace.pk)


def cells(found: QuerySet[Lead]) -> Iterator[tuple[object, ...]]:
    for lead in found.iterator(chunk_size=1000):
        yield (
            f"{lead.at:%Y-%m-%d %H:%M:%S}",
            lead.get_kind_display(),
            lead.chatbot.name,
            lead.name,
            lead.email,
            lead.text,
            f"{lead.handled_at:%Y-%m-%d %H:%M:%S}" if lead.handled_at else "",
            lead.handled_by.email if lead.handled_by else "",
        )
