"""The world that the matrix walks through holds a row of everything, and a canary in every text."""

from typing import Any

import pytest
from django.conf import settings

from agencies.permissions import MemberRole, StaffRole
from tests import queries
from tests.matrix import canaries, growing, sending, walk
from tests.matrix.addresses import address
from tests.matrix.world import BAKERY, PLACES, World
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db
MOST = 12
# Each of these reads more tables than that, each once.
MORE = {
    "chatbots:today": (30, "nine kinds of needs, of everything there is"),
    "chatbots:overview": (20, "use, metrics, waiting visitors and the running month's money of all clients"),
    "chatbots:ledger": (13, "and chatbots that were deleted"),
    "chatbots:scale": (16, "five kinds of steps, of everything there is"),
    "billing:add-ons": (18, "limits and their parts, the forecast, the catalogue, orders and receipts"),
    "billing:close-month": (15, "the month that is closed, and the one before anew"),
}


def test_every_text_column_holds_a_canary_or_says_why_not() -> None:
    assert canaries.uncovered() == []


def test_every_route_says_who_may_call_it_in_words_that_the_matrix_knows() -> None:
    assert walk.undeclared() == []


def test_there_is_a_row_of_everything_for_every_client(world: World) -> None:
    clients = {name: world.houses[name] for place in PLACES for name in (place.agency, place.workspace)}
    assert growing.missing(world.owners, clients) == []


def test_every_filled_column_holds_a_canary_of_each_client(world: World) -> None:
    sung = {(canary.column, canary.tenant) for canary in world.canaries.known.values()}
    columns = {column for column, tenant in sung if tenant == "kiosk"}
    assert len(columns) > 10
    assert [(column, place) for column in columns for place in PLACES if (column, place.workspace) not in sung] == []


def test_at_least_fourteen_kinds_of_people_ask(world: World) -> None:
    assert len({actor.name for actor in world.actors}) >= 14
    assert {*StaffRole.values, *MemberRole.values} < {actor.name for actor in world.actors}


def test_what_a_request_does_is_undone(world: World) -> None:
    owner, bakery = world.actor("owner"), world.houses["bakery"]
    seen = sending.send(world, owner, "post", f"/workspaces/{bakery.pk}/rename/", {"name": "Undone"})
    assert [str(change.was) for change in seen.changes if "name" in change.columns] == ["bakery"]
    assert Workspace.objects.get(pk=bakery.pk).name != "Undone"


def test_a_page_asks_the_database_twelve_times_at_most(world: World) -> None:
    """All of the request: the session, permissions and the navigation too. The world has a row of everything."""
    browser, asked, answers = world.browsers["owner"], {}, []
    for route in walk.routes("agency", "workspace", "signed in"):
        path = address(world, route, BAKERY)
        sent: list[str] = queries.sent_by(lambda path=path: answers.append(browser.get(path, secure=settings.SECURE)))
        if is_page(answers.pop()):
            asked[route.name] = len(sent)
    assert len(asked) > 100
    assert {name: count for name, count in asked.items() if count > MORE.get(name, (MOST, ""))[0]} == {}


def is_page(answer: Any) -> bool:
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html") and not answer.streaming
