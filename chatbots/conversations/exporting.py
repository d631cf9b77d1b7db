"""Conversations and left messages as sheets and as JSON, a batch at a time, with all that was said."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from agencies import audit
from agencies.models import Action, Agency, User
from chatbots.conversations import inbox, transcript
from chatbots.conversations.transcript import Line
from chatbots.models import Conversation, Lead
from workspaces.models import Workspace

FILES = {"lines": "Conversations, CSV", "left": "Left messages, CSV", "json": "Conversations and left messages, JSON"}
LINES = (
    *("Conversation", "Client", "Chatbot", "State", "When", "Who", "Text", "Units", "Sources", "Answered", "Rating"),
    *("Visitor", "Visitor's e-mail", "Page", "Time zone", "Tags", "Assignee"),
)
LEFT = ("Message", "Conversation", "Client", "Chatbot", "When", "Name", "E-mail", "Text", "Done")


def lines(rows: QuerySet[Conversation], zone: str) -> Iterator[tuple[object, ...]]:
    """One row for each line of each conversation."""
    for talk, said in with_lines(rows):
        for line in said:
            message = line.message
            yield (
                talk.pk,
                talk.workspace.name,
                talk.chatbot.name,
                talk.state.label,
                when(message.at, zone),
                str(message.by or message.get_author_display()),
                message.text,
                line.units,
                " · ".join(map(str, message.cited)),
                "" if message.author != "ai" else "yes" if message.found else "no",
                {1: "up", -1: "down"}.get(message.rating or 0, ""),
                talk.visitor_name,
                talk.visitor_email,
                talk.page_url,
                talk.time_zone,
                ", ".join(talk.tags),
                str(talk.assignee or ""),
            )


def leads(rows: QuerySet[Conversation], zone: str) -> Iterator[tuple[object, ...]]:
    """What was left in these conversations."""
    for batch in inbox.batches(rows):
        for lead in Lead.objects.filter(conversation__in=batch).select_related("workspace", "chatbot").order_by("-pk"):
            yield (
                lead.pk,
                lead.conversation_id,
                lead.workspace.name,
                lead.chatbot.name,
                when(lead.at, zone),
                lead.name,
                lead.email,
                lead.text,
                when(lead.handled_at, zone) if lead.handled_at else "",
            )


def document(rows: QuerySet[Conversation], zone: str) -> Iterator[str]:
    """A JSON array, one conversation a line, each with its lines and what was left in it."""
    before = "[\n"
    for batch in inbox.batches(rows):
        said = transcript.whole(batch)
        left: dict[int | None, list[Lead]] = {}
        for lead in Lead.objects.filter(conversation__in=batch).order_by("pk"):
            left.setdefault(lead.conversation_id, []).append(lead)
        for talk in batch:
            yield before + json.dumps(told(talk, said[talk.pk], left.get(talk.pk, []), zone), ensure_ascii=False)
            before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def told(talk: Conversation, said: list[Line], left: list[Lead], zone: str) -> dict[str, Any]:
    return {
        "conversation": talk.pk,
        "client": talk.workspace.name,
        "chatbot": talk.chatbot.name,
        "state": talk.state.value,
        "started": when(talk.started_at, zone),
        "visitor": {"id": talk.visitor_id, "name": talk.visitor_name, "email": talk.visitor_email},
        "page": {"url": talk.page_url, "title": talk.page_title},
        "time_zone": talk.time_zone,
        "tags": talk.tags,
        "assignee": str(talk.assignee or ""),
        "lines": [
            {
                "when": when(line.message.at, zone),
                "author": line.message.author,
                "by": str(line.message.by or ""),
                "text": line.message.text,
                "units": line.units,
                "sources": line.message.cited,
                "answered": line.message.found,
                "rating": line.message.rating,
            }
            for line in said
        ],
        "left": [
            {"when": when(lead.at, zone), "name": lead.name, "email": lead.email, "text": lead.text} for lead in left
        ],
    }


def with_lines(rows: QuerySet[Conversation]) -> Iterator[tuple[Conversation, list[Line]]]:
    for batch in inbox.batches(rows):
        said = transcript.whole(batch)
        yield from ((talk, said[talk.pk]) for talk in batch)


def when(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def record(agency: Agency, workspace: Workspace | None, *, what: str, by: User, now: datetime) -> None:
    """Write down that somebody takes a copy along. The filters stand nowhere: a search may name a visitor."""
    inside = workspace.pk if workspace else None
    audit.record(Action.EXPORTED, agency_id=agency.pk, workspace_id=inside, by=by, at=now, target=what)
