"""A data directory of the test's own, a launcher in a process of its own which a test may kill, and a shop."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config.local import postgres
from config.local.checkout import server
from tests.local import shop
from tests.local.shop import Received, Shop
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


@pytest.fixture
def open_shop(data: Path) -> Iterator[Callable[[], Shop]]:
    """Opens a shop with a stand-in for Stripe beside it; a second one finds what the first left."""
    opened: list[Any] = []

    def start() -> Shop:
        received: list[Received] = []
        refusals: list[int] = []
        webhook = shop.receiver(received, refusals)
        url, clock = f"http://127.0.0.1:{webhook.server_port}/webhooks/stripe/", shop.Clock()
        standin = server.opened(
            "127.0.0.1",
            0,
            key=shop.KEY,
            webhook=url,
            secret=shop.SECRET,
            file=data / "checkout.json",
            pauses=(0.01, 0.01),
            clock=clock,
        )
        for each in (webhook, standin):
            shop.in_background(each.serve_forever)
            opened.append(each)
        return Shop(f"http://127.0.0.1:{standin.server_port}", received, refusals, clock)

    yield start
    for each in opened:
        each.shutdown()
        each.server_close()


@pytest.fixture
def a_shop(open_shop: Callable[[], Shop]) -> Shop:
    return open_shop()
