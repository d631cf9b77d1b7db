"""A chatbot moves to a sibling workspace, or is cloned there; it never leaves its agency."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from agencies.models import Agency, User
from billing import invariants as units
from billing.models import LedgerEntry
from chatbots import invariants as talks
from chatbots.bots import bots, moving, places
from chatbots.knowledge import sources
from chatbots.models import Chatbot, Conversation, DataSource, Message, Passage
from tests.conftest import Visitor, teach
from tests.racing import at_once
from workspaces import closing
from workspaces.models import Workspace

OPENING = "When does the bakery open in the morning?"


@pytest.fixture
def page(baker: Chatbot) -> str:
    return f"/workspaces/{baker.workspace_id}/chatbots/{baker.pk}/"


@pytest.fixture
def browser(ada: User, sign_in: Any) -> Client:
    return sign_in(ada)


# --- move ------------------------------------------------------------------------------------------------------------


def test_what_belongs_to_a_chatbot_moves_with_it(
    page: str, browser: Client, baker: Chatbot, bookshop: Workspace, visitor: Visitor
) -> None:
    visitor.ask(baker, OPENING)
    assert browser.post(f"{page}move/", {"to": bookshop.pk}).status_code == 302
    for model in (Chatbot, DataSource, Passage, Conversation, Message):
        assert set(model.objects.values_list("workspace_id", flat=True)) == {bookshop.pk}


def test_units_stay_with_the_workspace_that_used_them(
    page: str, browser: Client, baker: Chatbot, bakery: Workspace, bookshop: Workspace, visitor: Visitor
) -> None:
    visitor.ask(baker, OPENING)
    browser.post(f"{page}move/", {"to": bookshop.pk})
    visitor.ask(Chatbot.objects.get(), OPENING, message_id=str(uuid4()))
    taken = [LedgerEntry.objects.filter(workspace=place).count() for place in (bakery, bookshop)]
    assert taken == [2, 2]
    assert [*units.breaches(), *talks.breaches()] == []


def test_its_people_change_with_it(
    page: str, browser: Client, baker: Chatbot, bookshop: Workspace, bo: User, sue: User, sign_in: Any
) -> None:
    browser.post(f"{page}move/", {"to": bookshop.pk})
    assert sign_in(bo).get(page).status_code == 404
    assert sign_in(sue).get(f"/workspaces/{bookshop.pk}/chatbots/{baker.pk}/").status_code == 200


@pytest.mark.parametrize("to", ["kiosk", "archived", "0", "", "x"])
def test_it_moves_to_no_other_place(
    page: str, browser: Client, baker: Chatbot, kiosk: Workspace, bookshop: Workspace, ada: User, now: datetime, to: str
) -> None:
    closing.archive(bookshop, by=ada, now=now)
    places = {"kiosk": kiosk.pk, "archived": bookshop.pk}
    assert browser.post(f"{page}move/", {"to": places.get(to, to)}).status_code == 422
    assert Chatbot.objects.get().workspace_id == baker.workspace_id


def test_the_function_itself_refuses_another_agency(baker: Chatbot, kiosk: Workspace, ada: User, now: datetime) -> None:
    with pytest.raises(places.ElsewhereMeanwhile):
        moving.move(baker, to=kiosk, by=ada, now=now)
    with pytest.raises(places.ElsewhereMeanwhile):
        moving.clone(baker, to=kiosk, name="Thief", by=ada, now=now)


def test_a_cap_that_does_not_hold_its_sources_keeps_it_out(
    page: str, browser: Client, baker: Chatbot, bookshop: Workspace
) -> None:
    Workspace.objects.filter(pk=bookshop.pk).update(source_cap=0)
    answer = browser.post(f"{page}move/", {"to": bookshop.pk})
    assert "Bookshop has a cap on data sources (0)" in answer.content.decode()
    assert Chatbot.objects.get().workspace_id == baker.workspace_id


def test_clients_move_nothing(page: str, bo: User, bookshop: Workspace, sign_in: Any) -> None:
    assert sign_in(bo).post(f"{page}move/", {"to": bookshop.pk}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_is_under_way_lands_where_the_chatbot_is(
    baker: Chatbot, bookshop: Workspace, bakery: Workspace, ada: User, now: datetime
) -> None:
    def ask() -> None:
        Visitor().ask(Chatbot.objects.get(), OPENING)

    def move(to: Workspace) -> None:
        moving.move(Chatbot.objects.get(), to=to, by=ada, now=now)

    calls = [ask, ask, ask, lambda: move(bookshop), ask, lambda: move(bakery), ask]
    results = at_once(lambda n: calls[n](), people=len(calls))
    assert [r for r in results if r is not None and not isinstance(r, places.ElsewhereMeanwhile)] == []
    assert [*units.breaches(), *talks.breaches()] == []


# --- clone -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def clone(baker: Chatbot) -> dict[str, Any]:
    return {"name": "Second baker", "to": baker.workspace_id, "request_key": str(uuid4())}


def test_a_clone_has_settings_and_sources_and_no_conversations(
    page: str, browser: Client, baker: Chatbot, bookshop: Workspace, visitor: Visitor, clone: dict[str, Any]
) -> None:
    Chatbot.objects.filter(pk=baker.pk).update(first_message="Moin!", instructions="Be kind.")
    visitor.ask(baker, OPENING)
    browser.post(f"{page}clone/", clone | {"to": bookshop.pk})
    copy = bookshop.chatbots.get()
    assert (copy.name, copy.first_message, copy.instructions) == ("Second baker", "Moin!", "Be kind.")
    assert (copy.sources.count(), copy.conversations.count()) == (1, 0)
    assert copy.public_id != baker.public_id


def test_a_clone_answers_from_its_own_sources(
    page: str, browser: Client, baker: Chatbot, visitor: Visitor, clone: dict[str, Any], ada: User, now: datetime
) -> None:
    browser.post(f"{page}clone/", clone)
    sources.delete(baker.sources.get(), by=ada, now=now)
    copy = Chatbot.objects.exclude(pk=baker.pk).get()
    assert b"seven in the morning" in visitor.ask(copy, OPENING).content


def test_the_same_form_sent_twice_makes_one_clone(page: str, browser: Client, clone: dict[str, Any]) -> None:
    for _ in range(2):
        assert browser.post(f"{page}clone/", clone).status_code == 302
    assert Chatbot.objects.count() == 2


@pytest.mark.parametrize("limit", [{"chatbot_limit": 1}, {"source_limit": 3}])
def test_a_clone_that_does_not_fit_is_not_begun(
    page: str, browser: Client, baker: Chatbot, northwind: Agency, clone: dict[str, Any], limit: dict[str, int]
) -> None:
    teach(baker, "Cakes", "We bake cakes for weddings.")
    Agency.objects.filter(pk=northwind.pk).update(**limit)
    assert browser.post(f"{page}clone/", clone).status_code == 422
    assert (Chatbot.objects.count(), DataSource.objects.count()) == (1, 2)


def test_a_client_clones_into_the_own_workspace_only(
    page: str, bo: User, bookshop: Workspace, baker: Chatbot, clone: dict[str, Any], sign_in: Any
) -> None:
    theirs = sign_in(bo)
    assert b"Bookshop" not in theirs.get(f"{page}clone/").content
    assert theirs.post(f"{page}clone/", clone | {"to": bookshop.pk}).status_code == 422
    assert theirs.post(f"{page}clone/", clone).status_code == 302
    assert not bookshop.chatbots.exists()


# --- delete ----------------------------------------------------------------------------------------------------------


def test_a_deleted_chatbot_is_gone_and_its_numbers_stay(
    page: str, browser: Client, baker: Chatbot, visitor: Visitor
) -> None:
    visitor.ask(baker, OPENING)
    assert browser.get(f"{page}delete/").status_code == 200
    assert browser.post(f"{page}delete/").status_code == 302
    assert visitor.get(f"/c/{baker.public_id}/").status_code == 404
    assert LedgerEntry.objects.count() == 2
    assert [*units.breaches(), *talks.breaches()] == []


def test_looking_at_delete_deletes_nothing(page: str, browser: Client) -> None:
    browser.get(f"{page}delete/")
    assert Chatbot.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_chatbot_deleted_while_it_answers_leaves_no_charge_behind(baker: Chatbot, ada: User, now: datetime) -> None:
    asking = [lambda: Visitor().ask(baker, OPENING)] * 6
    calls = [*asking, lambda: bots.delete(baker, by=ada, now=now)]
    answers = at_once(lambda n: calls[n](), people=len(calls))
    assert {getattr(answer, "status_code", None) for answer in answers[:-1]} <= {200, 404, 503}
    assert answers[-1] is None
    assert [*units.breaches(), *talks.breaches()] == []


# --- what was seen before a move -------------------------------------------------------------------------------------


def test_who_saw_the_chatbot_before_it_moved_changes_nothing_there(
    baker: Chatbot, bookshop: Workspace, ada: User, now: datetime
) -> None:
    seen, source = Chatbot.objects.get(), DataSource.objects.get()
    moving.move(Chatbot.objects.get(), to=bookshop, by=ada, now=now)
    words = {"name": "Mine", "language": "english", "first_message": "", "instructions": ""}
    steps = [
        lambda: bots.configure(seen, by=ada, now=now, **words),
        lambda: bots.delete(seen, by=ada, now=now),
        lambda: teach(seen, "Title", "Text"),
        lambda: sources.revise(source, title="Mine", text="Mine", by=ada, now=now),
        lambda: sources.delete(source, by=ada, now=now),
    ]
    for step in steps:
        with pytest.raises(places.ElsewhereMeanwhile):
            step()
    assert (Chatbot.objects.get().name, DataSource.objects.get().title) == ("Baker", "Opening hours")


def test_nothing_moves_out_of_an_archived_workspace(
    baker: Chatbot, bookshop: Workspace, ada: User, now: datetime
) -> None:
    closing.archive(baker.workspace, by=ada, now=now)
    with pytest.raises(places.ElsewhereMeanwhile):
        moving.move(baker, to=bookshop, by=ada, now=now)
    with pytest.raises(places.ElsewhereMeanwhile):
        bots.create(baker.workspace, name="Late", language="english", by=ada, now=now)
