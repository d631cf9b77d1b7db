"""One exchange: hold the most it can cost → retrieve and answer → store the lines and settle, or release.

No network call happens inside a transaction, and while the model answers neither a database connection nor a thread is
held. Who leaves before the first words costs nothing; after them the answer is finished, stored and charged once.
"""

import asyncio
import hashlib
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import ParamSpec, TypeVar

from asgiref.sync import SyncToAsync, sync_to_async
from django.db import close_old_connections, connection
from django.utils import timezone

from billing import pools, units
from billing.models import Hold
from chatbots.answers import answering, capping, finding, llm, providers, streaming
from chatbots.answers.answering import Answer
from chatbots.answers.streaming import Found
from chatbots.models import Chatbot, Conversation, DataSource, Message, Page, Passage

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger(__name__)
REMEMBERED = 10  # lines of the conversation that the model sees
FRAMES_A_SECOND = 100  # of all streams of this process: the more are open, the longer each waits
SHORTEST_FRAME = 0.08  # seconds

under_way: set["asyncio.Task[Message]"] = set()  # what goes on without a listener would be collected otherwise


class StillRunning(Exception):
    """The same message is being answered right now."""


class NotAnswering(Exception):
    """The chatbot or its workspace is paused or archived: nothing is taken or stored."""


class AnsweredFree(Exception):
    """The same message was answered before, when no units were left: that reply stands."""


@dataclass(frozen=True)
class Question:
    """A message, and what its answer may look back on: the stored conversation, or the lines that came with it."""

    token: str
    text: str
    history: list[llm.Line] | None = None


class Running:
    """An exchange whose units are held. Once somebody listens, a task of its own answers, stores and settles."""

    def __init__(self, chatbot: Chatbot, held: Hold, question: Question) -> None:
        self.chatbot, self.held, self.question = chatbot, held, question
        self.said = ""  # so far
        self.news = asyncio.Event()

    async def reply(self) -> Message:
        """The stored reply. A caller that is cancelled has shown nothing, so the exchange costs nothing.

        Raises pools.HoldGone or AnsweredFree, and nothing is charged.
        """
        answering = self.begin()
        try:
            return await asyncio.shield(answering)
        except asyncio.CancelledError:
            await self.give_up(answering)
            raise

    async def frames(self) -> AsyncGenerator[str | Message, None]:
        """All that was said so far, each time there is more, and last the stored reply. Raises what `reply` raises.

        Who stops listening before the first words pays nothing; after them the exchange goes on to its end.
        """
        answering, shown = self.begin(), ""
        try:
            while True:
                await self.news.wait()
                self.news.clear()
                if self.said != shown:
                    shown = self.said
                    yield shown
                    await asyncio.wait({answering}, timeout=max(SHORTEST_FRAME, len(under_way) / FRAMES_A_SECOND))
                if answering.done() and self.said == shown:
                    yield answering.result()
                    return
        finally:
            if not shown:
                await self.give_up(answering)

    def begin(self) -> "asyncio.Task[Message]":
        answering = asyncio.create_task(self.run())
        under_way.add(answering)
        answering.add_done_callback(self.ended)
        return answering

    def ended(self, answering: "asyncio.Task[Message]") -> None:
        under_way.discard(answering)
        let_thread_go()
        self.news.set()
        if not answering.cancelled() and (error := answering.exception()):  # perhaps nobody listens any more
            log.info("An exchange ended without a reply: %s", type(error).__name__)

    async def run(self) -> Message:
        try:
            found = await in_database(look_up, self.chatbot, self.question)
            let_thread_go()
            answer = await self.speak(found)
            return await to_its_end(asyncio.ensure_future(self.store(answer, found.links)))
        except BaseException:  # whatever went wrong, a cancelled request too; what was settled stays settled
            await self.release()
            raise

    async def speak(self, found: Found) -> Answer:
        """The answer, of which every piece is told as soon as it is there."""
        coming = streaming.stream(self.chatbot, question=self.question.text, found=found)
        async with aclosing(coming) as pieces:
            async for piece in pieces:
                if isinstance(piece, Answer):
                    return piece
                self.said += piece
                self.news.set()
        raise llm.Unavailable

    async def store(self, answer: Answer, links: dict[str, str]) -> Message:
        asked, now = self.question, timezone.now()
        words = partial(finish, token=asked.token, text=asked.text, answer=answer, links=links, now=now)
        return await in_database(words, self.chatbot, self.held)

    async def give_up(self, answering: "asyncio.Task[Message]") -> None:
        """End it. What is being stored already is stored; what never began to run has not released its hold."""
        answering.cancel()
        await asyncio.wait({answering})
        await self.release()

    async def release(self) -> None:
        await to_its_end(asyncio.ensure_future(in_database(pools.release, self.held, now=timezone.now())))


