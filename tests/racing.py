"""Several people at once: threads that begin together, each on a database connection of its own."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from typing import Any

from django.db import connection, connections

THREADS = 20  # connections too: two test processes must fit into PostgreSQL's hundred
ROUNDS = int(os.environ.get("RACES", "0"))  # `make races`: that many, with as many people as there are connections


def rounds(few: int) -> int:
    """`few` in the ordinary run."""
    return ROUNDS or few


def crowd(most: int = 200) -> int:
    """How many people may come at once: a few in the ordinary run, else one for each connection, up to `most`."""
    if not ROUNDS:
        return THREADS
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        return min(most, int(cursor.fetchone()[0]) - 15)


def at_once(call: Callable[[int], Any], *, people: int = THREADS, times: int = 1) -> list[Any]:
    """What `call(0)`, `call(1)` … gave back or raised: `people` threads at the same moment, each `times` in a row."""
    start = Barrier(people)

    def person(number: int) -> list[Any]:
        try:
            start.wait(timeout=30)
            return [attempt(call, number * times + turn) for turn in range(times)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(people) as threads:
        return [result for results in threads.map(person, range(people)) for result in results]


def in_rounds(
    call: Callable[[int, int], Any], *, people: int, rounds: int, between: Callable[[int], Any] = lambda _: None
) -> list[list[Any]]:
    """Of each round, what `call(round, 0)`, `call(round, 1)` … gave back or raised: all keep their connection and
    begin each round at the same moment, once somebody has done `between(round)`."""
    turns = count()
    start = Barrier(people, action=lambda: between(next(turns)))

    def person(number: int) -> list[Any]:
        try:
            return [turn(number, now) for now in range(rounds)]
        except BaseException:
            start.abort()  # the others would wait in vain
            raise
        finally:
            connections.close_all()

    def turn(number: int, now: int) -> Any:
        start.wait(timeout=300)
        return attempt(lambda people: call(now, people), number)

    with ThreadPoolExecutor(people) as threads:
        everybody = list(threads.map(person, range(people)))
    return [[results[now] for results in everybody] for now in range(rounds)]


def attempt(call: Callable[[int], Any], number: int) -> Any:
    try:
        return call(number)
    except Exception as refusal:  # noqa: BLE001 - the test looks at what was raised
        return refusal
