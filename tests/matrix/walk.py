"""The matrix as one function: the breaches that these people find on these routes, as sentences. None is the promise."""

from collections.abc import Callable, Iterable, Iterator

from config import checks
from config.checks import Route
from tests.matrix import insiders, strangers
from tests.matrix.cast import VISITOR, Actor
from tests.matrix.world import World

GUARDED = {"agency", "workspace"}
KINDS = GUARDED | {"signed in", "public", "account", "support"}
SHOWN = 12
Rule = Callable[[World, Route, Actor], Iterator[str]]
OF_GUARDED: tuple[Rule, ...] = (strangers.breaches, insiders.breaches, insiders.of_others)


def routes(*kinds: str) -> list[Route]:
    """The routes of both doors, or those whose views declare one of these kinds."""
    return [route for route in checks.routes() if not kinds or (route.access and route.access.kind in kinds)]


def guarded(world: World, chosen: Iterable[Route], actors: Iterable[Actor] | None = None) -> Iterator[str]:
    """The breaches on guarded routes, found one by one: who only wants to know whether there is any stops early."""
    people = [actor for actor in (world.actors if actors is None else actors) if actor is not VISITOR]
    for route in chosen:
        for rule in OF_GUARDED:
            for actor in people:
                yield from rule(world, route, actor)
        yield from insiders.of_any_size(world, route, world.actor("owner"))


def undeclared() -> list[str]:
    """Routes of which nobody said who may call them, or in a word that the matrix does not know."""
    return [
        f"{route.door}: {route.pattern!r} declares {route.access}: tests/matrix/walk.py has no rule for that"
        for route in checks.routes()
        if route.access is None or route.access.kind not in KINDS
    ]


def expect_none(breaches: Iterable[str]) -> None:
    """Fail with the breaches as lines, the first of many."""
    found = list(breaches)
    assert not found, "\n".join([f"{len(found)} breaches", *found[:SHOWN]])
