"""The owner of a suspended agency: reads every page as before, and changes nothing but by leaving and paying."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from agencies import suspension
from agencies.models import Agency
from config.checks import Route
from tests.matrix import tenancy, walk
from tests.matrix.addresses import address
from tests.matrix.sending import send, undone
from tests.matrix.standing import FORBIDDEN, MAY, expected
from tests.matrix.world import KIOSK, World

pytestmark = pytest.mark.django_db
STAYS = {"workspaces:leave-team", "workspaces:leave", "workspaces:leave-visit", "billing:pay", "billing:cancel"}


def test_leaving_and_paying_alone_stay_possible() -> None:
    assert {route.name for route in walk.routes(*walk.GUARDED) if route.access.while_suspended} == STAYS


def test_the_owner_of_a_suspended_agency_reads_as_before_and_changes_nothing(world: World) -> None:
    routes, owner = walk.routes(*walk.GUARDED), world.actor("rivalowner")
    before = {route.name: send(world, owner, "get", address(world, route, KIOSK)).status for route in routes}
    known = world.rows[Agency]
    with undone():
        rival = Agency.objects.get(pk=world.houses["rival"].pk)
        suspension.suspend(rival, by=world.actor("support").user, reason="Unpaid", now=timezone.now())
        world.rows[Agency] = tenancy.rows(Agency)
        found = [breach for route in routes for breach in breaches(world, route, before)]
    world.rows[Agency] = known
    walk.expect_none(found)


def breaches(world: World, route: Route, before: dict[str, int]) -> Iterator[str]:
    owner, to = world.actor("rivalowner"), address(world, route, KIOSK)
    read = send(world, owner, "get", to)
    if read.status != before[route.name]:
        yield f"GET {to} answers {read.status} instead of {before[route.name]}"
    sent, wanted = send(world, owner, "post", to), expected(world, owner, route, KIOSK, "post")
    if sent.status != 405 and (sent.status == 403) != (wanted == FORBIDDEN):
        yield f"POST {to} answers {sent.status}, and it should be {wanted}"
    if wanted not in (MAY, FORBIDDEN):
        yield f"{to} is not at home: {wanted}"
    if wanted == FORBIDDEN and any("session" not in change.table.lower() for change in sent.changes):
        yield f"POST {to} changed {[change.table for change in sent.changes]}"
