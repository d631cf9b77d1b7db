"""A database of a benchmark's own, on the server that DATABASE_URL names: made, migrated, and dropped."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def of_its_own(area: str) -> Iterator[None]:
    """Everything inside uses it. It is dropped at the end, also after a failure, Ctrl-C or a request to stop."""
    signal.signal(signal.SIGTERM, stop)
    original = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bureau_bench_{area}_{os.getpid()}"
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        yield
    finally:
        drop(original)


def drop(original: str) -> None:
    """Drop the database, unless it was not even made."""
    if connection.settings_dict["NAME"] != original:
        connection.creation.destroy_test_db(original, verbosity=0)


def stop(*_: Any) -> None:
    raise SystemExit("Told to stop.")


def settle() -> None:
    """Bring tables and statistics into the state in which autovacuum leaves them after a while."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def rows_in(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])
