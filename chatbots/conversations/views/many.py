"""What people do with the conversations that they chose in the inbox."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies import undoing
from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import chosen_in, how_many, press_again
from agencies.permissions import Can
from chatbots.conversations import many, takeover
from chatbots.conversations.forms.filters import FilterForm
from chatbots.conversations.forms.people import AssigneeForm
from chatbots.conversations.inbox import Inbox
from chatbots.conversations.views.inbox import back, people_of, place
from chatbots.models import Conversation
from workspaces.access import workspace_view
from workspaces.models import Workspace

Step = Callable[..., list[Conversation]]
POST_TOO = require_http_methods(["GET", "HEAD", "POST"])


@POST_TOO
@workspace_view(Can.HANDLE_CONVERSATIONS)
def resolve_of_workspace(request: Request, workspace: Workspace) -> HttpResponse:
    return resolve(request, Inbox(workspace.agency, workspace))


@POST_TOO
@agency_view(Can.HANDLE_CONVERSATIONS)
def resolve_of_agency(request: Request, agency: Agency) -> HttpResponse:
    return resolve(request, Inbox(agency))


@POST_TOO
@workspace_view(Can.HANDLE_CONVERSATIONS)
def reopen_of_workspace(request: Request, workspace: Workspace) -> HttpResponse:
    return at_once(request, Inbox(workspace.agency, workspace), many.reopen, "open again, with the chatbot")


@POST_TOO
@agency_view(Can.HANDLE_CONVERSATIONS)
def reopen_of_agency(request: Request, agency: Agency) -> HttpResponse:
    return at_once(request, Inbox(agency), many.reopen, "open again, with the chatbot")


@POST_TOO
@workspace_view(Can.HANDLE_CONVERSATIONS)
def assign_of_workspace(request: Request, workspace: Workspace) -> HttpResponse:
    return assign(request, Inbox(workspace.agency, workspace))


@POST_TOO
@agency_view(Can.HANDLE_CONVERSATIONS)
def assign_of_agency(request: Request, agency: Agency) -> HttpResponse:
    return assign(request, Inbox(agency))


def resolve(request: Request, of: Inbox) -> HttpResponse:
    return at_once(request, of, many.resolve, "resolved", undo="reopen")


def assign(request: Request, of: Inbox) -> HttpResponse:
    people = {person.pk: person for person in people_of(of)}
    form = AssigneeForm(request.POST, people=list(people.values()))
    to = people.get(form.cleaned_data["assignee"]) if form.is_valid() else None
    if request.method == "POST" and not form.is_valid():
        messages.error(request, "Choose somebody of the list. Nothing was changed.")
        return back(of, FilterForm(request.GET, of=of).with_())
    return at_once(request, of, partial(many.assign, to=to), f"for {to}" if to else "nobody's")


def at_once(request: Request, of: Inbox, step: Step, told: str, *, undo: str = "") -> HttpResponse:
    """One step by one button for all that were chosen, and back to the list as it was filtered."""
    if request.method != "POST":
        return press_again(request, **place(of))
    query, ids = FilterForm(request.GET, of=of).with_(), chosen_in(request)
    try:
        changed = step(of, ids=ids, by=request.user, now=timezone.now()) if ids else []
    except takeover.Refused as refusal:
        messages.error(request, str(refusal))
        return back(of, query)
    said = how_many("conversation", changed=len(changed), asked=len(ids), told=told)
    if ids:
        messages.success(request, said)
    if undo and changed and all(talk.state == Conversation.State.WITH_BOT for talk in changed):
        undoing.offer(request.session, address(of, undo, query), told=said, chosen=[talk.pk for talk in changed])
    return back(of, query)


def address(of: Inbox, step: str, query: str) -> str:
    if of.workspace:
        return f"{reverse(f'chatbots:{step}-chosen', kwargs={'workspace_id': of.workspace.pk})}?{query}"
    return f"{reverse(f'chatbots:{step}-agency-chosen', kwargs={'agency_id': of.agency.pk})}?{query}"
