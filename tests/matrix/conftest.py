"""The world of the matrix, and the sum of its requests."""

from collections import defaultdict
from collections.abc import Iterator
from time import monotonic
from typing import Any
from zlib import crc32

import pytest
from django.db import transaction

from config import checks
from tests.matrix import world as worlds
from tests.matrix.world import World

SAID = "matrix"
# Of how many routes one is looked at.
TURNS = [("matrix/test_sabotage", 32), ("matrix/test_bodies", 40), ("matrix/test_guarded", 12)]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The shorter round takes the guards of every 32nd route away, tries the bodies of every fortieth, and asks
    every twelfth in all ways.
    """
    if config.getoption("--whole", default=False):
        return
    left_out = [item for item in items if not all(is_in_turn(item, n) for name, n in TURNS if name in item.nodeid)]
    config.hook.pytest_deselected(items=left_out)
    out = set(left_out)
    items[:] = [item for item in items if item not in out]


def is_in_turn(item: pytest.Item, every: int) -> bool:
    route = getattr(item, "callspec", None) and item.callspec.params.get("route")  # type: ignore[attr-defined]
    return not route or crc32(route.name.encode()) % every == 0


@pytest.fixture(scope="package")
def world(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once for all modules, which leave it as it was, and rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        built = worlds.build()
        built.whole = request.config.getoption("--whole", default=False)
        yield built
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _quiet(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that can be looked into, and a public door that keeps the test's connection."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "matrix"}}
    monkeypatch.setattr("chatbots.answers.waiting.close_old_connections", lambda: None)


@pytest.fixture(autouse=True)
def _count(request: pytest.FixtureRequest) -> Iterator[None]:
    """Note what this test sent, so that the summary can add it up, on two workers too."""
    if "world" not in request.fixturenames:
        yield
        return
    world = request.getfixturevalue("world")
    before, begun = world.requests, monotonic()
    yield
    sent = {"requests": world.requests - before, "seconds": monotonic() - begun, "people": len(world.actors)}
    request.node.user_properties.append((SAID, sent))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how much was asked. Every test's teardown carries its numbers, from whichever process it ran in."""
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for report in (each for reports in terminalreporter.stats.values() for each in reports):
        if getattr(report, "when", "") == "teardown":
            module = report.nodeid.partition("::")[0].rpartition("/test_")[2].removesuffix(".py")
            parts[module] += [sent for name, sent in report.user_properties if name == SAID]
    rows = {module: sent for module, sent in parts.items() if sent}
    for module, sent in sorted(rows.items()):
        terminalreporter.write_line(f"matrix: {module:<10} {told(sent)}")
    if rows:
        every = [sent for part in rows.values() for sent in part]
        terminalreporter.write_line(f"matrix: {len(checks.routes())} routes, {every[0]['people']} kinds of people")
        terminalreporter.write_line(f"figure: matrix requests = {sum(sent['requests'] for sent in every)}")
        terminalreporter.write_line(f"figure: matrix seconds = {sum(sent['seconds'] for sent in every):.1f}")


def told(sent: list[dict[str, Any]]) -> str:
    requests, seconds = sum(each["requests"] for each in sent), sum(each["seconds"] for each in sent)
    return f"{requests:>7,} requests {seconds:>7.1f} seconds {len(sent):>5} tests"
