"""How many rows the database reads for a page: the page's own queries, explained."""

import json
from collections.abc import Callable
from typing import Any

from django.db import connection

from tests.queries import sent_by

UNTOUCHED = ("SAVEPOINT", "RELEASE", "ROLLBACK", "UPDATE", "INSERT", "DELETE", "SET")


def rows_of(page: Callable[[], Any]) -> tuple[int, int]:
    """(queries, rows that scans of tables and indexes gave or threw away)."""
    queries = sent_by(page)
    asked = [sql for sql in queries if not sql.startswith(UNTOUCHED)]
    return len(queries), sum(explained(sql) for sql in asked)


def explained(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        found = cursor.fetchone()[0]
    return round(read(json.loads(found)[0]["Plan"] if isinstance(found, str) else found[0]["Plan"]))


def read(plan: dict[str, Any]) -> float:
    """The rows of a node's own scan, and of the nodes below it."""
    own = 0.0
    if "Relation Name" in plan:
        thrown = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        own = (plan["Actual Rows"] + thrown) * plan["Actual Loops"]
    return own + sum(read(below) for below in plan.get("Plans", []))
