"""Steps that are taken for several conversations, or left messages, at once: for all of them, or for none."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from agencies.models import Agency, User
from chatbots.conversations import handling, leads, takeover
from chatbots.conversations.inbox import Inbox
from chatbots.models import Conversation, Lead
from workspaces.models import Workspace


class SomeGone(takeover.Refused):
    """Some are not there any more, or were never this inbox's; both are told alike."""

    def __init__(self) -> None:
        super().__init__("Some of these conversations cannot be changed any more. Look again; nothing was changed.")


@transaction.atomic
def resolve(inbox: Inbox, *, ids: Collection[int], by: User, now: datetime) -> list[Conversation]:
    """Resolve them; those that were open, as they stood. Raises SomeGone."""
    still_open = [talk for talk in held(inbox, ids) if talk.resolved_at is None]
    for talk in still_open:
        takeover.resolve(talk, by=by, now=now)
    return still_open


@transaction.atomic
def reopen(inbox: Inbox, *, ids: Collection[int], by: User, now: datetime) -> list[Conversation]:
    """Open them again, with their chatbots; those that were resolved. Raises SomeGone."""
    resolved = [talk for talk in held(inbox, ids) if talk.resolved_at]
    for talk in resolved:
        takeover.reopen(talk, by=by, now=now)
    return resolved


@transaction.atomic
def assign(inbox: Inbox, *, ids: Collection[int], to: User | None, by: User, now: datetime) -> list[Conversation]:
    """Say whose they are; those that were not. Raises SomeGone, and Refused where this person may not handle one."""
    others = [talk for talk in held(inbox, ids) if talk.assignee_id != (to.pk if to else None)]
    for talk in others:
        handling.assign(talk, to=to, by=by, now=now)
    return others


@transaction.atomic
def handle_leads(workspace: Workspace, *, ids: Collection[int], by: User, now: datetime) -> list[Lead]:
    """Mark left messages as done; those that were open. Raises leads.Gone."""
    still_open = [lead for lead in held_leads(workspace, ids) if lead.handled_at is None]
    for lead in still_open:
        leads.handle(lead, by=by, now=now)
    return still_open


@transaction.atomic
def reopen_leads(workspace: Workspace, *, ids: Collection[int], by: User, now: datetime) -> list[Lead]:
    """Open left messages again; those that were done. Raises leads.Gone."""
    done = [lead for lead in held_leads(workspace, ids) if lead.handled_at]
    for lead in done:
        leads.reopen(lead, by=by, now=now)
    return done


def held_leads(workspace: Workspace, ids: Collection[int]) -> list[Lead]:
    """All of these, locked after the agency, as one alone. Raises leads.Gone."""
    Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    rows = workspace.leads.filter(pk__in=ids).select_related("workspace", "chatbot")
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if len(found) != len(set(ids)):
        raise leads.Gone
    return found


def held(inbox: Inbox, ids: Collection[int]) -> list[Conversation]:
    """All of these, locked in one order. An archived workspace's are only read. Raises SomeGone."""
    rows = inbox.conversations().filter(pk__in=ids, workspace__archived_at=None).select_related("workspace", "chatbot")
    found = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
    if len(found) != len(set(ids)):
        raise SomeGone
    return found
