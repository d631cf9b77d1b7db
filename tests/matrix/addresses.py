"""A route's URL in one place of the world, in another, or nowhere. Values come from the rows, else from `tables`."""

import re
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from agencies.models import Agency, User
from chatbots.models import Chatbot
from config.checks import Route
from tests.matrix import tenancy
from tests.matrix.tables import CONSTANTS, PARAMETERS
from tests.matrix.tenancy import Table
from tests.matrix.world import Place, World
from workspaces.models import Membership, Workspace

NOWHERE = 987_654_321
UNKNOWN = {"token": "n" * 43, "public_id": "0" * 24}
TENANTS = {"agency_id", "workspace_id"}
# <int:chatbot_id> of a path, and (?P<key>[-:\w]+) of a pattern
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


def parameters(route: Route) -> list[str]:
    return [match[1] or match[2] for match in PARAMETER.finditer(route.pattern)]


def children(route: Route) -> list[str]:
    """What a URL names by key besides the tenant; of an agency's, one of its workspaces too."""
    tenants = {"agency_id"} if route.access and route.access.kind == "agency" else TENANTS
    return [name for name in parameters(route) if name not in tenants | set(CONSTANTS) | set(UNKNOWN)]


def address(world: World, route: Route, place: Place | None, instead: Mapping[str, Any] | None = None) -> str:
    """The URL of the route in a place, or nowhere; `instead` names other values of some parameters."""
    values = {name: value(world, route, name, place) for name in parameters(route)} | dict(instead or {})
    path = PARAMETER.sub(lambda match: str(values[match[1] or match[2]]), route.pattern)
    return "/" + re.sub(r"[\^$\\]|\\Z", "", path)


def value(world: World, route: Route, name: str, place: Place | None) -> Any:
    if name in CONSTANTS:
        return CONSTANTS[name][place is None]
    if place is None:
        return UNKNOWN.get(name, NOWHERE)
    if name == "token":
        return world.tokens[place.workspace]
    if name == "public_id":
        return Chatbot.objects.get(pk=world.last(Chatbot, place.workspace)).public_id
    return key(world, route, name, place)


def key(world: World, route: Route, name: str, place: Place) -> Any:
    """The primary key of the place's newest row of the table that a parameter names."""
    table = table_of(route, name)
    if table is ContentType:
        return ContentType.objects.get_for_model(Chatbot).pk
    person = world.rows[Membership][world.last(Membership, place.workspace)]["user_id"]
    if table is User:
        return person
    tenants = [place.workspace, place.agency, world.owners.tenant[User, person]]
    if route.access and route.access.kind == "agency" and Agency in growing_levels(table):
        tenants.insert(0, place.agency)
    found = (world.last(table, tenant) for tenant in tenants)
    return next((pk for pk in found if pk is not None), NOWHERE)


def growing_levels(table: Table) -> set[Any]:
    from tests.matrix.growing import levels

    return {Agency} if table is Agency else levels(table)


def table_of(route: Route, name: str) -> type[Model]:
    """The table whose key a parameter is: by its name, by PARAMETERS, or by the admin's URL."""
    if of_admin := re.match(r"admin/(\w{2,})/(\w+)/", route.pattern):
        return apps.get_model(*of_admin.groups())
    if name in PARAMETERS:
        return apps.get_model(PARAMETERS[name])
    word = re.sub(r"_(id|pk)$", "", name).replace("_", "")
    found = [table for table in tenancy.tables() if table._meta.model_name == word]
    if len(found) != 1:
        raise LookupError(
            f"{route.pattern}: the matrix has no value for <{name}>. "
            f"Put {name!r} into PARAMETERS (the key of a row) or CONSTANTS of tests/matrix/tables.py."
        )
    return found[0]


__all__ = ["NOWHERE", "Workspace", "address", "children", "parameters"]
