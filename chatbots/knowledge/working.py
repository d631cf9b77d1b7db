"""A worker's step of a learning. It may be killed anywhere, run twice, and twice at once: the same rows come out.

No transaction is open while anything is fetched or read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from time import monotonic

from django.db import Error, connection
from django.db.models import F

from agencies import queue
from chatbots.knowledge import learning
from chatbots.knowledge.learning import Ended, Learning
from chatbots.knowledge.visiting import CannotBegin, Visitor
from chatbots.models import DataSource

STEP = 20.0  # seconds; other people's work takes its turn in between


def step(workspace_id: int, source_id: int, *, now: datetime, seconds: float = STEP) -> None:
    """Go on with a source's learning for some seconds, and have the rest queued. Without one, nothing happens."""
    from chatbots.knowledge import tasks

    rows = DataSource.objects.filter(pk=source_id, workspace_id=workspace_id, run__isnull=False)
    run = rows.values_list("run", flat=True).first()
    if run is None:
        return
    is_left = False
    with alone(source_id) as nobody_else:
        if nobody_else:
            is_left = go_on(Learning(workspace_id, source_id, run), now=now, seconds=seconds)
    if is_left:
        queue.after_commit(tasks.learn, workspace_id, source_id)


def go_on(here: Learning, *, now: datetime, seconds: float) -> bool:
    """Whether something is left to do after these seconds."""
    began = monotonic()
    try:
        visitor = Visitor(here, learning.start(here, now=now), now=now)
        visitor.look_around()
        while page := learning.next_page(here, now=now):
            visitor.visit(page)
            if monotonic() - began > seconds:
                return True
        learning.finish(here, now=now)
    except CannotBegin as refusal:
        learning.give_up(here, str(refusal), now=now)
    except Ended:
        return False
    finally:
        here.rows().update(spent=F("spent") + round(monotonic() - began))
    return False


@contextmanager
def alone(source_id: int) -> Iterator[bool]:
    """Whether nobody else works on this source: who comes second leaves it to the first.

    An economy only: what a step writes is right also when two do it. A killed worker's lock goes with its connection.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('learning', %s))", [source_id])
        taken = bool(cursor.fetchone()[0])
    try:
        yield taken
    finally:
        if taken:
            let_go(source_id)


def let_go(source_id: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended('learning', %s))", [source_id])
    except Error:
        connection.close()  # and the lock with it
