"""A word of its own in every text column of every tenant and person; whoever reads one knows whose it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, models, transaction

from tests.matrix import tenancy
from tests.matrix.tables import KEPT, NOBODYS
from tests.matrix.tenancy import Owners, Table

SUNG = re.compile(r"canary([a-z]+)\d*")
LONGEST = 30  # characters of a word
TEXT = (models.CharField, models.TextField, models.JSONField, ArrayField)


@dataclass(frozen=True)
class Canary:
    """Where a word stands: whose it is, in which column, and of which chatbot."""

    tenant: str
    column: str
    chatbot: Any = None


@dataclass
class Canaries:
    """All words that were put out."""

    known: dict[str, Canary] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(100))

    def word(self, tenant: str, column: str, chatbot: Any = None) -> str:
        word = f"canary{tenant}{next(self.numbers)}"
        self.known[word] = Canary(tenant, column, chatbot)
        return word

    def heard(self, text: str) -> dict[str, Canary]:
        """The words in a text. One that is cut off counts as its tenant's, whatever column it was."""
        found = {match[0]: match[1] for match in SUNG.finditer(text.lower())} if "canary" in text.lower() else {}
        return {word: self.known.get(word, Canary(tenant, "cut off")) for word, tenant in found.items()}


def column(of: Any) -> str:
    return f"{of.model._meta.label}.{of.name}"


def kept(of: Any) -> bool:
    return of.name in KEPT or column(of) in KEPT


def texts(table: Table) -> list[Any]:
    """The free text columns of a table."""
    return [
        of
        for of in table._meta.concrete_fields
        if isinstance(of, TEXT)
        and not isinstance(getattr(of, "base_field", None), models.IntegerField)
        and not of.choices
        and not of.primary_key
        and not getattr(of, "generated", False)
    ]


def uncovered() -> list[str]:
    """What keeps a text column of ours from holding a word: nobody said whose it is, or it is too short."""
    found = []
    for table in apps.get_models():
        if table._meta.app_label not in tenancy.OURS or table._meta.label in NOBODYS:
            continue
        for of in texts(table):
            if table not in tenancy.tables():
                found.append(f"{column(of)}: nobody owns the row. Give it a tenant, or put the model into NOBODYS")
            elif not kept(of) and (of.max_length or LONGEST) < LONGEST:
                found.append(f"{column(of)}: too short for a canary. Put it into KEPT, with the reason")
    return [f"{line} in tests/matrix/tables.py." for line in found]


def fill(canaries: Canaries, owners: Owners) -> None:
    """Put a word into each of them, past triggers that let rows only be appended."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tenancy.tables():
            if columns := [of for of in texts(table) if not kept(of)]:
                cursor.execute(f'ALTER TABLE "{table._meta.db_table}" DISABLE TRIGGER USER')
                fill_table(canaries, owners, table, columns)
                cursor.execute(f'ALTER TABLE "{table._meta.db_table}" ENABLE TRIGGER USER')


def fill_table(canaries: Canaries, owners: Owners, table: Table, columns: list[Any]) -> None:
    for row in table._base_manager.all():
        tenant, chatbot = owners.tenant[table, row.pk], owners.chatbot.get((table, row.pk))
        values = {of.name: spelt(of, row, canaries.word(tenant, column(of), chatbot)) for of in columns}
        filled = {name: word for name, word in values.items() if getattr(row, name)}
        try:
            put(table, row, values) or put(table, row, filled, strictly=True)
        except DatabaseError as error:
            raise AssertionError(f"{table._meta.label} takes no canary ({error}). See KEPT in tables.py.") from error


def put(table: Table, row: Any, values: dict[str, Any], *, strictly: bool = False) -> bool:
    """Whether the row takes these words: of some rows a column has to stay empty."""
    try:
        with transaction.atomic():
            table._base_manager.filter(pk=row.pk).update(**values)
    except DatabaseError:
        if strictly:
            raise
        return False
    return True


def spelt(of: Any, row: Any, word: str) -> Any:
    """The word in the form that the column wants."""
    if isinstance(of, ArrayField):
        return [word]
    if isinstance(of, models.JSONField):
        return leaves(getattr(row, of.attname), word)
    if isinstance(of, models.EmailField):
        return f"{word}@example.com"
    return f"https://{word}.example/" if isinstance(of, models.URLField) else word


def leaves(value: Any, word: str) -> Any:
    """JSON of the same shape, with the word wherever a text was."""
    if isinstance(value, dict) and value:
        return {key: leaves(inner, word) for key, inner in value.items()}
    if isinstance(value, list):
        return [leaves(inner, word) for inner in value] or [word]
    return value if isinstance(value, bool | int | float) else {"text": word} if value in (None, {}) else word
