"""The message pool: hold the most an exchange can cost, then settle what it did cost, or release it.

Each of the three is one call of a database function (`migrations/_pool.py`), so no race can pass the limit, a cap or a
guarantee; each hold carries a key, so the same message never costs twice. Lock order everywhere: hold, workspace, pool;
of pools the oldest period first.

Outside a transaction the function is wrapped in a procedure that lets the locks go before its log is flushed, and
answers after the flush: callers of one agency do not queue for the disk, and what was answered survives a crash.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.db import DatabaseError, connection, transaction

from agencies.models import Agency
from billing import periods
from billing.models import Hold, PoolPeriod
from billing.units import Charge
from workspaces.models import Workspace

log = logging.getLogger(__name__)

LEFT_BEHIND_AFTER = timedelta(minutes=15)


class Refused(Exception):
    """No units for this exchange."""


class PoolExhausted(Refused):
    """The agency's pool cannot carry this exchange."""


class Reserved(PoolExhausted):
    """What the pool has left is guaranteed to other workspaces."""


class CapReached(Refused):
    """The workspace's own cap cannot carry this exchange."""


class KeyReused(Exception):
    """The same key came with another body."""


class AlreadyHeld(Exception):
    """This key holds units already: its exchange is running, or was settled."""

    def __init__(self, hold: Hold) -> None:
        super().__init__(hold.key)
        self.hold = hold


class HoldGone(Exception):
    """The hold was settled or released meanwhile; nothing was charged now."""


REFUSALS = {"exhausted": PoolExhausted, "reserved": Reserved, "capped": CapReached, "reused": KeyReused}


def hold(workspace: Workspace, *, chatbot_id: int, key: str, fingerprint: str, units: int, now: datetime) -> Hold:
    """Set `units` aside for one exchange, up to and including the limit and the cap.

    Raises PoolExhausted, Reserved or CapReached (nothing is taken), AlreadyHeld for a key in use, KeyReused when that
    key came with another fingerprint. A released key may be held again.
    """
    agency_id, period = workspace.agency_id, periods.current(workspace.agency, now)
    outcome, hold_id = call(
        "billing_hold_units",
        [agency_id, workspace.pk, chatbot_id, period.start, period.end, key, fingerprint, units, now],
        answers=2,
    )
    if outcome == "replayed":
        raise AlreadyHeld(Hold.objects.get(pk=hold_id))
    if outcome != "held":
        raise REFUSALS[outcome]
    return Hold(
        id=hold_id,
        agency_id=agency_id,
        workspace_id=workspace.pk,
        chatbot_id=chatbot_id,
        period_start=period.start,
        key=key,
        fingerprint=fingerprint,
        units=units,
        held_at=now,
    )


def settle(held: Hold, charges: Mapping[int, Charge], *, now: datetime, conversation_id: int | None = None) -> int:
    """Turn the hold into ledger rows, one for each message id, and return the units charged.

    Call it last in the transaction that stores those messages. Raises HoldGone when it was settled or released
    meanwhile, ValueError when the charges exceed what was held.
    """
    units = sum(charge.units for charge in charges.values())
    if units > held.units:
        raise ValueError(f"{units} units were to be charged on a hold of {held.units}.")
    lines = [{"message": message_id, **asdict(charge)} for message_id, charge in charges.items()]
    (ended,) = call("billing_settle_hold", [held.pk, held.held_at, now, conversation_id, json.dumps(lines)])
    if not ended:
        raise HoldGone
    return units


def release(held: Hold, *, now: datetime) -> None:
    """Give everything back: the exchange failed before its first words. Settled or released before, it does nothing."""
    call("billing_release_hold", [held.pk, held.held_at, now])


def sweep(now: datetime) -> int:
    """Release the holds that a killed process left behind; the number of them. One that cannot be stops no other."""
    swept = 0
    for held in Hold.objects.filter(settled_at=None, released_at=None, held_at__lt=now - LEFT_BEHIND_AFTER)[:1000]:
        try:
            release(held, now=now)
        except DatabaseError:
            log.exception("Hold %s cannot be released.", held.pk)
        else:
            swept += 1
    return swept


def lock(agency: Agency) -> None:
    """Nobody takes or gives back units of these pools until the transaction ends. The agency's row is locked before.

    The oldest first: an exchange that ends over a period's edge locks its own, and then the newer ones.
    """
    list(PoolPeriod.objects.select_for_update(no_key=True).filter(agency=agency).order_by("start"))


@contextmanager
def promptly() -> Iterator[None]:
    """A transaction that lets its locks go before its log is flushed, and is durable once this has ended.

    For the transaction that stores the words and settles: the pool's row is wanted by everybody.
    """
    if connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with transaction.atomic():
        run("SET LOCAL synchronous_commit = off")
        yield
    wait_for_log()


def wait_for_log() -> None:
    """Return once everything that was committed before is on disk. Inside a transaction it is that one's business."""
    if not connection.in_atomic_block:
        run("SELECT pg_logical_emit_message(true, 'bureau', '')")  # its own commit waits for the log, all before it too


def call(name: str, values: list[Any], *, answers: int = 1) -> tuple[Any, ...]:
    """What the database function answers. Outside a transaction its procedure is called, which commits by itself."""
    places = ", ".join(["%s"] * len(values))
    if connection.in_atomic_block:
        return run(f"SELECT * FROM {name}({places})", values)  # noqa: S608 (a name of this module)
    return run(f"CALL {name}_promptly({places}{', NULL' * answers})", values)


def run(statement: str, values: list[Any] | None = None) -> tuple[Any, ...]:
    """The first row. psycopg's own cursor, not Django's, which writes the values into the text: a quarter of a hold."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() or () if cursor.description else ()
