"""Who speaks in a conversation: a visitor asks for a person, one takes over, hands back, resolves, or nobody comes.

Each step is one UPDATE that says what it expects: of two people at once, one has it and the other is told who.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, QuerySet, Value
from django.db.models.functions import Coalesce

from agencies import audit, mail, queue
from agencies.models import Action, User
from chatbots.answers import exchange, storing
from chatbots.conversations import duty, notices
from chatbots.conversations.notices import Notice
from chatbots.models import Chatbot, Conversation, Message
from workspaces.models import Workspace

TOLD_AN_HOUR = 20  # waiting visitors of one workspace; a flood of them fills the inbox, not the mailboxes
TOLD_LATER = timedelta(minutes=1)  # than the visitor asked: then the schedule does it
WITH_BOT: dict[str, Any] = dict.fromkeys(("wanted_at", "waits_since", "claimed_at", "claimed_by"))
OPEN: dict[str, Any] = dict.fromkeys(("resolved_at", "resolved_by"))


class Refused(Exception):
    """The step cannot be taken; the text says why, for the user's eyes."""


class Taken(Refused):
    """Somebody else has the conversation."""

    def __init__(self, who: User | None) -> None:
        super().__init__(f"{who or 'Somebody else'} has taken over this conversation already. Nothing was changed.")


class OfProgram(Refused):
    """Nobody would hear a person."""

    def __init__(self) -> None:
        super().__init__("A program asks here through the API and hears the chatbot only. Nothing was changed.")


class OtherwiseMeanwhile(Refused):
    """It was moved, erased, or stands otherwise."""

    def __init__(self) -> None:
        super().__init__("This conversation stands otherwise meanwhile. Look at it again; nothing was changed.")


@transaction.atomic
def want(chatbot: Chatbot, *, token: str, now: datetime) -> Message | None:
    """A visitor asks for a person: the line that says so. None when nobody is on duty: the visitor may leave a message.

    Asked again while it waits, or while somebody is there, nothing more happens. Raises exchange.NotAnswering;
    pools.HoldGone when the chatbot is gone.
    """
    from chatbots.conversations import tasks

    exchange.refuse_resting(chatbot)
    talk = storing.conversation_of(chatbot, token=token, now=now)
    Conversation.objects.filter(pk=talk.pk).update(asked_at=now)
    if not duty.people(chatbot.workspace).exists():
        return None
    alone = Conversation.objects.filter(pk=talk.pk, wanted_at=None, claimed_at=None)
    if not alone.update(wanted_at=now, waits_since=now, told_at=None):
        return talk.messages.filter(author=Message.Author.NOTICE).last()
    queue.after_commit(tasks.tell_of_waiting, talk.workspace_id, talk.pk)
    return notices.say(talk, Notice.CALLED, now=now)


@transaction.atomic
def claim(conversation: Conversation, *, by: User, now: datetime) -> None:
    """Take it over: the chatbot is silent from now on. One's own stays one's own.

    Raises Taken, OfProgram, OtherwiseMeanwhile.
    """
    if conversation.by_program:
        raise OfProgram
    since = Coalesce("wanted_at", Value(now, DateTimeField()))
    mine = {"claimed_at": now, "claimed_by": by, "assignee": by, "wanted_at": None, "waits_since": since, **OPEN}
    if here(conversation).filter(claimed_at=None).update(**mine):
        notices.say(conversation, Notice.JOINED, now=now)
        record(conversation, Action.CONVERSATION_CLAIMED, by=by, now=now)
        return
    known = here(conversation).select_related("claimed_by").first()
    if known is None:
        raise OtherwiseMeanwhile
    if known.claimed_by_id != by.pk:
        raise Taken(known.claimed_by)


@transaction.atomic
def hand_back(conversation: Conversation, *, by: User, now: datetime) -> None:
    """The chatbot answers again. Raises OtherwiseMeanwhile when it does already."""
    with_people = here(conversation).exclude(wanted_at=None, claimed_at=None)
    if not with_people.update(**WITH_BOT):
        raise OtherwiseMeanwhile
    notices.say(conversation, Notice.BACK, now=now)
    record(conversation, Action.CONVERSATION_HANDED_BACK, by=by, now=now)


