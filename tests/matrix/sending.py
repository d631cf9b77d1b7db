"""One request, undone afterwards, and all it did: the answer, changed rows, mails, log lines, tasks, the cache."""

import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from unittest.mock import patch

from celery.app.task import Task
from django.core.cache import cache
from django.db import connection, transaction

from agencies.models import Mail
from tests.conftest import content_of
from tests.matrix import changes
from tests.matrix.cast import Actor
from tests.matrix.changes import Change
from tests.matrix.world import World

HTMX = {"HX-Request": "true"}
READING = re.compile(r"\s*(SELECT|SAVEPOINT|RELEASE|ROLLBACK|SET CONSTRAINTS)\b", re.I)
STATISTICS = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"


@dataclass
class Seen:
    """What came of a request."""

    method: str
    to: str
    sent: str = ""  # keys in it are known to who sent them
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    said: list[str] = field(default_factory=list)  # flashed messages, which travel compressed
    mails: list[tuple[str, str]] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)
    tasks: list[tuple[str, Any]] = field(default_factory=list)
    cached: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    crash: str = ""

    @property
    def told(self) -> str:
        """All that the person who asked can read."""
        return "\n".join([self.body, str(self.headers), *self.said])


def send(
    world: World, actor: Actor, method: str, to: str, data: Any = None, headers: Mapping[str, str] | None = None
) -> Seen:
    """Send it as this actor. An exception in a view is a crash, not an error of the test."""
    world.requests += 1
    seen, browser = Seen(method.upper(), to, f"{to} {data}"), world.browsers[actor.name]
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    with listening(seen), undone(), watching(world) as wrote:
        answer = getattr(browser, method)(to, data or {}, headers=dict(headers or {}))
        look_at(seen, answer)
        if wrote:
            note_changes(world, seen)
    if answer.cookies:
        browser.cookies = SimpleCookie(cookies)
    return seen


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside did not happen, though what waits for the commit is enqueued."""
    with transaction.atomic():
        begun = len(connection.run_on_commit)
        yield
        for _, then, _ in connection.run_on_commit[begun:]:
            then()
        transaction.set_rollback(True)


@contextmanager
def listening(seen: Seen) -> Iterator[None]:
    """Hear every log line, and take Celery's tasks instead of its broker."""

    def take(task: Any, args: Any = None, kwargs: Any = None, **_: Any) -> None:
        seen.tasks.append((task.name, [*(args or ()), *(kwargs or {}).values()]))

    ear = Ear(seen)
    logging.getLogger().addHandler(ear)
    try:
        with patch.object(Task, "apply_async", take):
            yield
            seen.cached.extend(f"{key} {value!r}" for key, value in cache._cache.items())
            cache.clear()
    finally:
        logging.getLogger().removeHandler(ear)


class Ear(logging.Handler):
    """Writes log lines into `seen`, tracebacks too."""

    def __init__(self, seen: Seen) -> None:
        super().__init__(logging.DEBUG)
        self.seen = seen

    def emit(self, record: logging.LogRecord) -> None:
        told = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        self.seen.logged.append(f"{record.name}: {record.getMessage()} {told}")


def look_at(seen: Seen, answer: Any) -> None:
    seen.status, seen.headers = answer.status_code, dict(answer.headers)
    seen.headers |= {f"Set-Cookie {name}": morsel.OutputString() for name, morsel in answer.cookies.items()}
    seen.body = content_of(answer).decode(errors="replace")
    flashed = getattr(getattr(answer, "wsgi_request", None), "_messages", None)
    seen.said = [str(message) for message in getattr(flashed, "_queued_messages", [])]
    if answer.status_code >= 500 and getattr(answer, "exc_info", None):
        seen.crash = "".join(traceback.format_exception_only(answer.exc_info[1])).strip()


@contextmanager
def watching(world: World) -> Iterator[list[str]]:
    """Fills up with the statements that may have written: all but plain reading, and reading by a function of ours."""
    wrote: list[str] = []

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not READING.match(str(sql)) or any(name in str(sql) for name in world.functions):
            wrote.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield wrote


def written() -> dict[str, int]:
    """How many rows this transaction has written so far, by table: PostgreSQL counts them, whoever wrote and how."""
    with connection.cursor() as cursor:
        cursor.execute(STATISTICS)
        return dict(cursor.fetchall())


def note_changes(world: World, seen: Seen) -> None:
    now = written()  # grows only, also over what was undone
    touched = {table for table, rows in now.items() if rows != world.written.get(table, 0)}
    world.written = now
    if touched:
        seen.changes = changes.since(world, touched)
    if Mail._meta.db_table in touched:
        mails = Mail.objects.filter(pk__gt=world.mails)
        seen.mails = [(mail.recipient, f"{mail.subject}\n{mail.text}\n{mail.html}") for mail in mails]
