"""One exchange: hold the most it can cost → retrieve and answer → store the lines and settle, or release.

No network call happens inside a transaction, and while the model answers neither a database connection nor a thread is
held. Who leaves before the first words costs nothing; after them the answer is finished, stored and charged once.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from time import monotonic

from django.utils import timezone

from billing import pools, units
from billing.models import Hold
from chatbots.answers import answering, capping, finding, llm, providers, storing, streaming, telling, waiting
from chatbots.answers.answering import Answer
from chatbots.answers.streaming import Found
from chatbots.knowledge.indexes import Known
from chatbots.models import Chatbot, DataSource, Message

log = logging.getLogger(__name__)
FRAMES_A_SECOND = 100  # of all streams of this process: the more are open, the longer each waits
SHORTEST_FRAME = 0.08  # seconds
UNHEARD = 10.0  # seconds after which an exchange that nobody began to listen to is given up

under_way: set["asyncio.Task[Message]"] = set()  # what goes on without a listener would be collected otherwise
leavings: set["asyncio.Task[None]"] = set()


class NotAnswering(Exception):
    """The chatbot or its workspace is paused or archived: nothing is taken or stored."""


class Suspended(NotAnswering):
    """The whole account rests, since support has suspended it."""


@dataclass(frozen=True)
class Question:
    """A message, and what its answer may look back on: the stored conversation, or the lines that came with it."""

    token: str
    text: str
    history: list[llm.Line] | None = None
    came: float = field(default_factory=monotonic)  # on this process's clock


class Running:
    """An exchange whose units are held. Once somebody listens, a task of its own answers, stores and settles."""

    def __init__(self, chatbot: Chatbot, held: Hold, question: Question) -> None:
        self.chatbot, self.held, self.question = chatbot, held, question
        self.said = ""  # so far
        self.first_ms: int | None = None  # from the question to the first words
        self.news = asyncio.Event()
        self.waiting = asyncio.get_running_loop().call_later(UNHEARD, self.leave)

    def leave(self) -> None:
        """Nobody came to listen: the visitor left after the units were held, and before the answer was on its way."""
        leaving = asyncio.create_task(self.release())
        leavings.add(leaving)
        leaving.add_done_callback(self.left)

    def left(self, leaving: "asyncio.Task[None]") -> None:
        leavings.discard(leaving)
        waiting.let_thread_go()

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
        self.waiting.cancel()
        answering = asyncio.create_task(self.run())
        under_way.add(answering)
        answering.add_done_callback(self.ended)
        return answering

    def ended(self, answering: "asyncio.Task[Message]") -> None:
        under_way.discard(answering)
        waiting.let_thread_go()
        self.news.set()
        if not answering.cancelled() and (error := answering.exception()):  # perhaps nobody listens any more
            log.info("An exchange ended without a reply: %s", type(error).__name__)

    async def run(self) -> Message:
        try:
            found = await waiting.in_database(look_up, self.chatbot, self.question)
            waiting.let_thread_go()
            answer = await self.speak(found)
            return await waiting.to_its_end(asyncio.ensure_future(self.store(answer, found.links)))
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
                if self.first_ms is None:
                    self.first_ms = self.passed()
                self.said += piece
                self.news.set()
        raise llm.Unavailable

    async def store(self, answer: Answer, links: dict[str, str]) -> Message:
        asked = self.question
        waited = storing.Waited(self.first_ms, self.passed())
        said = partial(storing.finish, token=asked.token, text=asked.text, answer=answer, links=links, waited=waited)
        return await waiting.in_database(said, self.chatbot, self.held, now=timezone.now())

    def passed(self) -> int:
        """Milliseconds since the question came."""
        return round((monotonic() - self.question.came) * 1000)

    async def give_up(self, answering: "asyncio.Task[Message]") -> None:
        """End it. What is being stored already is stored; what never began to run has not released its hold."""
        answering.cancel()
        await asyncio.wait({answering})
        await self.release()

    async def release(self) -> None:
        await waiting.to_its_end(
            asyncio.ensure_future(waiting.in_database(pools.release, self.held, now=timezone.now()))
        )


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

    While a person has the conversation, the visitor's own line is returned instead: nobody answers it here. A program,
    which brings its `history`, is always answered. `body` is all that came with the message, where that is more than
    `text`. Raises NotAnswering or pools.Refused (nothing is taken or stored), pools.KeyReused when the id came with
    another body, StillRunning.
    """
    came = monotonic()
    await waiting.in_database(refuse_resting, chatbot)
    key = key_of(chatbot, token=token, message_id=message_id)
    try:
        if history is None:
            words = partial(telling.tell, token=token, key=key, text=body or text, now=timezone.now())
            if told := await waiting.in_database(words, chatbot):
                return told
        held = await take(chatbot, token=token, message_id=message_id, text=body or text)
    except pools.AlreadyHeld as replay:
        return await waiting.in_database(storing.stored_reply, replay.hold)
    return Running(chatbot, held, Question(token, text, history, came))


def is_answering(chatbot: Chatbot) -> bool:
    """Whether it answers anybody: neither itself nor its workspace or account rests."""
    place = chatbot.workspace
    return not (chatbot.paused_at or place.paused_at or place.archived_at or place.agency.suspended_at)


def refuse_resting(chatbot: Chatbot) -> None:
    """Raises Suspended, or NotAnswering."""
    if chatbot.workspace.agency.suspended_at:
        raise Suspended
    if not is_answering(chatbot):
        raise NotAnswering


async def take(chatbot: Chatbot, *, token: str, message_id: str, text: str) -> Hold:
    """`begin`, in a thread. A visitor who leaves meanwhile leaves no hold behind, though the thread goes on."""
    holding = waiting.in_database(begin, chatbot, token=token, message_id=message_id, text=text, now=timezone.now())
    begun = asyncio.ensure_future(holding)
    try:
        return await waiting.to_its_end(begun)
    except asyncio.CancelledError:
        if begun.exception() is None:
            await waiting.in_database(pools.release, begun.result(), now=timezone.now())
        raise


def begin(chatbot: Chatbot, *, token: str, message_id: str, text: str, now: datetime) -> Hold:
    """Hold the most this exchange can cost."""
    return capping.hold(
        chatbot,
        key=key_of(chatbot, token=token, message_id=message_id),
        fingerprint=storing.hash_of(text),
        units=units.MOST_PER_EXCHANGE,
        now=now,
    )


def key_of(chatbot: Chatbot, *, token: str, message_id: str) -> str:
    """What makes a visitor's message count once."""
    return f"{chatbot.pk}:{storing.hash_of(token)[:32]}:{message_id}"


def look_up(chatbot: Chatbot, question: Question) -> Found:
    """What the answer may draw on: this chatbot's passages and the conversation so far; and whom to ask."""
    history = storing.history_of(chatbot, question.token) if question.history is None else question.history
    hits = finding.find(chatbot, question=question.text, history=history)
    plain = answering.answer(chatbot, question=question.text, hits=hits)
    chain = providers.of(chatbot) if plain.for_model else []
    return Found(hits, history, plain, chain, links_of([hit.passage for hit in hits]))


def links_of(passages: list[Known]) -> dict[str, str]:
    """{title: address} of the sources that are on the web; of a website, the page that fits best."""
    links: dict[str, str] = {}
    for passage in passages:
        if passage.source.kind == DataSource.Kind.WEBSITE:
            links.setdefault(passage.cited, passage.page.url if passage.page else passage.source.url)
    return links
