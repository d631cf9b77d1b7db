"""A person replies to a visitor: one unit, drawn like every other."""

import uuid
from datetime import datetime

from agencies.models import User
from billing import pools, units
from chatbots.answers import capping
from chatbots.answers.storing import hash_of
from chatbots.conversations import takeover
from chatbots.models import Conversation, Message


class NotYours(takeover.Refused):
    """Who replies has the conversation."""

    def __init__(self, who: User | None) -> None:
        has_it = f"{who} has this conversation." if who else "The chatbot has this conversation again."
        super().__init__(f"{has_it} Take it over first; your words are still here.")


class NoUnits(takeover.Refused):
    def __init__(self) -> None:
        super().__init__("No message units are left, so the reply was not sent. A reply takes 1 unit.")


class SentOtherwise(takeover.Refused):
    def __init__(self) -> None:
        super().__init__("This form was sent before with other words. Send it again.")


def reply(conversation: Conversation, *, text: str, request_key: uuid.UUID, by: User, now: datetime) -> Message:
    """Store and charge the reply, once for each `request_key`. Raises NotYours, NoUnits, SentOtherwise."""
    try:
        with pools.promptly():
            return store(conversation, text=text, request_key=request_key, by=by, now=now)
    except pools.AlreadyHeld as replay:
        return Message.objects.get(hold_id=replay.hold.pk)
    except pools.Refused as refusal:
        raise NoUnits from refusal
    except pools.KeyReused as refusal:
        raise SentOtherwise from refusal


def store(conversation: Conversation, *, text: str, request_key: uuid.UUID, by: User, now: datetime) -> Message:
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("chatbot__workspace__agency__subscription")
    talk = rows.filter(pk=conversation.pk, workspace_id=conversation.workspace_id).first()
    if talk is None:
        raise takeover.OtherwiseMeanwhile
    if talk.claimed_by_id != by.pk:
        raise NotYours(talk.claimed_by)
    held = capping.hold(
        talk.chatbot,
        key=f"{talk.pk}:person:{request_key}",
        fingerprint=hash_of(text),
        units=1,
        now=now,
    )
    said = {"author": Message.Author.PERSON, "text": text, "by": by, "hold_id": held.pk, "at": now}
    line = Message.objects.create(workspace_id=talk.workspace_id, conversation=talk, **said)
    Conversation.objects.filter(pk=talk.pk).update(last_at=now, waits_since=None)
    charge = units.person(text, speaker=str(by)[:254])
    pools.settle(held, {line.pk: charge}, now=now, conversation_id=talk.pk)
    return line
