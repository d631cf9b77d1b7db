"""What visitors leave for the team when there are no units: taking it, telling of it, and handling it.

An address of a visitor stands in its row and in mails that wait, and nowhere else: not in the audit log, which stays.
"""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from agencies import audit, mail, queue, staff
from agencies.models import Action, Agency, User
from agencies.permissions import Can, MemberRole, member_may
from chatbots.answers import at_limit, exchange, storing
from chatbots.models import Chatbot, Conversation, Lead, Message
from workspaces.models import AtLimit, Workspace

LINES = 6  # of the conversation, shown with a lead
TOLD_AN_HOUR = 20  # leads of one workspace; a flood of them fills the page, not the mailboxes
TOLD_LATER = timedelta(minutes=1)  # than it was left: then the schedule does it


class NotTaken(Exception):
    """The workspace takes no messages any more."""


class SentOtherwise(Exception):
    """The same form came before with other words."""


class Gone(Exception):
    """The lead went with its chatbot, or to another workspace; the text is for the user's eyes."""

    def __init__(self) -> None:
        super().__init__("This message is not here any more: its chatbot was moved or deleted. Nothing was changed.")


@transaction.atomic
def leave(
    chatbot: Chatbot, *, token: str, request_key: uuid.UUID, name: str, email: str, text: str, now: datetime
) -> Lead:
    """Take a visitor's words for the team, once for each `request_key`. It takes no unit.

    Raises NotTaken, SentOtherwise, exchange.NotAnswering; pools.HoldGone when the chatbot is gone.
    """
    from chatbots.conversations import tasks

    exchange.refuse_resting(chatbot)
    workspace_id = storing.stands_in(chatbot)
    talk = Conversation.objects.filter(chatbot=chatbot, token_hash=storing.hash_of(token)).first()
    kind = kind_taken(chatbot, talk)
    if kind is None:
        raise NotTaken
    words = {"name": name, "email": email, "text": text}
    begun = {**words, "kind": kind, "workspace_id": workspace_id, "conversation": talk, "at": now}
    lead, made = Lead.objects.get_or_create(chatbot=chatbot, request_key=request_key, defaults=begun)
    if any(getattr(lead, field) != value for field, value in words.items()):
        raise SentOtherwise
    if made:
        queue.after_commit(tasks.tell_of_lead, workspace_id, lead.pk)
    return lead


def kind_for(chatbot: Chatbot, *, token: str) -> Lead.Kind | None:
    """What the visitor with this token may leave."""
    return kind_taken(chatbot, Conversation.objects.filter(chatbot=chatbot, token_hash=storing.hash_of(token)).first())


def kind_taken(chatbot: Chatbot, talk: Conversation | None) -> Lead.Kind | None:
    """What a visitor may leave: for a person, who was asked for; else as the workspace chose at the limit, or the
    chatbot without an answer. None when nothing is taken.
    """
    if (talk and talk.asked_at) or chatbot.without_answer == Chatbot.WithoutAnswer.PERSON:
        return Lead.Kind.HANDOVER
    if kind := at_limit.FORMS.get(AtLimit(chatbot.workspace.at_limit)):
        return kind
    return Lead.Kind.MESSAGE if chatbot.without_answer == Chatbot.WithoutAnswer.LEAD else None


@transaction.atomic
def tell(workspace: Workspace, lead_id: int, *, now: datetime) -> None:
    """Mail a lead to those who answer it, once; above TOLD_AN_HOUR it only stands on the page."""
    rows = Lead.objects.select_for_update(of=("self",), skip_locked=True).select_related("chatbot", "workspace")
    lead = rows.filter(pk=lead_id, workspace=workspace, told_at=None, workspace__agency__suspended_at=None).first()
    if lead is None:
        return
    told = Lead.objects.filter(workspace=workspace, told_at__gt=now - timedelta(hours=1)).count()
    Lead.objects.filter(pk=lead.pk).update(told_at=now)
    url = mail.link("chatbots:leads", workspace.pk)
    for email in answerers(workspace) if told < TOLD_AN_HOUR else []:
        mail.send("lead", to=email, lead=lead, url=url)


def answerers(workspace: Workspace) -> list[str]:
    """The addresses of the workspace's managers and agents; without any, of the agency's owners and admins."""
    may = Can.HANDLE_CONVERSATIONS.value
    roles = [role for role in (MemberRole.MANAGER, MemberRole.AGENT) if may in member_may(role, workspace.withheld)]
    members = workspace.memberships.filter(role__in=roles, user__is_active=True)
    able = staff.able(workspace.agency_id, Can.HANDLE_CONVERSATIONS)
    return sorted(members.values_list("user__email", flat=True) or able.values_list("email", flat=True))


def untold(now: datetime) -> list[tuple[int, int]]:
    """(workspace id, lead id) of those that no task has told of, since the broker was gone."""
    late = Lead.objects.filter(told_at=None, at__lt=now - TOLD_LATER, workspace__agency__suspended_at=None)
    return list(late.order_by("at").values_list("workspace_id", "pk")[:200])


@transaction.atomic
def handle(lead: Lead, *, by: User, now: datetime) -> None:
    """Mark a lead as done. Done already, it stays so. Raises Gone."""
    held = still_here(lead)
    if held.handled_at is None:
        mark(held, Action.LEAD_HANDLED, by=by, now=now, handled_at=now, handled_by=by)


@transaction.atomic
def reopen(lead: Lead, *, by: User, now: datetime) -> None:
    """Open a lead again. Raises Gone."""
    held = still_here(lead)
    if held.handled_at:
        mark(held, Action.LEAD_REOPENED, by=by, now=now, handled_at=None, handled_by=None)


def mark(lead: Lead, action: Action, *, by: User, now: datetime, **state: Any) -> None:
    """Write how it stands, and who brought it about; the visitor's name and address are not written down there."""
    Lead.objects.filter(pk=lead.pk).update(**state)
    audit.record(
        action,
        agency_id=lead.workspace.agency_id,
        workspace_id=lead.workspace_id,
        by=by,
        at=now,
        target=f"{lead} at {lead.chatbot}",
    )


def still_here(lead: Lead) -> Lead:
    """The lead, locked where the caller has seen it; the agency before it, as everywhere. Raises Gone."""
    Agency.objects.select_for_update(no_key=True).get(pk=lead.workspace.agency_id)
    rows = Lead.objects.select_for_update(of=("self",)).select_related("workspace", "chatbot")
    held = rows.filter(pk=lead.pk, workspace_id=lead.workspace_id).first()
    if held is None:
        raise Gone
    return held


def of_workspace(workspace: Workspace, *, done: bool, oldest_first: bool = False) -> QuerySet[Lead]:
    """The open ones of a workspace, or those that are done, the newest first unless it is asked otherwise."""
    found = workspace.leads.filter(handled_at__isnull=not done).select_related("chatbot", "handled_by")
    return found.reverse() if oldest_first else found


def last_lines(leads: Collection[Lead]) -> dict[int, list[Message]]:
    """{conversation id: its last lines, oldest first} of all these leads, in one query."""
    back = Window(RowNumber(), partition_by=[F("conversation_id")], order_by=F("pk").desc())
    talks = {lead.conversation_id for lead in leads if lead.conversation_id}
    lines: dict[int, list[Message]] = {talk: [] for talk in talks}
    for line in (
        Message.objects.filter(conversation__in=talks).annotate(back=back).filter(back__lte=LINES).order_by("pk")
    ):
        lines[line.conversation_id].append(line)
    return lines
