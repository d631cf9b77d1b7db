"""The world of the matrix, and the sum of its requests."""

from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
from django.db import transaction

from tests.matrix import world as worlds
from tests.matrix.world import World

SAID = "matrix"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once for a module, and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield worlds.build()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _quiet(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that can be looked into, and a public door that keeps the test's connection."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "matrix"}}
    monkeypatch.setattr("chatbots.answers.exchange.close_old_connections", lambda: None)


@pytest.fixture(autouse=True)
def _count(request: pytest.FixtureRequest) -> Iterator[None]:
    """Note what this test sent, so that the summary can add it up, on two workers too."""
    if "world" not in request.fixturenames:
        yield
        return
    world = request.getfixturevalue("world")
    before, begun = world.requests, monotonic()
    yield
    request.node.user_properties.append((SAID, (world.requests - before, monotonic() - begun)))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how much was asked. Every test's teardown carries its numbers, from whichever process it ran in."""
    reports = [report for each in terminalreporter.stats.values() for report in each if hasattr(report, "when")]
    ends = [report for report in reports if report.when == "teardown"]
    told = [value for report in ends for name, value in report.user_properties if name == SAID]
    if told:
        requests, seconds = sum(sent for sent, _ in told), sum(took for _, took in told)
        terminalreporter.write_line(f"figure: matrix requests = {requests}")
        terminalreporter.write_line(f"figure: matrix seconds = {seconds:.1f}")
