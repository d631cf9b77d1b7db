"""The matrix as plain functions: the breaches that people find on routes, as sentences. None is the promise."""

from collections.abc import Callable, Iterable, Iterator

from config import checks
from config.checks import Route
from tests.matrix import bodies as sent
from tests.matrix import elsewhere as others
from tests.matrix import insiders, strangers
from tests.matrix.addresses import address
from tests.matrix.cast import VISITOR, Actor
from tests.matrix.sending import send
from tests.matrix.world import BAKERY, World

GUARDED = {"agency", "workspace"}
KINDS = GUARDED | {"signed in", "public", "account", "support"}
SHOWN = 12
Rule = Callable[[World, Route, Actor], Iterator[str]]
OF_GUARDED: tuple[Rule, ...] = (strangers.breaches, insiders.breaches)


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
        for actor in insiders.least_and_most(world, route):
            yield from insiders.of_others(world, route, actor)
        yield from insiders.of_any_size(world, route, world.actor("owner"))


def elsewhere(world: World, chosen: Iterable[Route], actors: Iterable[Actor] | None = None) -> Iterator[str]:
    """The same on the console's other routes."""
    people = [actor for actor in (world.actors if actors is None else actors) if actor is not VISITOR]
    return (breach for route in chosen for actor in people for breach in others.breaches(world, route, actor))


def bodies(world: World, chosen: Iterable[Route]) -> Iterator[str]:
    """What comes of bodies and queries on guarded routes, sent by those with the widest and the narrowest reach."""
    for route in chosen:
        for actor in insiders.least_and_most(world, route):
            yield from sent.breaches(world, route, actor)


def without_a_form(world: World) -> list[str]:
    """Guarded routes that take a POST, and that neither the owner nor a manager finds a form for."""
    shown = {name for actor in ("owner", "manager") for name in sent.found(world, world.actor(actor))}
    return [
        f"{route.name}: no page of the world shows a form for it. Say in TYPED of tests/matrix/tables.py what is sent"
        for route in routes(*GUARDED)
        if route.name not in shown and takes_a_post(world, route)
    ]


def takes_a_post(world: World, route: Route) -> bool:
    return send(world, world.actor("owner"), "post", address(world, route, BAKERY)).status != 405


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
