"""Several people at once: threads that begin together, each on a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections

THREADS = 20  # connections too: two test processes must fit into PostgreSQL's hundred


def at_once(call: Callable[[int], Any], *, people: int = THREADS, times: int = 1) -> list[Any]:
    """What `call(0)`, `call(1)` … gave back or raised: `people` threads at the same moment, each `times` in a row."""
    start = Barrier(people)

    def attempt(number: int) -> Any:
        try:
            return call(number)
        except Exception as refusal:  # noqa: BLE001 - the test looks at what was raised
            return refusal

    def person(number: int) -> list[Any]:
        try:
            start.wait(timeout=30)
            return [attempt(number * times + turn) for turn in range(times)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(people) as threads:
        return [result for results in threads.map(person, range(people)) for result in results]
