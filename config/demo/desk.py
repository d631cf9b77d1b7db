"""People's side of the demo: who came, and conversations that somebody looks after."""

import uuid
from datetime import datetime, timedelta
from random import Random

from agencies.models import User
from chatbots.conversations import duty
from chatbots.models import CaughtUp, Conversation, Duty, Embedding, Note
from workspaces.models import Workspace

ZONES = ("Europe/Berlin", "Europe/London", "America/New_York")
VISITORS = (("Clara Winter", "clara@mail.example"), ("Tom", "tom@mail.example"), ("", "office@mail.example"))
PATIENCE = 240  # minutes, so that whoever tries the demo finds somebody waiting


def settle(workspace: Workspace, *, agent: User, now: datetime) -> None:
    """Write it onto the newest conversations; nothing of it costs a unit."""
    rng = Random(f"desk {workspace.name}")  # noqa: S311 (the same demo every time)
    Workspace.objects.filter(pk=workspace.pk).update(reply_within=PATIENCE)
    Duty.objects.create(workspace=workspace, user=agent, since=now - timedelta(hours=2))
    talks = list(workspace.conversations.order_by("-last_at", "-pk")[:60])
    for talk in talks:
        talk.time_zone = rng.choice(ZONES)
    for talk, (name, email) in zip(talks[1:9:3], VISITORS, strict=False):
        talk.visitor_name, talk.visitor_email, talk.visitor_id = name, email, f"c-{talk.pk}"
    look_after(talks, agent, now)
    for number, chatbot in enumerate(workspace.chatbots.order_by("pk")):
        site = f"{workspace.name.lower().replace(' ', '-')}.example"
        seen = {"first_seen_at": chatbot.created_at, "last_seen_at": now - timedelta(minutes=20 + 95 * number)}
        Embedding.objects.create(workspace=workspace, chatbot=chatbot, host=site, **seen)
    readers = duty.able(workspace)
    CaughtUp.objects.bulk_create(CaughtUp(workspace=workspace, user=reader, at=talks[6].last_at) for reader in readers)
    fields = ["time_zone", "visitor_name", "visitor_email", "visitor_id", "tags"]
    fields += ["asked_at", "wanted_at", "waits_since", "told_at", "assignee", "resolved_at", "resolved_by"]
    Conversation.objects.bulk_update(talks, fields)


def look_after(talks: list[Conversation], agent: User, now: datetime) -> None:
    """The newest visitor waits for a person, a later one is settled, and one was noted for a colleague."""
    waiting, noted, settled = talks[0], talks[2], talks[4]
    since = now - timedelta(minutes=4)
    waiting.asked_at = waiting.wanted_at = waiting.waits_since = waiting.told_at = since
    noted.assignee, noted.tags = agent, ["wholesale"]
    settled.resolved_at, settled.resolved_by, settled.tags = settled.last_at, agent, ["thanks"]
    words = "They order for a hotel. I have asked the owner for a price."
    Note.objects.create(
        workspace_id=noted.workspace_id,
        conversation=noted,
        text=words,
        at=noted.last_at,
        by=agent,
        request_key=uuid.uuid4(),
    )
