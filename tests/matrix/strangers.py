"""To whoever is outside, a foreign id is an id that never was; and who is not signed in gets the login."""

import re
from collections.abc import Iterator
from urllib.parse import quote

from config.checks import Route
from tests.matrix import rules
from tests.matrix.addresses import address
from tests.matrix.cast import Actor
from tests.matrix.sending import HTMX, Seen, send
from tests.matrix.standing import LOGIN, STRANGER, expected, is_signed_in
from tests.matrix.world import ATTIC, BAKERY, BOOKSHOP, PLACES, Ways, World

WAYS: Ways = (("get", {}), ("post", {}), ("get", HTMX))
CLOCKS = ("Expires", "Last-Modified")
ONE_TIME = re.compile(
    r'(csrfmiddlewaretoken" value=|"X-CSRFToken": ?|csrftoken=|bureau_session=|bureau_last=|expires=)"?[^";]*'
)


def breaches(world: World, route: Route, actor: Actor) -> Iterator[str]:
    """Ask for each place that is not the actor's, and for a place that never was."""
    for method, headers in ways(world, route, actor):
        if not (foreign := foreign_places(world, route, actor, method)):
            continue
        missing = send(world, actor, method, address(world, route, None), headers=headers)
        for to, wanted in foreign.items():
            seen = send(world, actor, method, to, headers=headers)
            for breach in wrong(world, actor, seen, missing, wanted):
                yield f"{method.upper()} {seen.to} by {actor} from outside: {breach}"


def ways(world: World, route: Route, actor: Actor) -> Ways:
    """Past the login the guard answers a fragment's request as any other; insiders ask for those.

    From outside a role makes no difference: each has its turn, once with a page and once with what is sent.
    """
    if not is_signed_in(actor):
        return WAYS
    return world.shared(tuple(way for way in WAYS if not way[1]), route.pattern, actor)


def foreign_places(world: World, route: Route, actor: Actor, method: str) -> dict[str, str]:
    """{URL: what has to come}. Whoever is in neither of two siblings is asked about one of them."""
    every = (*PLACES, ATTIC) if actor.name == "archived" else PLACES
    foreign = {place: expected(world, actor, route, place, method) for place in every}
    foreign = {place: wanted for place, wanted in foreign.items() if wanted in (STRANGER, LOGIN)}
    if BAKERY in foreign:
        foreign.pop(BOOKSHOP, None)
    return {address(world, route, place): wanted for place, wanted in foreign.items()}


def wrong(world: World, actor: Actor, seen: Seen, missing: Seen, wanted: str) -> Iterator[str]:
    yield from rules.breaches(world, actor, seen, rules.of(world, actor), set())
    if wanted == LOGIN and not leads_to_login(seen):
        yield f"it answers {seen.status} instead of leading to the login"
    if wanted == STRANGER and seen.status not in (404, 405):
        yield f"it answers {seen.status}"
    if likeness(seen) != likeness(missing):
        yield f"it differs from a place that never was ({seen.status}, {missing.status})"


def leads_to_login(seen: Seen) -> bool:
    there = seen.headers.get("HX-Redirect") or seen.headers.get("Location", "")
    return seen.status == 405 or there.startswith("/accounts/login/?next=")


def likeness(seen: Seen) -> tuple[int, str, str]:
    """Status, body and headers, without one-time tokens and the address that was asked for."""
    headers = sorted(item for item in seen.headers.items() if item[0] not in CLOCKS)
    return seen.status, plain(seen, seen.body), plain(seen, str(headers))


def plain(seen: Seen, text: str) -> str:
    for spelt in (seen.to, quote(seen.to, safe=""), quote(seen.to)):
        text = text.replace(spelt, "/…/")
    return re.sub(r"'Content-Length', '\d+'", "", ONE_TIME.sub(r"\1", text))
