"""Every route of the public door × every way of asking × chatbots of two tenants."""

import pytest

from config.checks import Route
from tests.matrix import visitors, walk
from tests.matrix.tables import CALLED_BY_MACHINES
from tests.matrix.world import World

pytestmark = pytest.mark.django_db
DOOR = [route for route in walk.routes() if route.door == "config.urls_public"]
ROUTES = [route for route in DOOR if route.name not in CALLED_BY_MACHINES]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_visitor_reads_what_one_chatbot_says_and_nothing_else(world: World, route: Route) -> None:
    walk.expect_none(visitors.breaches(world, route))


@pytest.mark.parametrize("name", sorted(CALLED_BY_MACHINES))
def test_what_a_machine_calls_tells_a_visitor_nothing_and_does_nothing(world: World, name: str) -> None:
    (route,) = [route for route in DOOR if route.name == name]
    walk.expect_none(visitors.unsigned(world, route))


def test_a_visitor_is_answered_from_what_the_chatbot_learned(world: World) -> None:
    """Else the walk would look at refusals only."""
    (ask,) = [route for route in ROUTES if route.name == "public:ask"]
    assert set(visitors.statuses(world, ask)) == {200}


def test_a_visitor_leaves_a_message_where_the_workspace_takes_them(world: World) -> None:
    """Else here too."""
    (leave,) = [route for route in ROUTES if route.name == "public:leave"]
    assert set(visitors.statuses(world, leave)) == {200}