async def frames(started: Running | Message) -> AsyncGenerator[str | Message, None]:
    """`Running.frames`; of an exchange that was stored before, its reply."""
    if isinstance(started, Message):
        yield started
        return
    async with aclosing(started.frames()) as coming:
        async for frame in coming:
            yield frame


async def ask(chatbot: Chatbot, *, token: str, message_id: str, text: str) -> Message:
    """Answer a visitor's message once, charge it once, and return the stored reply. Raises what `start` raises.

    Raises pools.HoldGone or AnsweredFree too (nothing is charged).
    """
    started = await start(chatbot, token=token, message_id=message_id, text=text)
    return await started.reply() if isinstance(started, Running) else started


async def start(
    chatbot: Chatbot,
    *,
    token: str,
    message_id: str,
    text: str,
    history: list[llm.Line] | None = None,
    body: str = "",
) -> Running | Message:
    """Hold the most an answer can cost. The same `message_id` again gives the stored reply, without a charge.

    `body` is all that came with the message, where that is more than `text`. Raises NotAnswering or pools.Refused
    (nothing is taken or stored), pools.KeyReused when the id came with another body, StillRunning.
    """
    if not is_answering(chatbot):
        raise NotAnswering
    try:
        held = await take(chatbot, token=token, message_id=message_id, text=body or text)
    except pools.AlreadyHeld as replay:
        return await in_database(stored_reply, replay.hold)
    return Running(chatbot, held, Question(token, text, history))


def is_answering(chatbot: Chatbot) -> bool:
    """Whether it answers anybody: neither itself nor its workspace rests."""
    return chatbot.paused_at is None and chatbot.workspace.paused_at is None and chatbot.workspace.archived_at is None


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


def let_thread_go() -> None:
    """End the thread that Django keeps for this request: it would wait, idle, as long as the answer takes.

    The next call of `in_database` finds another. Outside a request at the public door there is none.
    """
    context = SyncToAsync.thread_sensitive_context.get(None)
    if context and (thread := SyncToAsync.context_to_thread_executor.pop(context, None)):
        thread.shutdown(wait=False)


def begin(chatbot: Chatbot, *, token: str, message_id: str, text: str, now: datetime) -> Hold:
    """Hold the most this exchange can cost."""
    return capping.hold(
        chatbot,
        key=key_of(chatbot, token=token, message_id=message_id),
        fingerprint=hash_of(text),
        units=units.MOST_PER_EXCHANGE,
        now=now,
    )


def key_of(chatbot: Chatbot, *, token: str, message_id: str) -> str:
    """What makes a visitor's message count once."""
    return f"{chatbot.pk}:{hash_of(token)[:32]}:{message_id}"


def look_up(chatbot: Chatbot, question: Question) -> Found:
    """What the answer may draw on: this chatbot's passages and the conversation so far; and whom to ask."""
    history = history_of(chatbot, question.token) if question.history is None else question.history
    hits = finding.find(chatbot, question=question.text, history=history)
    plain = answering.answer(chatbot, question=question.text, hits=hits)
    chain = providers.of(chatbot) if plain.for_model else []
    return Found(hits, history, plain, chain, links_of([hit.passage for hit in hits]))


def links_of(passages: list[Passage]) -> dict[str, str]:
    """{title: address} of the sources that are on the web; of a website, the page that fits best."""
    on_the_web = [passage for passage in passages if passage.source.kind == DataSource.Kind.WEBSITE]
    pages = Page.objects.in_bulk({passage.page_id for passage in on_the_web if passage.page_id})
    links: dict[str, str] = {}
    for passage in on_the_web:
        page = pages.get(passage.page_id or 0)
        for title in filter(None, [page.title if page else "", passage.source.title]):
            links.setdefault(title, page.url if page else passage.source.url)
    return links


def finish(
    chatbot: Chatbot,
    held: Hold,
    *,
    token: str,
    text: str,
    answer: Answer,
    now: datetime,
    links: dict[str, str] | None = None,
) -> Message:
    """Store both lines and charge them, in one transaction: charged if, and only if, the words are stored.

    Raises AnsweredFree when units were missing for the same message in between, and a Q&A has answered it.
    """
    with pools.promptly():
        conversation = conversation_of(chatbot, token=token, now=now)
        line = {"workspace_id": conversation.workspace_id, "conversation": conversation, "hold_id": held.pk, "at": now}
        asked = Message.objects.create(**line, author=Message.Author.VISITOR, text=text)
        if Message.objects.filter(free_key=held.key).exists():  # not before our line: it waits for who writes there
            raise AnsweredFree
        said = {"text": answer.text, "cited": answer.cited, "found": answer.found, "mishap": answer.mishap}
        known = {title: url for title, url in (links or {}).items() if title in answer.cited}
        reply = Message.objects.create(**line, **said, author=Message.Author.AI, links=known)
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
