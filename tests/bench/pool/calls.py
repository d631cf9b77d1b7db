"""What one caller does, again and again: the product's own calls, and the same with Django's ORM."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from itertools import count
from time import perf_counter
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from billing import periods, pools, units
from billing.models import Hold, PoolPeriod, WorkspacePeriod
from workspaces.models import Workspace

ANSWER = "We open at seven in the morning, every day but Sunday, and close at six."


def repeat(call: str, workspaces: list[Workspace], seconds: float, given: Any, caller: str) -> int:
    """How often `call` was done within `seconds`, the connection made beforehand."""
    step = CALLS[call](workspaces, given, caller)
    connection.ensure_connection()
    ends = perf_counter() + seconds
    for turn in count():
        if perf_counter() >= ends:
            return turn
        step(turn)
    return 0


def hang_up() -> None:
    connection.close()


def hold(workspaces: list[Workspace], given: None, caller: str) -> Callable[[int], object]:
    def step(turn: int) -> object:
        place = workspaces[turn % len(workspaces)]
        return take(place, f"{caller}:{turn}", timezone.now())

    return step


def take(place: Workspace, key: str, now: datetime) -> Hold:
    return pools.hold(place, chatbot_id=1, key=key, fingerprint="", units=3, now=now)


def refused(workspaces: list[Workspace], given: None, caller: str) -> Callable[[int], object]:
    def step(turn: int) -> None:
        try:
            take(workspaces[0], f"{caller}:{turn}", timezone.now())
        except pools.PoolExhausted:
            return
        raise RuntimeError("A hold was granted from a pool that is used up")

    return step


def settle(workspaces: list[Workspace], given: tuple[int, int, datetime], caller: str) -> Callable[[int], object]:
    first, many, at = given
    charges = units.visitor("When do you open?"), units.ai(ANSWER)

    def step(turn: int) -> object:
        if turn >= many:
            raise RuntimeError("All prepared holds were settled before the slice ended: prepare more")
        held = Hold(pk=first + turn, held_at=at, units=3)
        lines = dict(zip((2 * held.pk, 2 * held.pk + 1), charges, strict=True))
        return pools.settle(held, lines, now=timezone.now(), conversation_id=1)

    return step


def exchange(workspaces: list[Workspace], given: None, caller: str) -> Callable[[int], object]:
    """A hold, and its settlement at the end of a transaction, as an exchange makes it."""
    charges = units.visitor("When do you open?"), units.ai(ANSWER)

    def step(turn: int) -> object:
        now = timezone.now()
        held = take(workspaces[turn % len(workspaces)], f"{caller}:{turn}", now)
        lines = dict(zip((2 * held.pk, 2 * held.pk + 1), charges, strict=True))
        with pools.promptly():
            return pools.settle(held, lines, now=now, conversation_id=1)

    return step


def orm(workspaces: list[Workspace], given: None, caller: str) -> Callable[[int], object]:
    """As one would write it with `select_for_update` and `save`."""

    def step(turn: int) -> None:
        place, now = workspaces[turn % len(workspaces)], timezone.now()
        start = periods.current(place.agency, now).start
        with transaction.atomic():
            pool = PoolPeriod.objects.select_for_update().get(agency=place.agency_id, start=start)
            part = WorkspacePeriod.objects.select_for_update().get_or_create(
                agency_id=place.agency_id, workspace=place, start=start
            )[0]
            if pool.limit is not None and pool.used + pool.held + 3 > pool.limit:
                raise pools.PoolExhausted
            pool.held += 3
            part.held += 3
            pool.save()
            part.save()
            Hold.objects.create(
                agency_id=place.agency_id,
                workspace=place,
                chatbot_id=1,
                period_start=start,
                key=f"{caller}:{turn}",
                fingerprint="",
                units=3,
                held_at=now,
            )

    return step


CALLS: dict[str, Callable[[list[Workspace], Any, str], Callable[[int], object]]] = {
    "hold": hold,
    "refused": refused,
    "settle": settle,
    "exchange": exchange,
    "orm": orm,
}
with suppress(ImportError):
    import psycopg  # noqa: F401 - loaded before the clock runs
