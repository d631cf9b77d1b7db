"""Every other route of the console × every way of asking × everybody: nobody learns or changes what is not theirs."""

import pytest

from config.checks import Route
from tests.matrix import walk
from tests.matrix.world import World

pytestmark = pytest.mark.django_db
ROUTES = [route for route in walk.routes("signed in", "public", "account", "support") if route.door == "config.urls"]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name or route.pattern)
def test_a_page_of_nobodys_tells_everybody_only_what_is_theirs(world: World, route: Route) -> None:
    walk.expect_none(walk.elsewhere(world, [route]))
