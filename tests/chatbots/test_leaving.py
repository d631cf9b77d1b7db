"""A visitor who leaves in the middle: whatever the moment, units are charged for stored words or given back."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Event
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, connections, transaction

from agencies.models import Agency
from billing.models import Hold, LedgerEntry, PoolPeriod
from chatbots.answers import exchange, waiting
from chatbots.models import Chatbot, Message
from tests.chatbots.test_llm import OPENING, Model, model  # noqa: F401 - a fixture
from tests.conftest import TOKEN

pytestmark = pytest.mark.django_db(transaction=True)
LOCKED_OUT = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture(autouse=True)
def _no_connection_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)  # as at the public door


def ask(baker: Chatbot, message_id: str, text: str = OPENING) -> "asyncio.Task[Message]":
    return asyncio.create_task(exchange.ask(baker, token=TOKEN, message_id=message_id, text=text))


@contextmanager
def pools_locked() -> Iterator[None]:
    """Nobody opens a pool or changes one meanwhile."""
    locked, over = Event(), Event()

    def lock() -> None:
        with transaction.atomic():
            list(Agency.objects.select_for_update())
            list(PoolPeriod.objects.select_for_update())
            locked.set()
            over.wait(30)
        connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(lock)
        assert locked.wait(30)
        yield
        over.set()
        done.result()


def until_somebody_is_locked_out() -> None:
    with connection.cursor() as cursor:
        for _ in range(50_000):
            cursor.execute(LOCKED_OUT)
            if cursor.fetchone()[0]:
                break
        else:
            pytest.fail("Nobody was ever locked out.")
    connections.close_all()


async def leave_while_it_writes(asking: "asyncio.Task[Message]") -> None:
    """Cancel while its thread waits for the lock, let the thread go on, and come back when it has ended."""
    await asyncio.to_thread(until_somebody_is_locked_out)
    asking.cancel()
    await asyncio.wait({asking}, timeout=0.01)


async def ended(asking: "asyncio.Task[Message]") -> None:
    with suppress(asyncio.CancelledError):
        await asking
    await waiting.in_database(lambda: None)  # the same thread: what was begun there before has ended


def counters() -> tuple[int, int]:
    pool = PoolPeriod.objects.get()
    return pool.used, pool.held


def test_who_leaves_while_units_are_held_leaves_no_hold(baker: Chatbot) -> None:
    async def leave() -> None:
        with pools_locked():
            asking = ask(baker, str(uuid4()))
            await leave_while_it_writes(asking)
        await ended(asking)
        assert asking.cancelled()

    asyncio.run(leave())
    assert Hold.objects.get().released_at
    assert counters() == (0, 0)


def test_who_leaves_while_units_are_refused_is_gone(baker: Chatbot) -> None:
    Agency.objects.update(message_limit=0)

    async def leave() -> None:
        with pools_locked():
            asking = ask(baker, str(uuid4()))
            await leave_while_it_writes(asking)
        await ended(asking)
        assert asking.cancelled()

    asyncio.run(leave())
    assert not Hold.objects.exists()


def test_who_leaves_while_the_model_thinks_pays_nothing(baker: Chatbot, model: Model) -> None:  # noqa: F811
    model.silent = True

    async def leave() -> None:
        asking = ask(baker, str(uuid4()))
        await asyncio.to_thread(model.asked.wait, 20)
        asking.cancel()
        await ended(asking)

    asyncio.run(leave())
    assert counters() == (0, 0)
    assert not Message.objects.exists()


def test_who_leaves_while_the_answer_is_stored_gets_it_on_return(baker: Chatbot, model: Model) -> None:  # noqa: F811
    message_id, locked = str(uuid4()), Event()
    model.meanwhile = lambda: locked.wait(20)

    async def leave() -> None:
        asking = ask(baker, message_id)
        await asyncio.to_thread(model.asked.wait, 20)
        with pools_locked():
            locked.set()
            await leave_while_it_writes(asking)
        await ended(asking)
        assert asking.cancelled()

    asyncio.run(leave())
    assert (counters(), LedgerEntry.objects.count()) == ((2, 0), 2)
    again = async_to_sync(exchange.ask)(baker, token=TOKEN, message_id=message_id, text=OPENING)
    assert (again, counters()) == (Message.objects.get(author="ai"), (2, 0))
