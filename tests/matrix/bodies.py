"""What is sent, not only where to: real forms, then the same with foreign keys, and with fields that no form offers.

The tenant comes from the URL and from who asks. Whatever a body, a query or a header says besides, nothing of others
may be told or changed, and the row that comes of it is the same.
"""

import re
from collections.abc import Container, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.urls import Resolver404, resolve

from config import checks
from config.checks import Route
from tests.matrix import forms, rules, tenancy
from tests.matrix.addresses import NOWHERE, address, parameters, value
from tests.matrix.cast import Actor
from tests.matrix.forms import Form
from tests.matrix.sending import HTMX, Seen, send
from tests.matrix.standing import MAY, expected
from tests.matrix.tables import CONSTANTS, TYPED
from tests.matrix.world import BAKERY, BOOKSHOP, KIOSK, Place, World

FORMS = "forms"
LATER = "2031-05-06T07:08:09+00:00"
A_TIME = re.compile(r"\d{4}-\d\d-\d\d")
FIRST_KEY = 700_000  # see keep_keys_apart
POWER: tuple[tuple[type, str], ...] = ((models.BooleanField, "on"), (models.DateField, LATER), (models.UUIDField, ""))


def breaches(world: World, route: Route, actor: Actor) -> Iterator[str]:
    """On a route that this actor may use: its query, and every form for it that the actor finds on any page."""
    yield from queries(world, route, actor)
    for form in found(world, actor).get(route.name, []):
        yield from sent(world, actor, form)


def found(world: World, actor: Actor) -> dict[str, list[Form]]:
    """{route: its forms}, from all pages of Bakery that this actor may see; one of each kind."""
    return world.once((FORMS, "", actor.name), lambda: by_route(world, kinds(world, actor)))


def kinds(world: World, actor: Actor) -> dict[tuple[str, ...], Form]:
    """Forms on pages, and those that sending them leads to without leaving the page: the next step of a flow."""
    known: dict[tuple[str, ...], Form] = {}
    waiting = [form for page in pages(world, actor) for form in shown(world, actor, "get", page)]
    while waiting:
        form = waiting.pop(0)
        kind = (*target(form.action), *sorted(form.fields))
        if kind not in known:
            known[kind] = form
            waiting += shown(world, actor, "post", form.action, form.fields, HTMX)
    return known


def shown(world: World, actor: Actor, method: str, to: str, *body: Any) -> list[Form]:
    """The forms in an answer, which is the same for as long as its route's view is."""

    def read() -> list[Form]:
        seen = send(world, actor, method, to, *body)
        return forms.read(to, seen.body) if seen.status in (200, 422) else []

    return world.once((FORMS, target(to)[0], actor.name, method, to, str(body)), read)


def forget_forms(world: World, route: Route) -> None:
    """Read this route's forms anew: its view is another now."""
    for what in [what for what in world.worked_out if what[0] == FORMS and what[1] in ("", route.name)]:
        del world.worked_out[what]


def pages(world: World, actor: Actor) -> list[str]:
    from tests.matrix import walk

    seen = [
        route for route in walk.routes("agency", "workspace") if expected(world, actor, route, BAKERY, "get") == MAY
    ]
    return [address(world, route, BAKERY) for route in seen]


def by_route(world: World, kinds: dict[tuple[str, ...], Form]) -> dict[str, list[Form]]:
    sorted_out: dict[str, list[Form]] = {}
    for (name, *_), form in kinds.items():
        sorted_out.setdefault(name, []).append(form)
    for route in checks.routes():
        if route.name in TYPED and route.name not in sorted_out:
            sorted_out[route.name] = [Form(address(world, route, BAKERY), dict(TYPED[route.name]))]
    return sorted_out


def target(action: str) -> tuple[str, ...]:
    """The route that a form leads to, with what its URL says besides keys of rows."""
    try:
        match = resolve(urlsplit(action).path, urlconf="config.urls")
    except Resolver404:
        return (action,)
    return match.view_name, *(str(value) for name, value in match.kwargs.items() if name in CONSTANTS)


# --- the body --------------------------------------------------------------------------------------------------------


