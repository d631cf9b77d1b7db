"""A process that the tests order about: it forks, for each order, others which they may kill.

It reads orders from its input, one a line, and writes what happened to its output. Workers charge units as fast as they
can, and say each hold and each charge once it was acknowledged, and never before.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from itertools import count

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import Error, connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.utils import timezone  # noqa: E402

from agencies.models import Agency  # noqa: E402
from billing import invariants, pools, tasks, units  # noqa: E402
from billing.models import Hold, LedgerEntry, Unrolled, UsageDay  # noqa: E402
from tests.conftest import agency, client_workspace, person  # noqa: E402
from workspaces.models import Workspace  # noqa: E402

ORDERS: dict[str, Callable[..., None]] = {}


def order(function: Callable[..., None]) -> Callable[..., None]:
    ORDERS[function.__name__] = function
    return function


def say(*words: object) -> None:
    """One line, whole: short writes into a pipe do not mix."""
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


@order
def build() -> None:
    """The tables, and Northwind with two clients and an unlimited pool."""
    call_command("migrate", verbosity=0)
    northwind = agency(person("Ada"), "Northwind", person("Sam"))
    for name in ("Bakery", "Bookshop"):
        client_workspace(northwind, name)
    Agency.objects.update(message_limit=None)


@order
def work(name: str, number: str) -> None:
    """Take and charge until the database, or this process, is killed. Each keeps one exchange running at a time."""
    places = list(Workspace.objects.select_related("agency__subscription").order_by("pk"))
    say("begins", name, number)
    try:
        for turn in count():
            exchange(places[turn % len(places)], f"{name}-{number}-{turn}", turn)
    except Error:
        return  # the server is gone


def exchange(place: Workspace, key: str, turn: int) -> None:
    now = timezone.now()
    held = pools.hold(place, chatbot_id=1, key=key, fingerprint=key, units=3, now=now)
    say("held", key)
    lines = {held.pk * 2: units.visitor("when?"), held.pk * 2 + 1: units.ai("at seven")}
    if turn % 7 == 0:
        pools.release(held, now=now)
        return
    if turn % 2:
        pools.settle(held, lines, now=now)
    else:
        with pools.promptly():  # as an exchange does, which stores its words in the same transaction
            pools.settle(held, lines, now=now)
    say("charged", key)


@order
def look() -> None:
    """What is there now: the keys that were held, how many rows each charge has, and what does not add up."""
    swept = pools.sweep(timezone.now() + timedelta(minutes=16))
    rows = LedgerEntry.objects.values_list("hold__key").annotate(rows=Count("pk"))
    found = {
        "held": list(Hold.objects.values_list("key", flat=True)),
        "charged": dict(rows),
        "swept": swept,
        "open": Hold.objects.filter(settled_at=None, released_at=None).count(),
        "breaches": invariants.breaches(),
    }
    with open("found.json", "w") as file:  # a pipe would be full
        json.dump(found, file)


@order
def roll_up(stop: str) -> None:
    """The task, which with `stop` stands still once its days are written and not yet committed."""

    def then_stand_still(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if stop == "stop" and "DELETE FROM billing_unrolled" in sql:
            say("written")
            signal.pause()
        return result

    with connection.execute_wrapper(then_stand_still):
        tasks.roll_up()


@order
def days() -> None:
    marks = Unrolled.objects.count()
    rows = UsageDay.objects.order_by("day", "workspace", "kind").values_list("workspace", "kind", "messages", "units")
    with open("found.json", "w") as file:
        json.dump({"marks": marks, "days": list(rows), "breaches": invariants.breaches()}, file)


def fork(name: str, arguments: list[str]) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            ORDERS[name](*arguments)
            code = 0
        finally:
            os._exit(code)
    return pid


def main() -> None:
    """`name arguments` begins it and says its process id; `wait` waits for all of them and says how each ended."""
    running: list[int] = []
    for line in sys.stdin:
        name, *arguments = line.split()
        if name == "wait":
            say("ended", *(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in running))
            running = []
        else:
            running.append(fork(name, arguments))
            say("forked", running[-1])


if __name__ == "__main__":
    main()
