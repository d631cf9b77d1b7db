"""What people do with a conversation: take over, reply, hand back, resolve; notes, tags, whose it is; erasing it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import undoing
from agencies.access import Request
from agencies.models import User
from agencies.pages import attempt, press_again
from agencies.permissions import Can
from chatbots.conversations import duty, erasing, handling, replying, takeover
from chatbots.conversations.forms.people import AssigneeForm, NoteForm, ReplyForm, TagsForm, fresh
from chatbots.conversations.views.conversation import page_of, the
from chatbots.models import Conversation
from workspaces.access import workspace_view
from workspaces.models import Workspace

Step = Callable[..., object]
NEWEST = "#newest"
POST_TOO = require_http_methods(["GET", "HEAD", "POST"])


@POST_TOO
@workspace_view(Can.HANDLE_CONVERSATIONS)
def claim(request: Request, workspace: Workspace, conversation_id: int) -> HttpResponse:
    told = "It is yours. The chatbot is silent until you hand it back."
    return at_once(request, the(workspace, conversation_id), takeover.claim, told, NEWEST)


@POST_TOO
@workspace_view(Can.HANDLE_CONVERSATIONS)
def hand_back(request: Request, workspace: Workspace, conversation_id: int) -> HttpResponse:
    return at_once(request, the(workspace, conversation_id), takeover.hand_back, "The chatbot answers again.")


@POST_TOO
@workspace_view(Can.HANDLE_CONVERSATIONS)
def resolve(request: Request, workspace: Workspace, conversation_id: int) -> HttpResponse:
    talk = the(workspace, conversation_id)
    is_untold = talk.state == Conversation.State.WITH_BOT  # else the visitor was told, and nothing takes that back
    undo = reverse("chatbots:reopen", args=[workspace.pk, talk.pk]) if is_untold else ""
    return at_once(request, talk, takeover.resolve, "Resolved.", undo=undo)


@POST_TOO
@workspace_view(Can.HANDLE_CONVERSATIONS)
def reopen(request: Request, workspace: Workspace, conversation_id: int) -> HttpResponse:
    return at_once(request, the(workspace, conversation_id), takeover.reopen, "It is open again, with the chatbot.")


@POST_TOO
@workspace_view(Can.HANDLE_CONVERSATIONS)
def reply(request: Request, workspace: Workspace, conversation_id: int) -> HttpResponse:
    talk = the(workspace, conversation_id)
    if request.method != "POST":
        return again(request, talk)
    form = ReplyForm(request.POST)
    if form.is_valid():
        try:
            replying.reply(talk, by=request.user, now=timezone.now(), **form.cleaned_data)
        except takeover.Refused as refusal:
            if isinstance(refusal, replying.SentOtherwise):
                form = ReplyForm({**form.cleaned_data, "request_key": fresh(ReplyForm)["request_key"].value()})
            form.add_error("text", str(refusal))
        else:
            return to(talk, NEWEST)
    return render(request, "chatbots/conversation.html", page_of(request, talk, reply=form), status=422)


@POST_TOO
@workspace_view(Can.HANDLE_CONVERSATIONS)
def note(request: Request, workspace: Workspace, conversation_id: int) -> HttpResponse:
    talk = the(workspace, conversation_id)
    return sent(request, talk, NoteForm, handling.note, "noting", "Noted. Your side alone reads it.")


@POST_TOO
@workspace_view(Can.HANDLE_CONVERSATIONS)
def tag(request: Request, workspace: Workspace, conversation_id: int) -> HttpResponse:
    talk = the(workspace, conversation_id)
    return sent(request, talk, TagsForm, handling.tag, "tagging", "Tagged.")


@POST_TOO
@workspace_view(Can.HANDLE_CONVERSATIONS)
def assign(request: Request, workspace: Workspace, conversation_id: int) -> HttpResponse:
    talk = the(workspace, conversation_id)
    people = {person.pk: person for person in duty.able(workspace)}

    def step(conversation: Conversation, *, assignee: int | None, by: User, now: Any) -> None:
        handling.assign(conversation, to=people[assignee] if assignee else None, by=by, now=now)

    return sent(request, talk, partial(AssigneeForm, people=list(people.values())), step, "assigning", "Assigned.")


@POST_TOO
@workspace_view(Can.DELETE)
def erase(request: Request, workspace: Workspace, conversation_id: int) -> HttpResponse:
    """Everything of this visitor in the workspace, after a look at how much it is."""
    talk = the(workspace, conversation_id)
    if request.method == "POST":
        step = partial(erasing.erase_visitor, talk, by=request.user, now=timezone.now())
        attempt(request, step, "Erased, all that this visitor said and left here. The units stay in the ledger.")
        return redirect("chatbots:conversations", workspace_id=workspace.pk)
    counts = {"talks": erasing.of_visitor(talk).count(), "left": erasing.leads_of(talk).count()}
    return render(request, "chatbots/erase_visitor.html", {"workspace": workspace, "conversation": talk, **counts})


def at_once(
    request: Request, talk: Conversation, step: Step, told: str, part: str = "", *, undo: str = ""
) -> HttpResponse:
    """One step by one button."""
    if request.method != "POST":
        return again(request, talk)
    if attempt(request, partial(step, talk, by=request.user, now=timezone.now()), told, takeover.Refused) and undo:
        undoing.offer(request.session, undo, told=told)
    return to(talk, part)


def sent(
    request: Request, talk: Conversation, form_of: Callable[..., Any], step: Step, name: str, told: str
) -> HttpResponse:
    """One step by a small form; what cannot be taken comes back on the page."""
    if request.method != "POST":
        return again(request, talk)
    form = form_of(request.POST)
    if not form.is_valid():
        return render(request, "chatbots/conversation.html", page_of(request, talk, **{name: form}), status=422)
    taken = partial(step, talk, by=request.user, now=timezone.now(), **form.cleaned_data)
    attempt(request, taken, told, takeover.Refused)
    return to(talk)


def again(request: Request, talk: Conversation) -> HttpResponse:
    ids = {"workspace_id": talk.workspace_id, "conversation_id": talk.pk}
    return press_again(request, "chatbots:conversation", **ids)


def to(talk: Conversation, part: str = "") -> HttpResponse:
    """Back to the page, at a part of it."""
    ids = {"workspace_id": talk.workspace_id, "conversation_id": talk.pk}
    return redirect(f"{reverse('chatbots:conversation', kwargs=ids)}{part}")
