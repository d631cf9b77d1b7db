"""Blueprints: saved, made into chatbots, compared, pushed into those that were chosen, and rolled back."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError

from agencies.models import Agency, User
from chatbots.bots import blueprints, bots, changes, moving
from chatbots.models import Blueprint, BlueprintLink, BlueprintPush, Chatbot, SettingsChange
from workspaces.models import Workspace


@pytest.fixture
def mould(baker: Chatbot, ada: User, now: datetime) -> Blueprint:
    bots.configure(baker, by=ada, now=now, accent="#d6336c", tone="friendly", company="Bakery", radius=4)
    return blueprints.save(Chatbot.objects.get(pk=baker.pk), name="House style", replaces=False, by=ada, now=now)


@pytest.fixture
def teller(mould: Blueprint, bookshop: Workspace, ada: User, now: datetime) -> Chatbot:
    """Bookshop's chatbot, made from the blueprint and changed since."""
    made = bots.create(bookshop, name="Teller", language="english", blueprint=mould, by=ada, now=now)
    bots.configure(made, by=ada, now=now, accent="#111111", tone="formal")
    return Chatbot.objects.get(pk=made.pk)


def push(mould: Blueprint, *chatbots: Chatbot, by: User, now: datetime, settings: Any = ("accent", "tone")) -> Any:
    return blueprints.push(mould, chatbots=chatbots, settings=settings, by=by, now=now)


def looks(bot: Chatbot) -> tuple[str, str]:
    return Chatbot.objects.values_list("accent", "tone").get(pk=bot.pk)


def test_a_blueprint_holds_nothing_of_one_client(mould: Blueprint) -> None:
    assert {"name", "company", "avatar", "allowed_domains"}.isdisjoint(mould.values)
    assert (mould.values["accent"], mould.values["hours"]) == ("#d6336c", {})


def test_a_chatbot_is_made_from_it(mould: Blueprint, bookshop: Workspace, ada: User, sign_in: Any) -> None:
    typed = {"name": "New", "language": "german", "request_key": str(uuid4()), "blueprint": str(mould.pk)}
    assert sign_in(ada).post(f"/workspaces/{bookshop.pk}/chatbots/new/", typed).status_code == 302
    made = bookshop.chatbots.get()
    assert (made.accent, made.company, made.language) == ("#d6336c", "", "german")
    assert made.blueprint_link.blueprint == mould


def test_a_clients_people_hear_of_no_blueprint(mould: Blueprint, bakery: Workspace, bo: User, sign_in: Any) -> None:
    typed = {"name": "New", "language": "english", "request_key": str(uuid4()), "blueprint": str(mould.pk)}
    answer = sign_in(bo).get(f"/workspaces/{bakery.pk}/chatbots/new/")
    assert b"House style" not in answer.content
    sign_in(bo).post(f"/workspaces/{bakery.pk}/chatbots/new/", typed)
    assert not BlueprintLink.objects.filter(chatbot__name="New").exists()


def test_the_page_says_where_each_differs(mould: Blueprint, teller: Chatbot, ada: User, sign_in: Any) -> None:
    page = sign_in(ada).get(f"/agencies/{mould.agency_id}/blueprints/{mould.pk}/")
    rows = {row.chatbot.name: [name for name, _, _ in row.lines] for row in page.context["rows"]}
    assert rows == {"Baker": [], "Teller": ["Tone of a model", "Colour"]}


def test_a_preview_changes_nothing_and_a_push_what_was_chosen(
    mould: Blueprint, teller: Chatbot, ada: User, sign_in: Any
) -> None:
    browser, there = sign_in(ada), f"/agencies/{mould.agency_id}/blueprints/{mould.pk}/"
    chosen = {"settings": ["accent"], "chatbots": [teller.pk]}
    seen = browser.post(f"{there}preview/", chosen)
    assert b"#111111" in seen.content
    assert b"Formal" not in seen.content
    assert looks(teller) == ("#111111", "formal")
    assert browser.post(f"{there}push/", chosen).status_code == 302
    assert looks(teller) == ("#d6336c", "formal")


