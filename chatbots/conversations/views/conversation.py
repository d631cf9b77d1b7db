"""One conversation: what was said, who the visitor is, and whose it is."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from agencies.access import Request
from agencies.permissions import Can
from chatbots.conversations import duty, handling, transcript
from chatbots.conversations.forms.people import AssigneeForm, NoteForm, ReplyForm, TagsForm, fresh
from chatbots.insights.forms.ledger import LARGEST
from chatbots.models import Conversation
from workspaces.access import workspace_view
from workspaces.models import Workspace


@require_safe
@workspace_view(Can.HANDLE_CONVERSATIONS)
def conversation(request: Request, workspace: Workspace, conversation_id: int) -> HttpResponse:
    talk = the(workspace, conversation_id)
    if not request.visit:  # who only reads on a visit leaves nothing behind
        handling.read(talk, by=request.user)
    return render(request, "chatbots/conversation.html", page_of(request, talk))


@require_safe
@workspace_view(Can.HANDLE_CONVERSATIONS)
def lines(request: Request, workspace: Workspace, conversation_id: int) -> HttpResponse:
    """What was said before a line; or after one, with how the conversation stands: 204 when nothing is new."""
    talk = the(workspace, conversation_id)
    before, after = number(request, "before"), number(request, "after")
    if before:
        older, has_more = transcript.last(talk, before=before)
        page = shared(request, talk) | {"lines": older, "has_more": has_more}
        return render(request, "chatbots/_older_lines.html", page)
    newer = transcript.after(talk, line=after or 0)
    if not newer and request.GET.get("state") == stands(talk):
        return HttpResponse(status=204)
    if not request.visit:
        handling.read(talk, by=request.user)
    page = shared(request, talk) | {"lines": newer, "last": newer[-1].message.pk if newer else after or 0}
    return render(request, "chatbots/_newer_lines.html", page)


def the(workspace: Workspace, conversation_id: int) -> Conversation:
    known = workspace.conversations.select_related("workspace__agency", "chatbot", "claimed_by", "assignee")
    return get_object_or_404(known, pk=conversation_id)


def page_of(request: Request, talk: Conversation, **forms: Any) -> dict[str, Any]:
    """All of the page; `forms` are those that were sent and not taken."""
    said, has_more = transcript.last(talk, before=number(request, "before"))
    people = list(duty.able(talk.workspace))
    return shared(request, talk) | {
        "lines": said,
        "has_more": has_more,
        "is_cut": bool(number(request, "before")),
        "last": said[-1].message.pk if said else 0,
        "notes": talk.notes.select_related("by"),
        "leads": talk.leads.order_by("pk"),
        "reply": fresh(ReplyForm),
        "noting": fresh(NoteForm),
        "tagging": TagsForm(initial={"tags": ", ".join(talk.tags)}),
        "assigning": AssigneeForm(initial={"assignee": talk.assignee_id}, people=people),
        "may_erase": Can.DELETE in request.may,
        **forms,
    }


def shared(request: Request, talk: Conversation) -> dict[str, Any]:
    return {
        "workspace": talk.workspace,
        "conversation": talk,
        "is_mine": talk.claimed_by_id == request.user.pk,
        "stands": stands(talk),
        "may_teach": Can.MANAGE_SOURCES in request.may,
    }


def stands(talk: Conversation) -> str:
    """What the page shows of its state: another one is told to an open page."""
    return f"{talk.state.value}-{talk.claimed_by_id or 0}"


def number(request: Request, name: str) -> int | None:
    """A key of the address, if it can be one."""
    sent = request.GET.get(name, "")
    return int(sent) if sent.isdecimal() and sent.isascii() and int(sent[:19]) <= LARGEST and len(sent) < 20 else None
