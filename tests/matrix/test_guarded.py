"""Every guarded route × every way of asking × everybody × own, sibling, foreign and nonexistent."""

import pytest

from config.checks import Route
from tests.matrix import walk
from tests.matrix.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("route", walk.routes(*walk.GUARDED), ids=lambda route: route.name)
def test_a_guarded_route_opens_to_those_it_says_and_tells_nobody_else(world: World, route: Route) -> None:
    walk.expect_none(walk.guarded(world, [route]))
