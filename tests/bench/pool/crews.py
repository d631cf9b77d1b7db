"""Eight callers: four processes of two threads each, which wait for orders and do them all at the same time."""

import multiprocessing
import threading
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils import timezone

from tests.bench.pool import calls, houses
from tests.bench.pool.databases import Database

PROCESSES, THREADS = 4, 2
PREPARED = 24_000  # holds, more than one slice settles


class Crew:
    """Callers of one database."""

    def __init__(self, place: Database) -> None:
        self.place = place
        spawn = multiprocessing.get_context("spawn")
        self.pipes, self.people = [], []
        for _ in range(PROCESSES):
            here, there = spawn.Pipe()
            self.people.append(spawn.Process(target=obey, args=(there, place.name), daemon=True))
            self.pipes.append(here)

    def __enter__(self) -> "Crew":
        for person in self.people:
            person.start()
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in self.pipes:
            pipe.send(None)
        for person in self.people:
            person.join()

    def run(self, call: str, names: list[str], seconds: float) -> float:
        """Do `call` for so long, for the workspaces of these agencies in turn; how many were done a second."""
        done = sum(self.order(call, names, seconds, [None] * PROCESSES * THREADS))
        self.leave()
        return done / seconds

    def settle(self, seconds: float) -> float:
        """Settle prepared holds; each caller has a range of its own."""
        self.place.use()
        at = timezone.now()
        first, share = houses.prepare_holds(PREPARED, at), PREPARED // (PROCESSES * THREADS)
        ranges = [(first + n * share, share, at) for n in range(PROCESSES * THREADS)]
        done = sum(self.order("settle", [houses.HOT], seconds, ranges))
        if done >= PREPARED:
            raise RuntimeError("All prepared holds were settled before the slice ended: prepare more")
        self.leave()
        return done / seconds

    def order(self, call: str, names: list[str], seconds: float, given: list[Any]) -> list[int]:
        for n, pipe in enumerate(self.pipes):
            pipe.send((call, names, seconds, given[n * THREADS : (n + 1) * THREADS]))
        answers = [pipe.recv() for pipe in self.pipes]
        if failed := [answer for answer in answers if not isinstance(answer, int)]:
            raise RuntimeError(f"A caller failed: {failed[0]}")
        return answers

    def leave(self) -> None:
        self.place.use()
        houses.check()
        houses.forget_holds()


def obey(pipe: Any, name: str) -> None:
    """The life of one process."""
    Database(name).use()
    while order := pipe.recv():
        call, names, seconds, given = order
        done: list[int | str] = []
        threads = [threading.Thread(target=work, args=(done, call, names, seconds, each, name)) for each in given]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        failed = [each for each in done if isinstance(each, str)]
        pipe.send(failed[0] if failed else sum(done))  # type: ignore[arg-type]


def work(done: list[int | str], call: str, names: list[str], seconds: float, given: Any, place: str) -> None:
    """One thread: a connection of its own, one call after another until the time is over."""
    Database(place).use()
    try:
        done.append(calls.repeat(call, houses.workspaces_of(names), seconds, given, uuid4().hex))
    except Exception as error:  # noqa: BLE001 - it is told in the process that gave the order
        done.append(repr(error))
    finally:
        calls.hang_up()


Range = tuple[int, int, datetime]
