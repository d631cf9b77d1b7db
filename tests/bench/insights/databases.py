"""Databases that are alike but for their ledger: one has clients, chatbots and rollups, the others are copies."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from agencies.access import set_staff_role
from agencies.models import Agency, User
from billing.models import Plan, Subscription
from chatbots.models import Chatbot
from tests.bench import database
from tests.bench.pool.databases import Database, taken_off
from workspaces.models import Workspace

CLIENTS, CHATBOTS, DAYS = 1_000, 5, 180  # chatbots of each client; days behind
WITH_TERMS = 20  # clients whose languages, pages and sources are there day by day, beside the agency's
DAY = "current_date - n"


@contextmanager
def of_ledgers(*sizes: int) -> Iterator[dict[int, Database]]:
    """A database for each number of ledger rows; all of them are dropped."""
    original = connection.settings_dict["NAME"]
    with database.of_its_own(f"insights_{os.getpid()}"), ExitStack() as stack:
        base = Database(connection.settings_dict["NAME"])
        make()
        database.settle()
        try:
            yield {size: stack.enter_context(copied(base, size)) for size in sizes}
        finally:
            base.use()
    connection.settings_dict["NAME"] = original


@contextmanager
def copied(base: Database, size: int) -> Iterator[Database]:
    copy = Database(f"{base.name}_{size}")
    elsewhere(base, f'CREATE DATABASE "{copy.name}" TEMPLATE "{base.name}"')
    try:
        copy.use()
        charge(size)
        database.settle()
        yield copy
    finally:
        elsewhere(base, f'DROP DATABASE IF EXISTS "{copy.name}" WITH (FORCE)')


def elsewhere(base: Database, statement: str) -> None:
    """What nobody may be connected to the base for."""
    Database("postgres").use()
    with connection.cursor() as cursor:
        cursor.execute(statement)
    base.use()


def make() -> None:
    """An agency with its owner, clients, chatbots, and what every one of them did on each day."""
    now = timezone.now()
    begun = now - timedelta(days=15)
    owner = User.objects.create_user("owner@example.com", "password", name="Owner")
    agency = Agency.objects.create(name="Large", approved_at=now, created_at=now - timedelta(days=DAYS))
    plan = Plan.objects.create(code="bench", name="Bench", messages=2_000_000_000)
    Subscription.objects.create(agency=agency, plan=plan, started_at=begun)
    set_staff_role(agency, user=owner, role="owner")
    clients = [Workspace(agency=agency, name=f"Client {n}", is_main=not n) for n in range(CLIENTS)]
    Workspace.objects.bulk_create(clients)
    bots = [Chatbot(workspace=client, name=f"Bot {n}") for client in clients for n in range(CHATBOTS)]
    Chatbot.objects.bulk_create(bots, batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in (OF_CHATBOTS, OF_WORKSPACES, OF_AGENCY, USED, TERMS, TERMS_OF_ALL, COUNTERS):
            cursor.execute(statement, {"days": DAYS, "some": WITH_TERMS, "start": begun.date()})
        cursor.execute("SET session_replication_role = origin")


def charge(rows: int) -> None:
    """So many ledger rows; that the rollups are not theirs to the row changes nothing of what a page reads."""
    with connection.cursor() as cursor:
        kept = taken_off(cursor, "billing_ledgerentry")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(LEDGER, {"rows": rows, "days": DAYS, "clients": CLIENTS, "bots": CLIENTS * CHATBOTS})
        cursor.execute("SET session_replication_role = origin")
        for statement in kept:
            cursor.execute(statement)


FIGURES = (
    "conversations, visitors, visitor_messages, ai_replies, human_replies, free_messages, free_replies, answered, "
    "unanswered, handed_over, thumbs_up, thumbs_down, leads"
)
ARRAYS = "begun_by_hour, asked_by_hour, returned, first_words, full_answers"
SUMS = ", ".join(f"sum({name})" for name in FIGURES.split(", "))
MAXIMA = ", ".join(f"max({name})" for name in ARRAYS.split(", "))
OF_CHATBOTS = f"""
    INSERT INTO chatbots_metricsday (agency_id, workspace_id, chatbot_id, day, {FIGURES}, {ARRAYS})
    SELECT w.agency_id, w.id, c.id, {DAY}, 5, 4, 12, 12, 1, 0, 0, 10, 1, 1, 1, 0, 1,
           array_fill(1, ARRAY[24]), array_fill(2, ARRAY[24]), array_fill(0, ARRAY[30]), array_fill(1, ARRAY[40]),
           array_fill(1, ARRAY[50])
    FROM chatbots_chatbot c JOIN workspaces_workspace w ON w.id = c.workspace_id, generate_series(0, %(days)s) n
