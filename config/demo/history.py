"""Writes conversations, holds, ledger rows and counters as exchanges leave them behind, many at a time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.db import connection

from agencies.models import Agency
from billing import periods
from billing.models import Hold, LedgerEntry, PoolPeriod, Unrolled, WorkspacePeriod
from billing.periods import Period
from billing.units import MOST_PER_EXCHANGE, words_in
from chatbots.answers.storing import hash_of
from chatbots.knowledge import languages
from chatbots.models import Conversation, Message
from config.demo import arrivals, rhythm, talks
from config.demo.clients import Client
from config.demo.talks import Line, Repertoire

LENGTH = timedelta(days=65)
LONGEST_TALK = timedelta(minutes=16)
AT_MOST = 1.1  # an earlier period's use against the present one's, so that none passes a cap or the pool
CHEAPEST = 2  # units of an exchange
BATCH = 2000


@dataclass(frozen=True)
class Exchange:
    """One question with its reply, at its time, in its billing period."""

    conversation: Conversation
    line: Line
    typed: str
    key: str
    at: datetime
    period: Period


def of_client(agency: Agency, client: Client, repertoires: Sequence[Repertoire], now: datetime) -> list[Exchange]:
    """The client's exchanges of the last 65 days; those of the present period cost exactly `client.units`."""
    rng = Random(f"{agency} {client.name}")  # noqa: S311 (the same demo every time)
    slots = client.rhythm.slots(rng, ZoneInfo(agency.time_zone), now - LENGTH, now)
    exchanges: list[Exchange] = []
    busiest = 0.0
    for period in periods_of(agency, now):
        start, end = max(period.start, now - LENGTH), min(period.end, now)
        open_slots = rhythm.between(slots, start, end - LONGEST_TALK)
        weight = sum(slot.weight for slot in open_slots)
        busiest = busiest or weight  # the first is the present one: it sets the measure
        total = round(client.units * min(weight / busiest, AT_MOST))
        if total < CHEAPEST:
            continue
        drawn = list(talks.draw(rng, repertoires, total))
        for talk, at in zip(drawn, rhythm.moments(rng, open_slots, len(drawn)), strict=True):
            exchanges.extend(spoken(rng, talk, at, period))
    return exchanges


def periods_of(agency: Agency, now: datetime) -> Iterator[Period]:
    """The billing periods that the history touches, the present one first."""
    period = periods.current(agency, now)
    while period.end > now - LENGTH:
        yield period
        period = periods.current(agency, period.start - timedelta(microseconds=1))


def spoken(rng: Random, talk: talks.Talk, at: datetime, period: Period) -> Iterator[Exchange]:
    """A talk's exchanges, each half a minute to three minutes after the one before."""
    token = hash_of(f"{rng.getrandbits(128):032x}")
    workspace_id, chatbot_id = talk.chatbot.workspace_id, talk.chatbot.pk
    began = {"token_hash": token, "started_at": at, **arrivals.came_from(talk.chatbot, token)}
    conversation = Conversation(workspace_id=workspace_id, chatbot_id=chatbot_id, **began)
    for line in talk.lines:
        key = f"{chatbot_id}:{token[:32]}:{rng.getrandbits(128):032x}"
        yield Exchange(conversation, line, talks.typed(rng, line.question), key, at, period)
        conversation.last_at = at
        at += timedelta(seconds=rng.uniform(30, 180))


def write(agency: Agency, exchanges: Iterable[Exchange]) -> None:
    """Store the exchanges of all clients of one agency, in the order in which they happened."""
    ordered = sorted(exchanges, key=lambda exchange: exchange.at)
    talked = {id(each.conversation): each.conversation for each in ordered}
    Conversation.objects.bulk_create(talked.values(), batch_size=BATCH)
    holds = Hold.objects.bulk_create([hold(agency, each) for each in ordered], batch_size=BATCH)
    said = [line for each, held in zip(ordered, holds, strict=True) for line in messages(each, held)]
    Message.objects.bulk_create(said, batch_size=BATCH)
    pairs = zip(ordered, holds, said[::2], said[1::2], strict=True)
    used: Counter[datetime] = Counter()  # by the start of the period
    charged = [entry for each, held, *pair in pairs for entry in charges(each, held, pair, used)]
    LedgerEntry.objects.bulk_create(charged, batch_size=BATCH)
    Unrolled.objects.bulk_create([Unrolled(agency=agency, entry=entry) for entry in charged], batch_size=BATCH)
    count(agency, ordered)
    arrivals.judge(said)


def hold(agency: Agency, exchange: Exchange) -> Hold:
    """The settled hold of an exchange."""
    return Hold(
        agency=agency,
        workspace_id=exchange.conversation.workspace_id,
        chatbot_id=exchange.conversation.chatbot_id,
        period_start=exchange.period.start,
        key=exchange.key,
        fingerprint=hash_of(exchange.typed),
        units=MOST_PER_EXCHANGE,
        held_at=exchange.at - timedelta(seconds=1),
        settled_at=exchange.at,
    )


def messages(exchange: Exchange, held: Hold) -> tuple[Message, Message]:
    """The visitor's line and the chatbot's."""
    at, conversation = exchange.at, exchange.conversation
    shared = {"workspace_id": conversation.workspace_id, "conversation": conversation, "hold_id": held.pk, "at": at}
    cited, reply = list(exchange.line.cited), exchange.line.reply
    answer = {"text": reply, "cited": cited, "found": bool(cited), **arrivals.waited(exchange.key, words_in(reply))}
    language = languages.of_text(exchange.typed, usual="english")
    return (
        Message(**shared, author=Message.Author.VISITOR, text=exchange.typed, language=language),
        Message(**shared, author=Message.Author.AI, **answer),
    )


def charges(exchange: Exchange, held: Hold, said: Sequence[Message], used: Counter[datetime]) -> Iterator[LedgerEntry]:
    """Why units were taken, once for each line: the rows that settling the hold would have written."""
    for message, charge in zip(said, (exchange.line.asked, exchange.line.answered), strict=True):
        used[held.period_start] += charge.units
        yield LedgerEntry(
            agency_id=held.agency_id,
            workspace_id=held.workspace_id,
            chatbot_id=held.chatbot_id,
            conversation_id=exchange.conversation.pk,
            hold=held,
            message_id=message.pk,
            kind=charge.kind,
            words=charge.words,
            units=charge.units,
            rule=charge.rule,
            period_start=held.period_start,
            at=exchange.at,
            pool_after=used[held.period_start],
        )


def count(agency: Agency, exchanges: Sequence[Exchange]) -> None:
    """The counters of each period, and the limits of these."""
    used: Counter[tuple[int, Period]] = Counter()
    for each in exchanges:
        used[each.conversation.workspace_id, each.period] += each.line.units
    pool: Counter[Period] = Counter()
    for (workspace_id, period), total in used.items():
        WorkspacePeriod.objects.create(agency=agency, workspace_id=workspace_id, start=period.start, used=total)
        pool[period] += total
    for period, total in pool.items():
        PoolPeriod.objects.create(agency=agency, start=period.start, end=period.end, used=total)
    with connection.cursor() as cursor:  # the limits that these periods had, the earliest first: it may leave a rest
        for period in sorted(pool, key=lambda each: each.start):
            cursor.execute("SELECT billing_refresh_periods(%s, %s)", [agency.pk, period.start])
