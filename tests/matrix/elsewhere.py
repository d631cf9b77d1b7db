"""The console's routes that no permission guards: everybody's own pages, invitations, accounts, and support's admin."""

from collections.abc import Iterator

from config.checks import Route
from tests.matrix import rules
from tests.matrix.addresses import address, children, parameters
from tests.matrix.cast import Actor
from tests.matrix.sending import Seen, send
from tests.matrix.standing import Knowledge, is_signed_in, opened, reach
from tests.matrix.strangers import WAYS, leads_to_login, likeness
from tests.matrix.tables import KEYS_OPEN
from tests.matrix.world import BAKERY, KIOSK, Place, Ways, World


def breaches(world: World, route: Route, actor: Actor) -> Iterator[str]:
    """Ask in each place, or once where the URL names none."""
    places = [BAKERY, KIOSK] if parameters(route) and route.access.kind in ("signed in", "public") else [BAKERY]
    for method, headers in ways(world, route, actor):
        for place in places:
            seen = send(world, actor, method, address(world, route, place), headers=headers)
            for breach in wrong(world, route, actor, place, seen):
                yield f"{method.upper()} {seen.to} by {actor}: {breach}"
            if foreign(world, route, actor, place):
                missing = send(world, actor, method, address(world, route, None), headers=headers)
                if likeness(seen) != likeness(missing):
                    yield f"{method.upper()} {seen.to} by {actor}: it differs from what never was"


def ways(world: World, route: Route, actor: Actor) -> Ways:
    """In allauth and in the admin roles differ in nothing, but support's."""
    if route.access.kind in ("signed in", "public"):
        return WAYS
    return WAYS[:2] if is_support(actor) else world.shared(WAYS[:2], route.pattern, actor)


def wrong(world: World, route: Route, actor: Actor, place: Place, seen: Seen) -> Iterator[str]:
    yield from rules.breaches(world, actor, seen, known(world, route, actor, place), mine(world, route, actor, place))
    kind = route.access.kind
    if kind == "signed in" and not is_signed_in(actor) and not leads_to_login(seen):
        yield f"it answers {seen.status} instead of leading to the login"
    if kind == "support" and not is_support(actor) and seen.status == 200:
        yield "it opens to somebody who is not support"


def known(world: World, route: Route, actor: Actor, place: Place) -> Knowledge:
    """What the actor knows, what a key in the URL opens, and to support in the admin everything."""
    if route.access.kind == "support" and is_support(actor):
        return Knowledge(tenants=set(world.owners.tenant.values()))
    whole = rules.of(world, actor)
    for name in set(parameters(route)) & set(KEYS_OPEN):
        whole |= opened(world, KEYS_OPEN[name], place)
    return whole


def mine(world: World, route: Route, actor: Actor, place: Place) -> set[str]:
    """Whose rows may change: also those of the place whose key was shown by whom it was meant for."""
    if route.access.kind == "support" and is_support(actor):
        return set(world.owners.tenant.values()) | {"somebody new"}
    own = rules.changeable(world, actor) | {"somebody new"}
    meant = "token" in parameters(route) and (actor.name == "invited" or not is_signed_in(actor))
    return own | {place.workspace} if meant else own


def is_support(actor: Actor) -> bool:
    return bool(actor.user and actor.user.is_active and actor.user.is_staff)


def foreign(world: World, route: Route, actor: Actor, place: Place) -> bool:
    """Whether the URL of a page for everybody signed in names something of a place that is not this person's."""
    return (
        route.access.kind == "signed in"
        and bool(children(route) or {"agency_id", "workspace_id"} & set(parameters(route)))
        and is_signed_in(actor)
        and not {place.workspace, place.agency} & reach(world, actor.user.pk)
    )
