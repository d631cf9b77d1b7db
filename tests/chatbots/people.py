"""Conversations with people in them, as the tests of that side begin."""

from typing import Any
from uuid import uuid4

from agencies.models import User
from chatbots.conversations import duty, takeover
from chatbots.models import Chatbot, Conversation
from tests.conftest import TOKEN, Visitor

OPENING = "When does the bakery open in the morning?"
NOWHERE = "Do you repair bicycles?"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def talk_of(bot: Chatbot, token: str = "") -> Conversation:
    """The conversation of this visitor, or the chatbot's only one."""
    from chatbots.answers.storing import hash_of

    rows = bot.conversations.select_related("workspace__agency", "chatbot", "claimed_by")
    return rows.get(token_hash=hash_of(token)) if token else rows.get()


def post(visitor: Visitor, bot: Chatbot, what: str, token: str = TOKEN, **sent: Any) -> Any:
    return visitor.post(f"/c/{bot.public_id}/{what}/", {"token": token, **sent}, headers={"X-Fragment": "1"})


def on_duty(bot: Chatbot, *people: User, now: Any) -> None:
    for person in people:
        duty.switch(bot.workspace, on=True, by=person, now=now)


def claimed(visitor: Visitor, bot: Chatbot, by: User, now: Any) -> Conversation:
    """A conversation in which a visitor has asked something and a person has taken over."""
    visitor.ask(bot, OPENING)
    takeover.claim(talk_of(bot), by=by, now=now)
    return talk_of(bot)


def url(talk: Conversation, step: str = "") -> str:
    return f"/workspaces/{talk.workspace_id}/conversations/{talk.pk}/{step}"


def reply_form(text: str) -> dict[str, str]:
    return {"text": text, "request_key": str(uuid4())}