@transaction.atomic
def resolve(conversation: Conversation, *, by: User, now: datetime) -> None:
    """It is done, until the visitor writes again: then it is the chatbot's. Raises OtherwiseMeanwhile."""
    if not here(conversation).filter(resolved_at=None).update(**WITH_BOT, resolved_at=now, resolved_by=by):
        raise OtherwiseMeanwhile
    if conversation.claimed_at or conversation.wanted_at:
        notices.say(conversation, Notice.DONE, now=now)
    record(conversation, Action.CONVERSATION_RESOLVED, by=by, now=now)


@transaction.atomic
def reopen(conversation: Conversation, *, by: User, now: datetime) -> None:
    """It is the chatbot's again. Raises OtherwiseMeanwhile when it is open."""
    if not here(conversation).filter(resolved_at__isnull=False).update(**OPEN):
        raise OtherwiseMeanwhile
    record(conversation, Action.CONVERSATION_REOPENED, by=by, now=now)


def late(now: datetime) -> list[tuple[int, int]]:
    """(workspace id, conversation id) of those in which the visitor waits for longer than the workspace allows.

    A suspended account's wait on: its people cannot reply, and its chatbots would not either.
    """
    return list(
        overdue(now)
        .filter(workspace__agency__suspended_at=None)
        .order_by("waits_since")
        .values_list("workspace_id", "pk")[:500]
    )


@transaction.atomic
def give_back(workspace: Workspace, conversation_id: int, *, now: datetime) -> bool:
    """Nobody replied in time: the chatbot answers again, and says so. Whether it was so still; twice is once."""
    if not overdue(now).filter(workspace=workspace, pk=conversation_id).update(**WITH_BOT):
        return False
    talk = Conversation.objects.select_related("chatbot", "workspace").get(pk=conversation_id)
    notices.say(talk, Notice.LATE, now=now)
    record(talk, Action.CONVERSATION_LATE, by=None, now=now)
    return True


def overdue(now: datetime) -> QuerySet[Conversation]:
    patience = F("workspace__reply_within") * Value(timedelta(minutes=1))
    limit = ExpressionWrapper(Value(now, DateTimeField()) - patience, output_field=DateTimeField())
    found = Conversation.objects.filter(waits_since__isnull=False, waits_since__lt=limit)
    return Conversation.objects.filter(pk__in=found.values("pk"), waits_since__isnull=False)


@transaction.atomic
def tell(workspace: Workspace, conversation_id: int, *, now: datetime) -> None:
    """Mail those on duty that a visitor waits, once; above TOLD_AN_HOUR it only stands in the inbox."""
    rows = Conversation.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    running = rows.filter(workspace=workspace, workspace__agency__suspended_at=None)
    waiting = running.select_related("chatbot", "workspace").filter(told_at=None)
    talk = waiting.filter(pk=conversation_id, wanted_at__isnull=False).first()
    if talk is None:
        return
    told = Conversation.objects.filter(workspace=workspace, told_at__gt=now - timedelta(hours=1)).count()
    Conversation.objects.filter(pk=talk.pk).update(told_at=now)
    asked = talk.messages.filter(author=Message.Author.VISITOR).last()
    url = mail.link("chatbots:conversation", workspace.pk, talk.pk)
    for person in duty.people(workspace) if told < TOLD_AN_HOUR else []:
        mail.send("waiting", to=person.email, conversation=talk, asked=asked, minutes=workspace.reply_within, url=url)


def untold(now: datetime) -> list[tuple[int, int]]:
    """(workspace id, conversation id) of those that no task has told of, since the broker was gone."""
    running = Conversation.objects.filter(workspace__agency__suspended_at=None)
    waiting = running.filter(wanted_at__lt=now - TOLD_LATER, told_at=None)
    return list(waiting.order_by("wanted_at").values_list("workspace_id", "pk")[:200])


def here(conversation: Conversation) -> QuerySet[Conversation]:
    """The row, where the caller has seen it."""
    return Conversation.objects.filter(pk=conversation.pk, workspace_id=conversation.workspace_id)


def record(conversation: Conversation, action: Action, *, by: User | None, now: datetime, **change: Any) -> None:
    """Write down who did what; the visitor is named nowhere there, since the log stays."""
    audit.record(
        action,
        agency_id=conversation.workspace.agency_id,
        workspace_id=conversation.workspace_id,
        by=by,
        at=now,
        target=f"No. {conversation.pk} at {conversation.chatbot}",
        **change,
    )
