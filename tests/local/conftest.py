"""A data directory of the test's own, and a launcher in a process of its own which a test may kill."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local import postgres
from tests.local.starts import CHECKOUT, LAUNCHER, Launch


@pytest.fixture
def data() -> Iterator[Path]:
    """Directly under the temporary directory, where every user can get: pytest's own folders are closed to others."""
    with tempfile.TemporaryDirectory(prefix="bureau-local-") as folder:
        yield Path(folder)
        postgres.reset(Path(folder))


@pytest.fixture
def launch(data: Path) -> Iterator[Launch]:
    started: list[subprocess.Popen[str]] = []

    def start(what: str) -> "subprocess.Popen[str]":
        command = [sys.executable, LAUNCHER, what, data]
        environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()
