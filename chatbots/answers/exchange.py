"""One exchange: hold the most it can cost → retrieve and answer → store the lines and settle, or release.

No network call happens inside a transaction, and no database connection is held while the model answers.
"""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection
from django.utils import timezone

from billing import pools, units
from billing.models import Hold
from chatbots.answers import answering, finding, llm
from chatbots.answers.answering import Answer
from chatbots.knowledge.retrieval import Hit
from chatbots.models import Chatbot, Conversation, Message

P = ParamSpec("P")
T = TypeVar("T")
REMEMBERED = 10  # lines of the conversation that the model sees


class StillRunning(Exception):
    """The same message is being answered right now."""


class NotAnswering(Exception):
    """The chatbot's workspace is paused or archived: nothing is taken or stored."""


class AnsweredFree(Exception):
    """The same message was answered before, when no units were left: that reply stands."""


async def ask(chatbot: Chatbot, *, token: str, message_id: str, text: str) -> Message:
    """Answer a visitor's message once, charge it once, and return the stored reply.

    The same `message_id` again returns the same reply without a charge. Raises NotAnswering or pools.Refused (nothing
    is taken or stored), pools.KeyReused when the id came with another text, StillRunning, AnsweredFree or
    llm.Unavailable (everything released).
    """
    if not is_answering(chatbot):
        raise NotAnswering
    try:
        held = await take(chatbot, token=token, message_id=message_id, text=text)
    except pools.AlreadyHeld as replay:
        return await in_database(stored_reply, replay.hold)
    try:
        hits, history = await in_database(look_up, chatbot, token=token, text=text)
        reply = await answering.answer(chatbot, question=text, hits=hits, history=history)
        storing = in_database(finish, chatbot, held, token=token, text=text, answer=reply, now=timezone.now())
        return await to_its_end(asyncio.ensure_future(storing))
    except BaseException:  # whatever went wrong, a cancelled request too; what was settled stays settled
        await to_its_end(asyncio.ensure_future(in_database(pools.release, held, now=timezone.now())))
        raise


def is_answering(chatbot: Chatbot) -> bool:
    return chatbot.workspace.paused_at is None and chatbot.workspace.archived_at is None


async def take(chatbot: Chatbot, *, token: str, message_id: str, text: str) -> Hold:
    """`begin`, in a thread. A visitor who leaves meanwhile leaves no hold behind, though the thread goes on."""
    holding = in_database(begin, chatbot, token=token, message_id=message_id, text=text, now=timezone.now())
    begun = asyncio.ensure_future(holding)
    try:
        return await to_its_end(begun)
    except asyncio.CancelledError:
        if begun.exception() is None:
            await in_database(pools.release, begun.result(), now=timezone.now())
        raise


async def to_its_end(running: asyncio.Future[T]) -> T:
    """The result of `running`. A caller that is cancelled waits for its end too, and is cancelled only then."""
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        running.exception()  # nobody is left to hear of it
        raise


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
        key=key_of(chatbot, token=token, message_id=message_id),
        fingerprint=hash_of(text),
        units=units.MOST_PER_EXCHANGE,
        now=now,
    )


def key_of(chatbot: Chatbot, *, token: str, message_id: str) -> str:
    """What makes a visitor's message count once."""
    return f"{chatbot.pk}:{hash_of(token)[:32]}:{message_id}"


def look_up(chatbot: Chatbot, *, token: str, text: str) -> tuple[list[Hit], list[llm.Line]]:
    """What the answer may draw on: this chatbot's passages, and the conversation so far."""
    history = history_of(chatbot, token)
    return finding.find(chatbot, question=text, history=history), history


def finish(chatbot: Chatbot, held: Hold, *, token: str, text: str, answer: Answer, now: datetime) -> Message:
    """Store both lines and charge them, in one transaction: charged if, and only if, the words are stored.

    Raises AnsweredFree when units were missing for the same message in between, and a Q&A has answered it.
    """
    with pools.promptly():
        conversation = conversation_of(chatbot, token=token, now=now)
        line = {"workspace_id": conversation.workspace_id, "conversation": conversation, "hold_id": held.pk, "at": now}
        asked = Message.objects.create(**line, author=Message.Author.VISITOR, text=text)
        if Message.objects.filter(free_key=held.key).exists():  # not before our line: it waits for who writes there
            raise AnsweredFree
        reply = Message.objects.create(
            **line, author=Message.Author.AI, text=answer.text, cited=answer.cited, found=answer.found
        )
        lines = {asked.pk: units.visitor(text), reply.pk: units.ai(answer.text)}
        pools.settle(held, lines, now=now, conversation_id=conversation.pk)
    return reply


def conversation_of(chatbot: Chatbot, *, token: str, now: datetime) -> Conversation:
    """The visitor's conversation with this chatbot, begun now if need be. Raises pools.HoldGone without a chatbot."""
    begun = {"workspace_id": stands_in(chatbot), "started_at": now}
    conversation, _ = Conversation.objects.get_or_create(chatbot=chatbot, token_hash=hash_of(token), defaults=begun)
    return conversation


def stands_in(chatbot: Chatbot) -> int:
    """The id of the workspace in which the chatbot is now; it stays there until the transaction ends.

    Raises pools.HoldGone when the chatbot was deleted while it answered: nothing is stored or charged.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT workspace_id FROM chatbots_chatbot WHERE id = %s FOR KEY SHARE", [chatbot.pk])
        row = cursor.fetchone()
    if row is None:
        raise pools.HoldGone
    return int(row[0])


def stored_reply(hold: Hold) -> Message:
    """The reply of an exchange that was settled before. Raises StillRunning while there is none."""
    reply = Message.objects.filter(hold_id=hold.pk, author=Message.Author.AI).first()
    if reply is None:
        raise StillRunning
    pools.wait_for_log()  # another process may have committed it a moment ago, and wait for that itself still
    return reply


def history_of(chatbot: Chatbot, token: str) -> list[llm.Line]:
    """The last lines of this conversation, oldest first, as the model sees them."""
    lines = lines_of(chatbot, token=token, most=REMEMBERED)
    return [{"role": "user" if m.author == Message.Author.VISITOR else "assistant", "content": m.text} for m in lines]


def lines_of(chatbot: Chatbot, *, token: str, most: int) -> list[Message]:
    """The last `most` lines of this visitor's conversation with this chatbot, oldest first."""
    lines = Message.objects.filter(conversation__chatbot=chatbot, conversation__token_hash=hash_of(token))
    return list(reversed(lines.order_by("-pk")[:most]))


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
