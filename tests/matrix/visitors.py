"""The public door: who holds a chatbot's address reads what that chatbot says, and nothing else of anybody."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from chatbots.models import Chatbot
from config.checks import Route
from tests.matrix import bodies, rules
from tests.matrix.addresses import UNKNOWN, parameters
from tests.matrix.cast import VISITOR
from tests.matrix.houses import TOKENS
from tests.matrix.sending import Seen, send
from tests.matrix.standing import Knowledge
from tests.matrix.tables import KEYS_OPEN, OPEN_TO_SITES, OWN_CONVERSATION
from tests.matrix.world import BAKERY, KIOSK, Place, World

QUESTION = "When does the house open in the morning?"
FRAGMENT = {"X-Fragment": "1"}
STREAM = {"X-Fragment": "1", "Accept": "text/event-stream"}


def breaches(world: World, route: Route) -> Iterator[str]:
    """Ask each chatbot of two tenants, with a conversation of one's own, somebody else's token, and foreign keys."""
    for place in (BAKERY, KIOSK):
        for bot in Chatbot.objects.filter(workspace=world.houses[place.workspace]):
            for how, method, data, headers in ways(world, place):
                seen = send(world, VISITOR, method, path(route, bot.public_id), data, headers)
                own = data.get("token") == TOKENS[place.workspace]
                for breach in but_for_sites(route, wrong(world, place, bot, seen, own)):
                    yield f"{method.upper()} {seen.to} ({place}'s) by visitor, {how}: {breach}"
    yield from of_none(world, route)


def ways(world: World, place: Place) -> Iterator[tuple[str, str, Mapping[str, Any], Mapping[str, str]]]:
    elsewhere = KIOSK if place is BAKERY else BAKERY
    foreign = bodies.columns(world, elsewhere)
    yield "looking", "get", {}, {}
    yield "looking with foreign keys", "get", foreign, {}
    yield "sending nothing", "post", {}, {}
    for headers in ({}, FRAGMENT, STREAM):
        yield "asking", "post", question("v" * 43), headers
        yield "in the own conversation", "post", question(TOKENS[place.workspace]), headers
        yield "with a foreign token", "post", question(TOKENS[elsewhere.workspace]), headers
        yield "with foreign keys", "post", foreign | question("v" * 43), headers


def question(token: str) -> dict[str, str]:
    """A message, and what a visitor types besides to leave it for the team."""
    left = {"request_key": str(uuid4()), "name": "Visitor", "email": "visitor@example.com"}
    return {"token": token, "message_id": str(uuid4()), "text": QUESTION, **left}


def wrong(world: World, place: Place, bot: Chatbot, seen: Seen, own: bool) -> Iterator[str]:
    columns = KEYS_OPEN["public_id"] | (OWN_CONVERSATION if own else set())
    shown = Knowledge(columns={(place.workspace, column) for column in columns}, chatbot=bot.pk)
    changed = {place.workspace, f"{place.agency} by use"}
    yield from rules.breaches(world, VISITOR, seen, shown, changed)
    if seen.headers.get("Set-Cookie") or any(name.startswith("Set-Cookie") for name in seen.headers):
        yield "it sets a cookie"


def but_for_sites(route: Route, breaches: Iterator[str]) -> Iterator[str]:
    """The breaches, without what is meant for other sites and for caches."""
    meant = {"it lets other sites read it", "caches may keep it"} if route.name in OPEN_TO_SITES else set()
    return (breach for breach in breaches if breach not in meant)


def of_none(world: World, route: Route) -> Iterator[str]:
    """An address that was given to no chatbot: nothing is there, and nothing happens."""
    for method, data in (("get", {}), ("post", question("v" * 43))):
        seen = send(world, VISITOR, method, path(route, UNKNOWN["public_id"]), data)
        again = send(world, VISITOR, method, path(route, "f" * 24), data)
        for breach in but_for_sites(route, rules.breaches(world, VISITOR, seen, Knowledge(), set())):
            yield f"{method.upper()} {seen.to} by visitor: {breach}"
        if (seen.status < 300 and parameters(route)) or seen.status != again.status:
            yield f"{method.upper()} {seen.to} by visitor: it answers {seen.status}"


def unsigned(world: World, route: Route) -> Iterator[str]:
    """What only a signature or a key opens, called without: nothing is told and nothing happens, whatever is sent."""
    for method, data in (("get", {}), ("post", {}), ("post", bodies.columns(world, KIOSK))):
        seen = send(world, VISITOR, method, f"/{route.pattern}", data)
        for breach in rules.breaches(world, VISITOR, seen, Knowledge(), set()):
            yield f"{method.upper()} {seen.to} by visitor: {breach}"
        if seen.status not in (400, 401, 405):
            yield f"{method.upper()} {seen.to} by visitor: it answers {seen.status}"


def path(route: Route, public_id: str) -> str:
    assert parameters(route) in ([], ["public_id"]), (
        f"{route.pattern}: tests/matrix/visitors.py knows chatbots' addresses only"
    )
    return "/" + re.sub(r"<[^>]+>", public_id, route.pattern)


def statuses(world: World, route: Route) -> list[int]:
    """How a question is answered at Bakery's chatbots."""
    every = Chatbot.objects.filter(workspace=world.houses["bakery"])
    asked = question("v" * 43)
    return [send(world, VISITOR, "post", path(route, bot.public_id), asked).status for bot in every]
