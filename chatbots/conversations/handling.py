"""What people keep of a conversation: notes, tags, whose it is, and what they have read. No visitor reads any of it."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from agencies.models import Action, User
from chatbots.conversations import duty, takeover
from chatbots.models import CaughtUp, Conversation, Note
from workspaces.models import Workspace

# By hand: every look at a conversation writes it, and Django would put a transaction around it.
SEEN = """
    INSERT INTO chatbots_reading (workspace_id, conversation_id, user_id, at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (conversation_id, user_id) DO UPDATE SET workspace_id = excluded.workspace_id, at = excluded.at
"""


@transaction.atomic
def note(conversation: Conversation, *, text: str, request_key: uuid.UUID, by: User, now: datetime) -> Note:
    """Keep a note, once for each `request_key`. Raises takeover.OtherwiseMeanwhile."""
    held = locked(conversation)
    begun = {"workspace_id": held.workspace_id, "text": text, "by": by, "at": now}
    made, is_new = Note.objects.get_or_create(conversation=held, request_key=request_key, defaults=begun)
    if is_new:
        takeover.record(held, Action.CONVERSATION_NOTED, by=by, now=now)
    return made


@transaction.atomic
def tag(conversation: Conversation, *, tags: list[str], by: User, now: datetime) -> None:
    """Set its tags. Raises takeover.OtherwiseMeanwhile."""
    held = locked(conversation)
    if held.tags != tags:
        change = {"before": {"tags": held.tags}, "after": {"tags": tags}}
        Conversation.objects.filter(pk=held.pk).update(tags=tags)
        takeover.record(held, Action.CONVERSATION_TAGGED, by=by, now=now, **change)


@transaction.atomic
def assign(conversation: Conversation, *, to: User | None, by: User, now: datetime) -> None:
    """Say whose it is; the bot goes on until that person takes over. Raises takeover.OtherwiseMeanwhile.

    `to` is somebody who may handle the workspace's conversations; Refused otherwise.
    """
    held = locked(conversation)
    if to and not duty.able(held.workspace).filter(pk=to.pk).exists():
        raise takeover.Refused("This person may not handle the conversations of this workspace. Nothing was changed.")
    if held.assignee_id != (to.pk if to else None):
        change = {"before": {"assignee": str(held.assignee or "")}, "after": {"assignee": str(to or "")}}
        Conversation.objects.filter(pk=held.pk).update(assignee=to)
        takeover.record(held, Action.CONVERSATION_ASSIGNED, by=by, now=now, **change)


def read(conversation: Conversation, *, by: User) -> None:
    """This person has seen what it holds as it was loaded."""
    with connection.cursor() as cursor:
        cursor.execute(SEEN, [conversation.workspace_id, conversation.pk, by.pk, conversation.last_at])


def read_all(workspaces: Iterable[Workspace], *, by: User, now: datetime) -> None:
    """This person has nothing left to read in these workspaces; what comes from now on is unread again."""
    rows = [CaughtUp(workspace=workspace, user=by, at=now) for workspace in workspaces]
    CaughtUp.objects.bulk_create(
        rows, batch_size=1000, update_conflicts=True, unique_fields=["workspace", "user"], update_fields=["at"]
    )


def locked(conversation: Conversation) -> Conversation:
    """The row where the caller has seen it, locked. Raises takeover.OtherwiseMeanwhile."""
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("workspace__agency", "chatbot", "assignee")
    held = rows.filter(pk=conversation.pk, workspace_id=conversation.workspace_id).first()
    if held is None:
        raise takeover.OtherwiseMeanwhile
    return held