def test_what_a_client_locked_is_left_alone_and_named(
    mould: Blueprint, teller: Chatbot, sue: User, ada: User, now: datetime, sign_in: Any
) -> None:
    there = f"/workspaces/{teller.workspace_id}/chatbots/{teller.pk}/settings/look/lock/"
    sign_in(sue).post(there, {"locked": ["accent", "tone", "nothing"]})
    teller.refresh_from_db()
    assert teller.locked == ["accent"]
    [done] = push(mould, teller, by=ada, now=now)
    assert done.locked == ["accent"]
    assert looks(teller) == ("#111111", "friendly")
    with pytest.raises(blueprints.NothingToPush):
        push(mould, teller, by=ada, now=now)


def test_a_push_is_rolled_back_at_once_as_far_as_it_stands(
    mould: Blueprint, teller: Chatbot, ada: User, now: datetime, sign_in: Any
) -> None:
    push(mould, teller, by=ada, now=now)
    bots.configure(teller, by=ada, now=now, tone="playful")
    pushed = BlueprintPush.objects.get()
    there = f"/agencies/{mould.agency_id}/pushes/{pushed.pk}/back/"
    told = sign_in(ada).post(there, follow=True).content.decode()
    assert "left alone: Teller: Tone of a model" in told
    assert looks(teller) == ("#111111", "playful")
    with pytest.raises(blueprints.RolledBackBefore):
        blueprints.roll_back(pushed, by=ada, now=now)


def test_no_foreign_id_gets_into_a_push(
    mould: Blueprint, teller: Chatbot, crier: Chatbot, bookworm: Chatbot, ada: User, sign_in: Any
) -> None:
    there = f"/agencies/{mould.agency_id}/blueprints/{mould.pk}/push/"
    for foreign in (crier.pk, bookworm.pk, 987_654_321, "x"):
        answer = sign_in(ada).post(there, {"settings": ["accent"], "chatbots": [teller.pk, foreign]})
        assert answer.status_code == 422
    answer = sign_in(ada).post(there, {"settings": ["name", "workspace"], "chatbots": [teller.pk]})
    assert answer.status_code == 422
    assert not BlueprintPush.objects.exists()
    assert looks(teller) == ("#111111", "formal")


def test_the_database_knows_no_blueprint_of_two_agencies(
    mould: Blueprint, crier: Chatbot, rival: Agency, ada: User
) -> None:
    with pytest.raises(IntegrityError):
        BlueprintLink.objects.create(agency=rival, workspace=crier.workspace, blueprint=mould, chatbot=crier)


def test_a_name_is_taken_until_it_is_replaced(
    mould: Blueprint, bookworm: Chatbot, ada: User, now: datetime, sign_in: Any
) -> None:
    there = f"/workspaces/{bookworm.workspace_id}/chatbots/{bookworm.pk}/blueprint/"
    assert b"There is a blueprint of this name" in sign_in(ada).post(there, {"name": "House style"}).content
    sign_in(ada).post(there, {"name": "House style", "replaces": "on"})
    mould.refresh_from_db()
    assert mould.values["accent"] == bookworm.accent


def test_clones_and_moves_stay_with_their_blueprint(
    mould: Blueprint, teller: Chatbot, bakery: Workspace, ada: User, now: datetime
) -> None:
    copy = moving.clone(teller, to=bakery, name="Copy", by=ada, now=now)
    moving.move(teller, to=bakery, by=ada, now=now)
    assert {bot.name for bot in blueprints.chatbots_of(mould)} == {"Baker", "Copy", "Teller"}
    assert {link.workspace_id for link in BlueprintLink.objects.filter(chatbot__in=[copy, teller])} == {bakery.pk}


def test_without_its_blueprint_a_chatbot_stays_as_it_is(
    mould: Blueprint, teller: Chatbot, ada: User, now: datetime, sign_in: Any
) -> None:
    push(mould, teller, by=ada, now=now)
    sign_in(ada).post(f"/agencies/{mould.agency_id}/blueprints/{mould.pk}/delete/")
    assert looks(teller) == ("#d6336c", "friendly")
    pushed = SettingsChange.objects.filter(chatbot=teller).latest("pk")
    assert pushed.push is None
    assert changes.undo(pushed, by=ada, now=now) == []


def test_only_who_manages_workspaces_sees_them(mould: Blueprint, analyst: User, bo: User, sign_in: Any) -> None:
    there = f"/agencies/{mould.agency_id}/blueprints/"
    assert [sign_in(person).get(there).status_code for person in (analyst, bo)] == [403, 404]
