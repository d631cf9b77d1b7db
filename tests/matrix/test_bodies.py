"""Forms, foreign keys in every field that takes one, and fields that no form offers."""

import pytest

from config.checks import Route
from tests.matrix import walk
from tests.matrix.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("route", walk.routes(*walk.GUARDED), ids=lambda route: route.name)
def test_no_body_and_no_query_reaches_what_is_not_theirs(world: World, route: Route) -> None:
    walk.expect_none(walk.bodies(world, [route]))


def test_every_route_that_takes_a_post_was_sent_a_real_form(world: World) -> None:
    walk.expect_none(walk.without_a_form(world))
