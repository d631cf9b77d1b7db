"""The lines of a conversation: storing them with what they cost, and reading them back."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import connection

from billing import pools, units
from billing.models import Hold
from chatbots.answers import llm
from chatbots.answers.answering import Answer
from chatbots.knowledge import languages
from chatbots.models import Chatbot, Conversation, Message

PROGRAM = "key "  # so begins the token of a program's conversation; no visitor's holds a space
REMEMBERED = 10  # lines of the conversation that the model sees


class StillRunning(Exception):
    """The same message is being answered right now."""


class AnsweredFree(Exception):
    """The same message was answered before, when no units were left: that reply stands."""


@dataclass(frozen=True)
class Waited:
    """Milliseconds from a question to the first words of its answer, and to all of them."""

    first_ms: int | None = None
    full_ms: int | None = None


NOT_MEASURED = Waited()


def finish(
    chatbot: Chatbot,
    held: Hold,
    *,
    token: str,
    text: str,
    answer: Answer,
    now: datetime,
    links: dict[str, str] | None = None,
    waited: Waited = NOT_MEASURED,
) -> Message:
    """Store both lines and charge them, in one transaction: charged if, and only if, the words are stored.

    Raises AnsweredFree when units were missing for the same message in between, and a Q&A has answered it.
    """
    with pools.promptly():
        conversation = conversation_of(chatbot, token=token, now=now)
        line = {"workspace_id": conversation.workspace_id, "conversation": conversation, "hold_id": held.pk, "at": now}
        asked = Message.objects.create(**line, author=Message.Author.VISITOR, text=text, language=spoken(chatbot, text))
        if Message.objects.filter(free_key=held.key).exists():  # not before our line: it waits for who writes there
            raise AnsweredFree
        said = {"text": answer.text, "cited": answer.cited, "found": answer.found, "mishap": answer.mishap}
        known = {title: url for title, url in (links or {}).items() if title in answer.cited}
        reply = Message.objects.create(**line, **said, **asdict(waited), author=Message.Author.AI, links=known)
        lines = {asked.pk: units.visitor(text), reply.pk: units.ai(answer.text)}
        pools.settle(held, lines, now=now, conversation_id=conversation.pk)
    return reply


def conversation_of(chatbot: Chatbot, *, token: str, now: datetime) -> Conversation:
    """The visitor's conversation with this chatbot, begun now if need be; a resolved one is open again.

    It is locked, since a line is about to be stored in it. Raises pools.HoldGone without a chatbot.
    """
    begun = {"workspace_id": stands_in(chatbot), "started_at": now, "by_program": token.startswith(PROGRAM)}
    for _ in range(2):  # again when it was erased in between
        talk, _ = Conversation.objects.get_or_create(chatbot=chatbot, token_hash=hash_of(token), defaults=begun)
        if Conversation.objects.filter(pk=talk.pk).update(last_at=now, resolved_at=None, resolved_by=None):
            return talk
    raise pools.HoldGone


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


def spoken(chatbot: Chatbot, text: str) -> str:
    """The language of a visitor's line, for the metrics; empty where nothing tells it."""
    language = languages.of_text(text, usual=chatbot.language)
    return "" if language == Chatbot.Language.OTHER else language


def stored_reply(hold: Hold) -> Message:
    """The reply of an exchange that was settled before; of a line that a person got, that line.

    Raises StillRunning while there is none.
    """
    stored = {line.author: line for line in Message.objects.filter(hold_id=hold.pk)}
    line = stored.get(Message.Author.AI) or stored.get(Message.Author.VISITOR)
    if line is None:
        raise StillRunning
    pools.wait_for_log()  # another process may have committed it a moment ago, and wait for that itself still
    return line


def history_of(chatbot: Chatbot, token: str) -> list[llm.Line]:
    """The last lines of this conversation, oldest first, as the model sees them."""
    lines = lines_of(chatbot, token=token, most=REMEMBERED)
    said = [line for line in lines if line.author != Message.Author.NOTICE]
    return [{"role": "user" if m.author == Message.Author.VISITOR else "assistant", "content": m.text} for m in said]


def lines_of(chatbot: Chatbot, *, token: str, most: int) -> list[Message]:
    """The last `most` lines of this visitor's conversation with this chatbot, oldest first."""
    lines = Message.objects.filter(conversation__chatbot=chatbot, conversation__token_hash=hash_of(token))
    return list(reversed(lines.select_related("by").order_by("-pk")[:most]))


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
