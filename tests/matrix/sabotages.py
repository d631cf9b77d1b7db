"""Guards taken away: a view without its guard, without its permission, or finding children without their tenant."""

import inspect
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any
from unittest.mock import patch

from django.shortcuts import get_object_or_404

from agencies import access
from agencies.models import Agency
from agencies.permissions import Can
from config.checks import Route
from tests.matrix import bodies, walk
from tests.matrix.addresses import children
from tests.matrix.world import World
from workspaces.models import Workspace

View = Callable[..., Any]


def some(kind: str, permission: str) -> Callable[[], Route]:
    """A plain route of a kind, which names nothing but its tenant."""

    def found() -> Route:
        return next(
            route for route in walk.routes(kind) if route.access.permission == permission and not children(route)
        )

    return found


SOME_OF_AGENCY, SOME_OF_WORKSPACE = some("agency", Can.SEE_AGENCY), some("workspace", Can.SEE)


def open_to_everybody(route: Route) -> View:
    """The view gets the tenant by its id, whoever asks."""
    bare = inspect.unwrap(route.view)
    table, name = (Agency, "agency_id") if route.access.kind == "agency" else (Workspace, "workspace_id")

    def view(request: Any, **named: Any) -> Any:
        request.may, request.draft, request.visit = frozenset(Can.values), None, None
        return bare(request, get_object_or_404(table, pk=named.pop(name)), **named)

    return view


def without_permission(route: Route) -> View:
    """`require` does nothing while this view is called, by whatever name it was imported."""

    def nothing(held: Any, permission: Any, why_not: Any = None) -> None:
        pass

    def view(request: Any, **named: Any) -> Any:
        kept, access.require.__code__ = access.require.__code__, nothing.__code__
        try:
            return route.view(request, **named)
        finally:
            access.require.__code__ = kept

    return view


def children_of_anybody(route: Route) -> View:
    """`get_object_or_404` looks through all rows of a table, instead of the tenant's."""

    def everything(rows: Any) -> Any:
        return getattr(rows, "model", rows)._base_manager.all()

    def view(request: Any, **named: Any) -> Any:
        with patch("django.shortcuts._get_queryset", everything):
            return route.view(request, **named)

    return view


def walk_of(world: World, route: Route) -> Iterator[str]:
    """Both walks over one route, with its forms read anew."""
    bodies.forget_forms(world, route)
    return chain(walk.guarded(world, [route]), walk.bodies(world, [route]))