def sent(world: World, actor: Actor, form: Form) -> Iterator[str]:
    """As it is; with foreign keys in place of its own; with every column there is besides."""
    as_it_is = send(world, actor, "post", form.action, form.fields)
    yield from told(world, actor, as_it_is, "as the page shows it")
    for place in elsewhere(actor):
        for name in form.key_fields():
            for key in keys(world, place):
                seen = send(world, actor, "post", form.action, forms.changed(form, **{name: key}))
                yield from told(world, actor, seen, f"{name}={key} of {place}")
        more = {name: value for name, value in columns(world, place).items() if name not in form.fields}
        seen = send(world, actor, "post", form.action, more | form.fields)
        yield from told(world, actor, seen, f"with every column, of {place}")
        if effects(world, seen, more) != effects(world, as_it_is, more):
            yield f"POST {form.action} by {actor}: fields that no form offers are obeyed: {effects(world, seen, more)}"


def told(world: World, actor: Actor, seen: Seen, how: str) -> Iterator[str]:
    for breach in rules.breaches(world, actor, seen, rules.of(world, actor), rules.changeable(world, actor)):
        yield f"{seen.method} {seen.to} by {actor}, {how}: {breach}"


def elsewhere(actor: Actor) -> list[Place]:
    from agencies.permissions import StaffRole

    return [KIOSK] if actor.name in StaffRole.values else [BOOKSHOP, KIOSK]


def keys(world: World, place: Place) -> list[int]:
    """The keys of the rows that another place's URLs may name."""
    return world.once(("named", place), lambda: sorted(named_keys(world, place)))


def named_keys(world: World, place: Place) -> Iterator[int]:
    from tests.matrix import walk

    named = {
        (name, value(world, route, name, place))
        for route in walk.routes("agency", "workspace")
        for name in parameters(route)
        if name.endswith("_id") and (place is KIOSK or name != "agency_id")
    }
    return iter({key for _, key in named if isinstance(key, int) and key != NOWHERE})


def columns(world: World, place: Place) -> dict[str, str]:
    """Every column of every table of ours, with what somebody would like to set it to."""
    return world.once(("wishes", place), lambda: dict(wishes(world, place)))


def wishes(world: World, place: Place) -> Iterator[tuple[str, str]]:
    for table in tenancy.tables():
        for of in table._meta.concrete_fields:
            if not of.primary_key and (wished := wish(world, of, place)):
                yield of.name, wished
                yield of.attname, wished


def wish(world: World, of: Any, place: Place) -> str:
    """A foreign key, the first choice (an owner, an approval), a switch that is on, a date to come, a high number."""
    if of.related_model in tenancy.tables():
        key = world.last(of.related_model, place.workspace) or world.last(of.related_model, place.agency)
        return str(world.houses[place.workspace].pk if of.name == "workspace" else key or "")
    if of.choices:
        return str(of.choices[0][0])
    if isinstance(of, models.IntegerField):
        return "999999"
    return next((wished for kind, wished in POWER if isinstance(of, kind)), "")


def effects(world: World, seen: Seen, more: dict[str, str]) -> list[str]:
    """What the rows say in these columns afterwards, without what differs each time: keys of new rows, times."""
    known = rules.owners_of_keys(world)
    return sorted(
        f"{change.table} {sorted((name, plain(value, known)) for name, value in change.new.items() if name in more)}"
        for change in seen.changes
    )


def plain(value: Any, known: Container[int]) -> str:
    """The value; a time as whether it is the wished one; the key of a row that is new as just that."""
    if isinstance(value, int) and value > FIRST_KEY and value not in known:
        return "a new row"
    text = str(value)
    return "wished" if text.startswith(LATER[:10]) else "a time" if A_TIME.match(text) else text


# --- the query and the headers ---------------------------------------------------------------------------------------


def queries(world: World, route: Route, actor: Actor) -> Iterator[str]:
    """The route's own URL with foreign keys behind the question mark, and a foreign page in HTMX's header."""
    for place in elsewhere(actor):
        named = columns(world, place) | {"id": str(world.houses[place.workspace].pk), "next": f"/{place}/"}
        there = f"http://testserver/workspaces/{world.houses[place.workspace].pk}/"
        for headers in ({}, HTMX | {"HX-Current-URL": there}):
            seen = send(world, actor, "get", address(world, route, BAKERY), named, headers)
            yield from told(world, actor, seen, f"asked with keys of {place}")
