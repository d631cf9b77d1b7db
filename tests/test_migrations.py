"""Each floor has one migration in the place of those that were there before: both ways lead to the same database."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import connection

HOUSE = Path(__file__).resolve().parents[1]


@pytest.fixture
def made(transactional_db: None) -> Iterator[Callable[..., dict[str, list[Any]]]]:
    """What migrations make of an empty database."""
    names = []

    def make(*way: str) -> dict[str, list[Any]]:
        names.append(f"migrated_{uuid4().hex[:8]}")
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {names[-1]} TEMPLATE template0")
        url = urlsplit(os.environ["DATABASE_URL"])
        known = os.environ | {"DATABASE_URL": url._replace(path=str(Path(url.path).with_name(names[-1]))).geturl()}
        command = [sys.executable, "-m", "tests.migrated", *way]
        return json.loads(subprocess.run(command, cwd=HOUSE, env=known, stdout=subprocess.PIPE, check=True).stdout)

    yield make
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.slow
def test_the_old_migrations_and_those_in_their_place_make_the_same(made: Callable[..., dict[str, list[Any]]]) -> None:
    new, old = made(), made("old")
    assert len(new["columns"]) > 500
    for name, rows in new.items():
        assert rows == old[name], name
