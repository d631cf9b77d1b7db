"""What a visitor gets once the pool, or the workspace's cap, has no units for an answer: the workspace's choice.

Nothing of it takes a unit. An answer that runs already is not cut: its units were held before it began.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from billing import pools
from billing.models import Hold
from chatbots.answers import exchange, llm, storing, waiting
from chatbots.answers.answering import Answer
from chatbots.knowledge import retrieval
from chatbots.models import Chatbot, Conversation, DataSource, Lead, Message
from workspaces.models import AtLimit

FORMS = {AtLimit.LEAD: Lead.Kind.MESSAGE, AtLimit.PERSON: Lead.Kind.HANDOVER}


class FormInstead(Exception):
    """There is no answer; the visitor may leave words of this kind for the team."""

    def __init__(self, kind: Lead.Kind) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class Asked:
    """A visitor's message, and the key that makes it count once."""

    token: str
    key: str
    text: str


async def ask(chatbot: Chatbot, *, token: str, message_id: str, text: str) -> Message:
    """`exchange.ask`; without units what the workspace chose for that. Raises what `start` and `reply` raise."""
    started = await start(chatbot, token=token, message_id=message_id, text=text)
    return started if isinstance(started, Message) else await reply(started)


async def start(
    chatbot: Chatbot, *, token: str, message_id: str, text: str, history: list[llm.Line] | None = None, body: str = ""
) -> exchange.Running | Message:
    """`exchange.start`; without units what the workspace chose for that.

    Raises FormInstead where the visitor may leave a message; pools.Refused where a notice is all, or no Q&A fits;
    whatever else `exchange.start` raises.
    """
    try:
        return await exchange.start(chatbot, token=token, message_id=message_id, text=text, history=history, body=body)
    except pools.Refused:
        asked = Asked(token, exchange.key_of(chatbot, token=token, message_id=message_id), text)
        free = await waiting.in_database(instead, chatbot, asked, now=timezone.now())
        if free is None:
            raise
        return free


async def reply(running: exchange.Running) -> Message:
    """Its reply; or the one from a Q&A, when units were missing for the same message in between."""
    try:
        return await running.reply()
    except storing.AnsweredFree:
        asked = Asked(running.question.token, running.held.key, running.question.text)
        free = await waiting.in_database(answered_before, asked)
    if free is None:  # its conversation was deleted in between
        raise storing.StillRunning
    return free


def instead(chatbot: Chatbot, asked: Asked, *, now: datetime) -> Message | None:
    """The free reply to a message, stored once; None where a notice is all. What was answered before stays answered.

    Raises FormInstead, pools.KeyReused when its id came with other words.
    """
    if known := answered_before(asked):
        return known
    choice = AtLimit(chatbot.workspace.at_limit)
    if kind := FORMS.get(choice):
        raise FormInstead(kind)
    return from_qa(chatbot, asked, now=now) if choice == AtLimit.QA else None


def from_qa(chatbot: Chatbot, asked: Asked, *, now: datetime) -> Message | None:
    """Word for word the answer of the Q&A that fits best; None when none does."""
    hits = retrieval.search(chatbot, asked.text, kind=DataSource.Kind.QA)
    best = next((hit for hit in hits if hit.sure or hit.is_the_question), None)
    if best is None:
        return None
    passage = best.passage
    return store(chatbot, asked, answer=Answer(passage.text, [passage.source.title]), now=now)


@transaction.atomic
def store(chatbot: Chatbot, asked: Asked, *, answer: Answer, now: datetime) -> Message:
    """Both lines, which cost nothing. Raises storing.StillRunning when units were held for the message meanwhile."""
    conversation = storing.conversation_of(chatbot, token=asked.token, now=now)
    Conversation.objects.select_for_update().get(pk=conversation.pk)  # nobody else stores a line of it now
    if known := answered_before(asked):
        return known
    if Hold.objects.filter(agency_id=chatbot.workspace.agency_id, key=asked.key, released_at=None).exists():
        raise storing.StillRunning
    line = {"workspace_id": conversation.workspace_id, "conversation": conversation, "free_key": asked.key, "at": now}
    spoken = storing.spoken(chatbot, asked.text)
    Message.objects.create(**line, author=Message.Author.VISITOR, text=asked.text, language=spoken)
    return Message.objects.create(**line, author=Message.Author.AI, text=answer.text, cited=answer.cited)


def answered_before(asked: Asked) -> Message | None:
    """The free reply to this very message. Raises pools.KeyReused when its id came with other words."""
    lines = {line.author: line for line in Message.objects.filter(free_key=asked.key)}
    if not lines:
        return None
    if lines[Message.Author.VISITOR].text != asked.text:
        raise pools.KeyReused
    return lines[Message.Author.AI]
