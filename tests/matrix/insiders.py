"""Whoever is inside gets in exactly when their role says so, and sees and changes nothing of others."""

from collections.abc import Iterator, Mapping
from typing import Any

from agencies.permissions import MemberRole, StaffRole
from config.checks import Route
from tests.matrix import rules
from tests.matrix.addresses import NOWHERE, address, children, value
from tests.matrix.cast import Actor
from tests.matrix.sending import HTMX, Seen, send
from tests.matrix.standing import FORBIDDEN, MAY, expected
from tests.matrix.strangers import WAYS, likeness
from tests.matrix.world import BAKERY, BOOKSHOP, KIOSK, PLACES, Place, Ways, World

OUTERMOST = (StaffRole.values[0], MemberRole.values[-1])
NUMBERS = (0, 2**31, 2**63, 10**40)


def breaches(world: World, route: Route, actor: Actor) -> Iterator[str]:
    for method, headers in ways(world, route, actor):
        at_home = [place for place in PLACES if expected(world, actor, route, place, method) in (MAY, FORBIDDEN)]
        for place in at_home[:1]:
            seen = send(world, actor, method, address(world, route, place), headers=headers)
            for breach in wrong(world, actor, seen, expected(world, actor, route, place, method)):
                yield f"{method.upper()} {seen.to} by {actor} from inside: {breach}"


def ways(world: World, route: Route, actor: Actor) -> Ways:
    """A page and what is sent, as each role; as a fragment and only the head, as those who may the most and least."""
    plain, other = WAYS[:2], (("get", HTMX), ("post", HTMX), ("head", {}))
    return (*plain, *(other if world.whole or actor.name in OUTERMOST else ()))


def wrong(world: World, actor: Actor, seen: Seen, wanted: str) -> Iterator[str]:
    yield from rules.breaches(world, actor, seen, rules.of(world, actor), rules.changeable(world, actor))
    if seen.status == 405:
        return
    if (seen.status == 403) != (wanted == FORBIDDEN) or seen.status == 404:
        yield f"the role says {wanted}, and it answers {seen.status}"
    if seen.status < 400:
        yield from private(seen)


def private(seen: Seen) -> Iterator[str]:
    if "no-store" not in seen.headers.get("Cache-Control", ""):
        yield "caches may keep it"
    if "HX-Request" not in seen.headers.get("Vary", ""):
        yield "a cache may take its fragment for its page"


# --- what a URL names inside one's own tenant ------------------------------------------------------------------------


def of_others(world: World, route: Route, actor: Actor) -> Iterator[str]:
    """One's own tenant with a child of another is one's own tenant with a child that never was."""
    for method in ("get", "post"):
        missing: dict[str, Seen] = {}
        for instead in foreign_children(world, route):
            nowhere = address(world, route, BAKERY, dict.fromkeys(instead, NOWHERE))
            if nowhere not in missing:
                missing[nowhere] = send(world, actor, method, nowhere)
            seen = send(world, actor, method, address(world, route, BAKERY, instead))
            for breach in unlike(world, actor, seen, missing[nowhere]):
                yield f"{method.upper()} {seen.to} by {actor}, a child of another: {breach}"


def least_and_most(world: World, route: Route) -> list[Actor]:
    """Of those who may post here, the one with the widest reach and the one with the narrowest."""
    able = [actor for actor in world.actors if actor.user and expected(world, actor, route, BAKERY, "post") == MAY]
    return list({actor.name: actor for actor in (able[:1] + able[-1:])}.values())


def foreign_children(world: World, route: Route) -> Iterator[Mapping[str, Any]]:
    """Each child by itself, and all of them, of the workspace next door and of another agency."""
    elsewhere: list[Place] = [KIOSK] if route.access.kind == "agency" else [BOOKSHOP, KIOSK]
    names = children(route)
    for place in elsewhere:
        for chosen in [[name] for name in names] + ([names] if len(names) > 1 else []):
            yield {name: value(world, route, name, place) for name in chosen}


def unlike(world: World, actor: Actor, seen: Seen, missing: Seen) -> Iterator[str]:
    yield from rules.breaches(world, actor, seen, rules.of(world, actor), rules.changeable(world, actor))
    if seen.status not in (404, 405):
        yield f"it answers {seen.status}"
    if likeness(seen) != likeness(missing):
        yield f"it differs from one that never was ({seen.status}, {missing.status})"


def of_any_size(world: World, route: Route, actor: Actor) -> Iterator[str]:
    """A number that no key can have is not there, alone or inside one's own tenant."""
    keys = [name for name in children(route) if value(world, route, name, None) == NOWHERE]
    tenants = ["agency_id" if route.access.kind == "agency" else "workspace_id"]
    for number in NUMBERS:
        for names in filter(None, (tenants, keys)):
            seen = send(world, actor, "get", address(world, route, BAKERY, dict.fromkeys(names, number)))
            if seen.status not in (404, 405) or seen.crash:
                yield f"GET {seen.to[:120]} by {actor}: it answers {seen.status} {seen.crash}"
