"""The inbox: conversations of one workspace, or of all clients of an agency, the newest first, under filters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat, Greatest, Left, Lower, StrIndex, Substr

from agencies.models import Agency, User
from chatbots.models import CaughtUp, Chatbot, Conversation, Lead, Message, Reading
from workspaces.models import Workspace

PAGE, BATCH = 50, 200
SNIPPET, BEFORE = 180, 60  # characters of a line, and of what stands before the search
MANY = 99  # above it nobody counts on
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
State = Conversation.State


@dataclass(frozen=True)
class Inbox:
    """Whose conversations are looked at: one workspace's, or those of all workspaces of an agency."""

    agency: Agency
    workspace: Workspace | None = None

    def workspaces(self) -> QuerySet[Workspace]:
        every = Workspace.objects.filter(agency=self.agency, deleted_at=None)
        return every.filter(pk=self.workspace.pk) if self.workspace else every.order_by("-is_main", "name", "pk")

    def conversations(self) -> QuerySet[Conversation]:
        if self.workspace:
            return Conversation.objects.filter(workspace=self.workspace)
        return Conversation.objects.filter(workspace__in=self.workspaces().order_by().values("pk"))

    def chatbots(self) -> QuerySet[Chatbot]:
        return Chatbot.objects.filter(workspace__in=self.workspaces().order_by().values("pk")).select_related(
            "workspace"
        )


@dataclass(frozen=True)
class Wanted:
    """What the filters ask for. Days are those of the agency's time zone, both included."""

    workspace: int | None = None
    chatbot: int | None = None
    state: str = ""
    unanswered: bool = False
    down: bool = False
    lead: bool = False
    mine: bool = False
    unread: bool = False
    tag: str = ""
    start: date | None = None
    end: date | None = None
    q: str = ""


def found(inbox: Inbox, wanted: Wanted, *, reader: User) -> QuerySet[Conversation]:
    """The conversations that fit, the newest first."""
    rows = inbox.conversations().filter(*conditions(inbox, wanted, reader))
    return rows.order_by("-last_at", "-pk")


def nothing() -> QuerySet[Conversation]:
    """What filters leave that make no sense."""
    return Conversation.objects.none()


def conditions(inbox: Inbox, wanted: Wanted, reader: User) -> list[Any]:
    lines, first, last = Message.objects.filter(conversation=OuterRef("pk")), wanted.start, wanted.end
    of_visitor = Q(visitor_name__icontains=wanted.q) | Q(visitor_email__icontains=wanted.q)
    every = (
        (wanted.workspace, Q(workspace=wanted.workspace)),
        (wanted.chatbot, Q(chatbot=wanted.chatbot)),
        (wanted.state, STATES[State(wanted.state)] if wanted.state else None),
        (wanted.mine, Q(assignee=reader)),
        (wanted.tag, Q(tags__contains=[wanted.tag])),
        (first, Q(last_at__gte=midnight(inbox, first)) if first else None),
        (last, Q(last_at__lt=midnight(inbox, last + timedelta(days=1))) if last else None),
        (wanted.unanswered, Exists(lines.filter(found=False))),
        (wanted.down, Exists(lines.filter(rating=-1))),
        (wanted.lead, Exists(Lead.objects.filter(conversation=OuterRef("pk")))),
        (wanted.unread, unread_by(reader)),
        (wanted.q, of_visitor | numbered(wanted.q) | Q(Exists(lines.filter(text__icontains=wanted.q)))),
    )
    return [condition for is_asked, condition in every if is_asked]


def numbered(search: str) -> Q:
    """The conversation of that number, as pages and the audit log name it: No. 4711."""
    match = re.fullmatch(r"(?:no\.? ?)?(\d{1,18})", search, re.IGNORECASE)
    return Q(pk=int(match[1])) if match else Q(pk__in=[])


STATES = {
    State.WITH_BOT: Q(wanted_at=None, claimed_at=None, resolved_at=None),
    State.PENDING: Q(wanted_at__isnull=False),
    State.CLAIMED: Q(claimed_at__isnull=False),
    State.RESOLVED: Q(resolved_at__isnull=False),
}


def midnight(inbox: Inbox, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(inbox.agency.time_zone))


def unread_by(reader: User) -> Q:
    """Conversations with a line since this person opened them, or said to have read all."""
    seen = {"user": reader, "at__gte": OuterRef("last_at")}
    return Q(
        ~Exists(Reading.objects.filter(conversation=OuterRef("pk"), **seen)),
        ~Exists(CaughtUp.objects.filter(workspace=OuterRef("workspace"), **seen)),
    )


def page(
    rows: QuerySet[Conversation], *, reader: User, before: tuple[datetime, int] | None, q: str = ""
) -> list[Conversation]:
    """One page and the first row of the next, each with a line and whether it is unread; in one query.

    The line is the newest that holds the search, else what people said last.
    """
    if before:
        at, pk = before
        rows = rows.filter(Q(last_at__lt=at) | Q(last_at=at, pk__lt=pk))
    lines = Message.objects.filter(conversation=OuterRef("pk")).order_by("-pk")
    said = lines.filter(author__in=[Message.Author.VISITOR, Message.Author.PERSON])
    match = lines.filter(text__icontains=q) if q else lines.none()
    name = Case(When(~Q(visitor_name=""), then=F("visitor_name")), default=F("visitor_email"), output_field=CharField())
    rows = rows.annotate(
        who=name,
        line=first(match.values(words=around(q)), said.values(words=Left("text", SNIPPET))),
        line_author=first(match.values("author"), said.values("author")),
        is_unread=unread_by(reader),
        is_unanswered=Exists(lines.filter(found=False)),
        is_down=Exists(lines.filter(rating=-1)),
        has_lead=Exists(Lead.objects.filter(conversation=OuterRef("pk"))),
    )
    return list(rows.select_related("chatbot", "workspace", "claimed_by", "assignee")[: PAGE + 1])


def first(*rows: QuerySet[Message, Any]) -> Coalesce:
    """The first row of the first of these that has one."""
    return Coalesce(*(Subquery(each[:1]) for each in rows))


def around(q: str) -> Concat:
    """What stands around the search in a line."""
    start = Greatest(StrIndex(Lower("text"), Lower(Value(q))) - BEFORE, Value(1))
    return Concat(Left(Value("…"), start - 1), Substr("text", start, SNIPPET), output_field=CharField())


def newer(rows: QuerySet[Conversation], *, since: datetime) -> int:
    """How many have a line after that moment; above MANY nobody counts on."""
    return rows.filter(last_at__gt=since)[: MANY + 1].count()


def tags(inbox: Inbox) -> list[str]:
    """Those in use."""
    tag = Func("tags", function="unnest", output_field=CharField())
    used = inbox.conversations().exclude(tags=[]).order_by().values_list(tag, flat=True)
    return sorted(used.distinct()[:200])


def batches(rows: QuerySet[Conversation]) -> Iterator[list[Conversation]]:
    """All of them, some at a time: no cursor stays open while somebody downloads."""
    rows = rows.select_related("chatbot", "workspace", "claimed_by", "assignee")
    batch = list(rows[:BATCH])
    while batch:
        yield batch
        last = batch[-1]
        batch = list(rows.filter(Q(last_at__lt=last.last_at) | Q(last_at=last.last_at, pk__lt=last.pk))[:BATCH])


def moment(at: datetime) -> int:
    """Microseconds since 1970: a moment as it stands in an address."""
    return (at - EPOCH) // timedelta(microseconds=1)


def moment_of(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)