"""
OF_WORKSPACES = f"""
    INSERT INTO chatbots_metricsday (agency_id, workspace_id, chatbot_id, day, {FIGURES}, {ARRAYS})
    SELECT agency_id, workspace_id, 0, day, {SUMS}, {MAXIMA} FROM chatbots_metricsday GROUP BY 1, 2, day
"""
OF_AGENCY = f"""
    INSERT INTO chatbots_metricsday (agency_id, workspace_id, chatbot_id, day, {FIGURES}, {ARRAYS})
    SELECT agency_id, NULL, 0, day, {SUMS}, {MAXIMA} FROM chatbots_metricsday WHERE chatbot_id = 0 GROUP BY 1, day
"""
USED = f"""
    INSERT INTO billing_usageday (agency_id, workspace_id, chatbot_id, day, kind, messages, units)
    SELECT w.agency_id, w.id, c.id, {DAY}, kind, 12, 12 FROM chatbots_chatbot c
    JOIN workspaces_workspace w ON w.id = c.workspace_id, generate_series(0, %(days)s) n,
        unnest('{{ai,visitor}}'::text[]) kind
"""
VALUES = "unnest('{language,page,source}'::text[]) dimension, generate_series(1, 5) value"
TERMS = f"""
    INSERT INTO chatbots_metricsterm (agency_id, workspace_id, chatbot_id, day, dimension, value, times)
    SELECT agency_id, workspace_id, chatbot_id, day, dimension, 'value ' || value, value
    FROM chatbots_metricsday, {VALUES}
    WHERE workspace_id IN (SELECT id FROM workspaces_workspace ORDER BY id LIMIT %(some)s)
"""
TERMS_OF_ALL = f"""
    INSERT INTO chatbots_metricsterm (agency_id, workspace_id, chatbot_id, day, dimension, value, times)
    SELECT agency_id, NULL, 0, day, dimension, 'value ' || n || value, value FROM chatbots_metricsday, {VALUES},
    generate_series(1, 20) n WHERE workspace_id IS NULL
"""  # as many as are kept of a day
COUNTERS = """
    INSERT INTO billing_workspaceperiod (agency_id, workspace_id, start, used, held)
    SELECT agency_id, id, %(start)s::timestamp AT TIME ZONE 'UTC', 1000 + id %% 700, 0 FROM workspaces_workspace
"""
LEDGER = """
    INSERT INTO billing_ledgerentry (agency_id, workspace_id, chatbot_id, conversation_id, hold_id, message_id, kind,
        speaker, words, units, rule, period_start, at, pool_after, reason)
    SELECT agency, clients[1 + n %% %(clients)s], 1 + n %% %(bots)s, n / 8, n / 2, n,
        (ARRAY['visitor', 'ai'])[1 + n %% 2], '', 20, 1, '20 words → 1 unit', date_trunc('month', at), at, 0, ''
    FROM (SELECT agency_id AS agency, array_agg(id ORDER BY id) AS clients FROM workspaces_workspace GROUP BY 1) house,
        generate_series(1, %(rows)s) n,
        LATERAL (SELECT now() - n * (%(days)s * interval '1 day' / %(rows)s) AS at) moment
"""
