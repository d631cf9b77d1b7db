"""One exchange: hold the most it can cost → retrieve and answer → store the lines and settle, or release.

No network call happens inside a transaction, and no database connection is held while the model answers.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections, transaction
from django.utils import timezone

from billing import pools, units
from billing.models import Hold
from chatbots.answers import answering, llm
from chatbots.answers.answering import Answer
from chatbots.knowledge import retrieval
from chatbots.knowledge.retrieval import Hit
from chatbots.models import Chatbot, Conversation, Message

P = ParamSpec("P")
T = TypeVar("T")
REMEMBERED = 10  # lines of the conversation that the model sees


class StillRunning(Exception):
    """The same message is being answered right now."""


async def ask(chatbot: Chatbot, *, token: str, message_id: str, text: str) -> Message:
    """Answer a visitor's message once, charge it once, and return the stored reply.

    The same `message_id` again returns the same reply without a charge. Raises pools.Refused (nothing is taken or
    stored), pools.KeyReused when the id came with another text, StillRunning, llm.Unavailable (everything released).
    """
    try:
        held = await in_database(begin, chatbot, token=token, message_id=message_id, text=text, now=timezone.now())
    except pools.AlreadyHeld as replay:
        return await in_database(stored_reply, replay.hold)
    settled = False
    try:
        hits, history = await in_database(look_up, chatbot, token=token, text=text)
        reply = await answering.answer(chatbot, question=text, hits=hits, history=history)
        message = await in_database(finish, chatbot, held, token=token, text=text, answer=reply, now=timezone.now())
        settled = True
    finally:
        if not settled:  # whatever went wrong, a cancelled request too
            await in_database(pools.release, held, now=timezone.now())
    return message


async def in_database(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `call` in a thread, and give its connection back at once: none is held while the model answers."""

    def run() -> T:
        try:
            return call(*args, **kwargs)
        finally:
            close_old_connections()

    return await sync_to_async(run)()


def begin(chatbot: Chatbot, *, token: str, message_id: str, text: str, now: datetime) -> Hold:
    """Hold the most this exchange can cost."""
    return pools.hold(
        chatbot.workspace,
        chatbot_id=chatbot.pk,
        key=f"{chatbot.pk}:{hash_of(token)[:32]}:{message_id}",
        fingerprint=hash_of(text),
        units=units.MOST_PER_EXCHANGE,
        now=now,
    )


def look_up(chatbot: Chatbot, *, token: str, text: str) -> tuple[list[Hit], list[llm.Line]]:
    """What the answer may draw on: this chatbot's passages, and the conversation so far."""
    return retrieval.search(chatbot, text), history_of(chatbot, token)


@transaction.atomic
def finish(chatbot: Chatbot, held: Hold, *, token: str, text: str, answer: Answer, now: datetime) -> Message:
    """Store both lines and charge them, in one transaction: charged if, and only if, the words are stored."""
    conversation, _ = Conversation.objects.get_or_create(
        chatbot=chatbot,
        token_hash=hash_of(token),
        defaults={"workspace_id": chatbot.workspace_id, "started_at": now},
    )
    line = {"workspace_id": chatbot.workspace_id, "conversation": conversation, "hold_id": held.pk, "at": now}
    asked = Message.objects.create(**line, author=Message.Author.VISITOR, text=text)
    reply = Message.objects.create(
        **line, author=Message.Author.AI, text=answer.text, cited=answer.cited, found=answer.found
    )
    pools.settle(held, {asked.pk: units.visitor(text), reply.pk: units.ai(answer.text)}, now=now)
    return reply


def stored_reply(hold: Hold) -> Message:
    """The reply of an exchange that was settled before. Raises StillRunning while there is none."""
    reply = Message.objects.filter(hold_id=hold.pk, author=Message.Author.AI).first()
    if reply is None:
        raise StillRunning
    return reply


def history_of(chatbot: Chatbot, token: str) -> list[llm.Line]:
    """The last lines of this conversation, oldest first."""
    lines = Message.objects.filter(conversation__chatbot=chatbot, conversation__token_hash=hash_of(token))
    recent = reversed(lines.order_by("-pk")[:REMEMBERED])
    return [{"role": "user" if m.author == Message.Author.VISITOR else "assistant", "content": m.text} for m in recent]


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
