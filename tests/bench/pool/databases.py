"""Databases of the benchmark's own: migrated once, copied, and filled with a history; all are dropped at the end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection

from tests.bench import database
from tests.bench.pool import houses

TABLES = ("billing_hold", "billing_ledgerentry")
DAYS = 365  # over which a history is spread


@dataclass(frozen=True)
class Database:
    """One by its name; `use` points this process to it."""

    name: str

    def use(self) -> None:
        connection.close()
        connection.settings_dict["NAME"] = self.name


@contextmanager
def of_its_own(rows: int) -> Iterator[Database]:
    """A database with the benchmark's agencies and `rows` ledger rows of the hot one, rolled up."""
    original = connection.settings_dict["NAME"]
    with database.of_its_own(f"pool_{rows}_{os.getpid()}"):
        made = Database(connection.settings_dict["NAME"])
        houses.open_all()
        if rows:
            fill(rows)
        database.settle()
        connection.close()
        connection.settings_dict["NAME"] = original
        yield made
        made.use()


def fill(rows: int) -> None:
    """Exchanges of the year until yesterday, two rows each. Indexes and foreign keys are made again afterwards."""
    with connection.cursor() as cursor:
        kept = [made for table in TABLES for made in taken_off(cursor, table)]
        cursor.execute("SET session_replication_role = replica")  # no trigger, no check of each row
        cursor.execute(HISTORY, {"exchanges": rows // 2, "days": DAYS, "hot": houses.HOT, "clients": houses.CLIENTS})
        cursor.execute("SET session_replication_role = origin")
        for statement in kept:
            cursor.execute(statement)
        cursor.execute(COUNTED, {"hot": houses.HOT})


def taken_off(cursor: object, table: str) -> list[str]:
    """Drop the table's indexes and unique constraints but its key; the statements that make them again."""
    cursor.execute(CONSTRAINTS, {"table": table})  # type: ignore[attr-defined]
    constraints = cursor.fetchall()  # type: ignore[attr-defined]
    for name, _ in constraints:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")  # type: ignore[attr-defined]
    cursor.execute(INDEXES, {"table": table})  # type: ignore[attr-defined]
    indexes = cursor.fetchall()  # type: ignore[attr-defined]
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")  # type: ignore[attr-defined]
    made = [f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for name, definition in constraints]
    return [definition for _, definition in indexes] + made


CONSTRAINTS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %(table)s::regclass AND contype = 'u'
"""
INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
    WHERE i.indrelid = %(table)s::regclass AND NOT i.indisprimary
"""
HISTORY = """
    WITH house AS (
        SELECT a.id AS agency, array_agg(w.id ORDER BY w.id) AS clients
        FROM agencies_agency a JOIN workspaces_workspace w ON w.agency_id = a.id WHERE a.name = %(hot)s GROUP BY 1
    ), held AS (
        INSERT INTO billing_hold (agency_id, workspace_id, chatbot_id, period_start, key, fingerprint, units,
            held_at, settled_at)
        SELECT agency, clients[1 + n %% %(clients)s], n %% 40, date_trunc('month', at), 'history ' || n, '', 3, at, at
        FROM house, generate_series(1, %(exchanges)s) n,
             LATERAL (SELECT date_trunc('day', now()) - n * (%(days)s * interval '1 day' / %(exchanges)s) AS at) moment
        RETURNING id, agency_id, workspace_id, chatbot_id, period_start, settled_at
    )
    INSERT INTO billing_ledgerentry (agency_id, workspace_id, chatbot_id, conversation_id, hold_id, message_id, kind,
        speaker, words, units, rule, period_start, at, pool_after, reason)
    SELECT agency_id, workspace_id, chatbot_id, id / 4, id, 2 * id + side, (ARRAY['visitor', 'ai'])[1 + side],
        '', 20, 1, '20 words → 1 unit', period_start, settled_at, 0, '' FROM held, generate_series(0, 1) side
"""
COUNTED = """
    INSERT INTO billing_usageday (agency_id, day, workspace_id, chatbot_id, kind, messages, units)
    SELECT agency_id, (at AT TIME ZONE 'UTC')::date, workspace_id, chatbot_id, kind, count(*), sum(units)
    FROM billing_ledgerentry GROUP BY 1, 2, 3, 4, 5
"""
