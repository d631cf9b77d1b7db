"""The matrix bites: each guard that is taken away, anywhere, is reported; and put back, nothing is.

A sabotage is applied for one walk over one route, and stops at the first breach.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, path

from agencies.permissions import MEMBER_MAY, STAFF_MAY, MemberRole, StaffRole
from config.checks import Route
from tests.matrix import addresses, bodies, mistakes, sabotages, walk
from tests.matrix.cast import Actor
from tests.matrix.world import World
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db
GUARDED = walk.routes(*walk.GUARDED)
each_route = pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.name)
Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def _in_turns(request: pytest.FixtureRequest, monkeypatch: Patch) -> Iterator[None]:
    """What bites with fewer requests bites with all of them. What a sabotaged view showed is not kept."""
    world = request.getfixturevalue("world") if "world" in request.fixturenames else None
    if world:
        monkeypatch.setattr(world, "whole", False)
    yield
    if world:
        bodies.forget_forms(world, sabotages.SOME_OF_WORKSPACE())


def first(breaches: Iterator[str]) -> str | None:
    return next(iter(breaches), None)


def insiders_of(world: World) -> list[Actor]:
    """Those with a role, the lowest first: they are refused the most."""
    names = [*StaffRole.values, *MemberRole.values]
    return [actor for actor in reversed(world.actors) if actor.name in names]


def put(monkeypatch: Patch, route: Route, view: Callable[..., Any]) -> None:
    """Put another view in the place of a route's, with the same declaration."""
    view.access = route.access  # type: ignore[attr-defined]
    monkeypatch.setattr(pattern_of(route), "callback", view)


def pattern_of(route: Route) -> URLPattern:
    every = patterns(import_module(route.door).urlpatterns)
    return next(
        pattern for pattern in every if pattern.callback is route.view and pattern.name == route.name.split(":")[-1]
    )


def patterns(inside: list[Any]) -> Iterator[URLPattern]:
    for pattern in inside:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns)
        else:
            yield pattern


# --- generated: every route without its guard, without its permission, without the tenant of its children ------------


@each_route
def test_a_route_without_its_guard_is_reported(world: World, monkeypatch: Patch, route: Route) -> None:
    put(monkeypatch, route, sabotages.open_to_everybody(route))
    assert first(walk.guarded(world, [route]))


def not_for_all(route: Route) -> bool:
    """Whether somebody inside may not call it, so that the permission makes a difference."""
    tables = [STAFF_MAY] if route.access.kind == "agency" else [STAFF_MAY, MEMBER_MAY]
    return any(route.access.permission not in may for table in tables for may in table.values())


@pytest.mark.parametrize("route", [*filter(not_for_all, GUARDED)], ids=lambda route: route.name)
def test_a_route_without_its_permission_is_reported(world: World, monkeypatch: Patch, route: Route) -> None:
    put(monkeypatch, route, sabotages.without_permission(route))
    assert first(walk.guarded(world, [route], insiders_of(world)))


@pytest.mark.parametrize("route", [*filter(addresses.children, GUARDED)], ids=lambda route: route.name)
def test_a_child_found_without_its_tenant_is_reported(world: World, monkeypatch: Patch, route: Route) -> None:
    put(monkeypatch, route, sabotages.children_of_anybody(route))
    assert first(walk.guarded(world, [route], []))


def test_nothing_is_reported_of_the_same_walks_without_a_sabotage(world: World) -> None:
    """On some routes that not everybody may call, after all those sabotages; the other modules walk every route."""
    walk.expect_none(walk.guarded(world, list(filter(not_for_all, GUARDED))[-1:], insiders_of(world)))
    walk.expect_none(sabotages.walk_of(world, sabotages.SOME_OF_WORKSPACE()))


# --- by hand: what people get wrong ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", mistakes.MISTAKES)
def test_a_mistake_in_a_view_is_reported(world: World, monkeypatch: Patch, name: str) -> None:
    route = sabotages.SOME_OF_WORKSPACE()
    put(monkeypatch, route, mistakes.MISTAKES[name](route, world))
    said = first(sabotages.walk_of(world, route))
    assert said
    assert mistakes.SAID[name] in said


def test_a_list_without_its_tenant_is_reported(world: World, monkeypatch: Patch) -> None:
    """Every list of memberships shows those of all workspaces."""
    manager = Workspace.memberships.related_manager_cls
    monkeypatch.setattr(manager, "_apply_rel_filters", lambda self, rows: rows.model._base_manager.all())
    (route,) = [route for route in GUARDED if route.name == "workspaces:members"]
    assert "it tells" in first(walk.guarded(world, [route]))


def test_a_view_that_nobody_declared_is_reported(monkeypatch: Patch) -> None:
    forgotten = path("forgotten/<int:workspace_id>/", lambda request, workspace_id: HttpResponse())
    urls = import_module("config.urls")
    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, forgotten])
    (said,) = walk.undeclared()
    assert "forgotten/<int:workspace_id>/" in said
