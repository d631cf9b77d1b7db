"""Whose a row is, read from the models' foreign keys: a new table belongs to somebody without anybody typing."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model

from agencies.models import Agency, User
from chatbots.models import Chatbot
from tests.matrix.tables import OURS
from workspaces.models import Workspace

Table = type[Model]
Row = dict[str, Any]
Key = tuple[Table, Any]
ROOTS: tuple[Table, ...] = (Workspace, Agency, User)  # the closest first: a row that names several belongs to the first


@cache
def tables() -> list[Table]:
    """Every table whose rows belong to somebody, parents before their children."""
    ours = [table for table in apps.get_models(include_auto_created=True) if table._meta.app_label in OURS]
    found: list[Table] = [Agency, User, Workspace]
    while more := [table for table in ours if table not in found and any(map(found.__contains__, named_by(table)))]:
        found.extend(sorted(more, key=lambda table: table._meta.label))
    return found


def keys_of(table: Table) -> list[Any]:
    return [field for field in table._meta.concrete_fields if field.many_to_one or field.one_to_one]


def named_by(table: Table) -> list[Any]:
    return [field.related_model for field in keys_of(table)]


@cache
def names(table: Table) -> list[Any]:
    """The foreign keys by which a row says whose it is: its workspace, its agency, its parents, a person."""
    order: dict[Any, float] = {Workspace: 0, Agency: 1, User: 3}
    keys = [field for field in keys_of(table) if field.related_model in tables() and field.related_model is not table]
    return sorted(keys, key=lambda field: (order.get(field.related_model, 2), field.name not in ("user", "workspace")))


def level(table: Table) -> Table | None:
    """What a row of this table belongs to: Workspace, Agency or User."""
    if table in ROOTS:
        return {Workspace: Agency}.get(table, table)
    parents = names(table)
    return parents[0].related_model if parents[0].related_model in ROOTS else level(parents[0].related_model)


def rows(table: Table) -> dict[Any, Row]:
    """The table as it stands in the database, each row as JSON by its primary key."""
    key = table._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT t."{key}", to_jsonb(t)::text FROM "{table._meta.db_table}" t')
        return {pk: json.loads(text) for pk, text in cursor.fetchall()}


class Owners:
    """The tenant of every row that is known, and the chatbot that it belongs to."""

    def __init__(self, roots: dict[Key, str]) -> None:
        self.tenant: dict[Key, str] = dict(roots)
        self.chatbot: dict[Key, Any] = {}

    def learn(self, table: Table, every: dict[Any, Row]) -> None:
        for pk, row in every.items():
            self.tenant.setdefault((table, pk), self.of(table, row) or "nobody")
            self.chatbot.setdefault((table, pk), self.bot_of(table, pk, row))

    def of(self, table: Table, row: Row) -> str | None:
        """The tenant that a row names, through its parents if need be."""
        return next((self.tenant[key] for key in parents_of(table, row) if key in self.tenant), None)

    def bot_of(self, table: Table, pk: Any, row: Row) -> Any:
        if table is Chatbot:
            return pk
        bots = (key[1] if key[0] is Chatbot else self.chatbot.get(key) for key in parents_of(table, row))
        return next((bot for bot in bots if bot), row.get("chatbot_id"))


def parents_of(table: Table, row: Row) -> Iterator[Key]:
    """The rows that a row names, its workspace first: some columns name it without a foreign key."""
    if row.get("workspace_id") is not None:
        yield Workspace, row["workspace_id"]
    for field in names(table):
        if (pk := row.get(field.column)) is not None:
            yield field.related_model, pk
