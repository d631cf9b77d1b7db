"""Data sources: added within the pool and the cap, once for each form, and gone when deleted."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from agencies.models import Agency, User
from chatbots.knowledge import retrieval, sources
from chatbots.models import Chatbot, DataSource, Passage
from tests.conftest import teach
from tests.racing import at_once
from workspaces.models import Workspace


@pytest.fixture
def browser(bo: User, sign_in: Any) -> Client:
    return sign_in(bo)


@pytest.fixture
def page(baker: Chatbot) -> str:
    return f"/workspaces/{baker.workspace_id}/chatbots/{baker.pk}/sources/"


@pytest.fixture
def typed() -> dict[str, str]:
    return {"title": "Gluten", "text": "We bake without gluten on Mondays.", "request_key": str(uuid4())}


@pytest.mark.parametrize("kind", ["text", "qa"])
def test_a_source_is_learned_when_it_is_added(browser: Client, page: str, typed: Any, kind: str) -> None:
    assert browser.post(f"{page}{kind}/", typed).url == page
    source = DataSource.objects.get(title="Gluten")
    assert source.kind == kind
    assert [passage.text for passage in source.passages.all()] == [typed["text"]]


def test_a_double_click_adds_one(browser: Client, page: str, typed: Any) -> None:
    answers = [browser.post(page + "text/", typed).status_code for _ in range(2)]
    assert answers == [302, 302]
    assert DataSource.objects.filter(title="Gluten").count() == 1


def test_a_double_click_on_the_last_one_adds_it_and_says_so_twice(
    browser: Client, page: str, typed: Any, northwind: Agency
) -> None:
    Agency.objects.filter(pk=northwind.pk).update(source_limit=2)
    answers = [browser.post(page + "text/", typed).status_code for _ in range(2)]
    assert answers == [302, 302]


@pytest.mark.parametrize("full", ["pool", "cap"])
def test_a_full_pool_or_cap_refuses_in_words_and_keeps_what_was_typed(
    browser: Client, page: str, typed: Any, northwind: Agency, bakery: Workspace, full: str
) -> None:
    if full == "pool":
        Agency.objects.filter(pk=northwind.pk).update(source_limit=1)
    else:
        Workspace.objects.filter(pk=bakery.pk).update(source_cap=1)
    answer = browser.post(page + "text/", typed)
    assert answer.status_code == 422
    assert "in use" in str(answer.context["form"].non_field_errors())
    assert typed["text"].encode() in answer.content
    assert DataSource.objects.count() == 1


@pytest.mark.usefixtures("bookworm")
def test_the_pool_is_shared_by_all_workspaces(baker: Chatbot, northwind: Agency) -> None:
    Agency.objects.filter(pk=northwind.pk).update(source_limit=2)
    with pytest.raises(sources.SourcesExhausted, match="All 2 data sources of Northwind"):
        teach(baker, "Third", "One too many.")


def test_another_agencys_sources_do_not_count(baker: Chatbot, crier: Chatbot, northwind: Agency) -> None:
    Agency.objects.filter(pk=northwind.pk).update(source_limit=2)
    teach(baker, "Second", "The last one.")
    assert sources.used_by(northwind) == 2


def test_a_deleted_source_is_free_again_and_leaves_no_passage(
    browser: Client, page: str, baker: Chatbot, northwind: Agency
) -> None:
    Agency.objects.filter(pk=northwind.pk).update(source_limit=1)
    browser.post(f"{page}{baker.sources.get().pk}/delete/")
    assert not Passage.objects.exists()
    teach(baker, "Again", "There is room now.")


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("text", "title", ""),
        ("text", "title", "   "),
        ("text", "title", "x" * 300),
        ("text", "title", "a\x00b"),
        ("text", "text", ""),
        ("text", "text", "x" * 200_001),
        ("text", "text", "a\x00b"),
        ("qa", "title", "x" * 201),
        ("qa", "text", "x" * 2001),
        ("qa", "text", " \n "),
        ("text", "request_key", "spoilt"),
    ],
)
def test_bad_input_is_refused_at_its_field(
    browser: Client, page: str, typed: Any, kind: str, field: str, value: str
) -> None:
    answer = browser.post(f"{page}{kind}/", {**typed, field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert DataSource.objects.count() == 1


@pytest.mark.parametrize(
    "text", ["x" * 200_000, "word " * 40_000, "؟متى تفتحون", "🥐", "...", "<script>alert(1)</script>"]
)
def test_any_other_text_is_learned_and_shown_as_text(browser: Client, page: str, typed: Any, text: str) -> None:
    assert browser.post(page + "text/", {**typed, "title": text[:40], "text": text}).status_code == 302
    assert b"<script>alert" not in browser.get(page).content


@pytest.mark.usefixtures("bookworm", "crier")
def test_only_what_is_the_chatbots_own_is_deleted(browser: Client, page: str) -> None:
    for foreign in DataSource.objects.exclude(chatbot__name="Baker"):
        assert browser.post(f"{page}{foreign.pk}/delete/").status_code == 404
    assert DataSource.objects.count() == 3


def test_nobody_chooses_the_chatbot_by_posting_it(browser: Client, page: str, typed: Any, crier: Chatbot) -> None:
    foreign = {"chatbot": crier.pk, "chatbot_id": crier.pk, "workspace": crier.workspace_id, "kind": "website"}
    browser.post(page + "text/", {**typed, **foreign})
    assert crier.sources.count() == 1
    assert DataSource.objects.get(title="Gluten").kind == "text"


def test_a_viewer_looks_and_does_not_teach(vi: User, page: str, typed: Any, sign_in: Any) -> None:
    assert sign_in(vi).get(page).status_code == 200
    assert sign_in(vi).post(page + "text/", typed).status_code == 403
    assert DataSource.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_pass_the_pool(baker: Chatbot, northwind: Agency, now: datetime) -> None:
    Agency.objects.filter(pk=northwind.pk).update(source_limit=4)

    def add(number: int) -> DataSource:
        return sources.add(baker, kind="text", title=f"Source {number}", text="Words.", by=None, now=now)

    results = at_once(add)
    assert sum(isinstance(result, DataSource) for result in results) == 3
    assert sum(isinstance(result, sources.SourcesExhausted) for result in results) == 17


@pytest.mark.django_db(transaction=True)
def test_a_double_click_at_the_same_moment_adds_one(baker: Chatbot, now: datetime) -> None:
    key = uuid4()

    def click(_: int) -> DataSource:
        return sources.add(baker, kind="text", title="Twice", text="Words.", by=None, now=now, request_key=key)

    assert set(at_once(click, people=8)) == {DataSource.objects.get(title="Twice")}


# --- changing and deleting -------------------------------------------------------------------------------------------


def test_a_revised_source_is_learned_anew(browser: Client, baker: Chatbot, page: str) -> None:
    old = baker.sources.get()
    browser.post(f"{page}{old.pk}/", {"title": "Parking", "text": "Park behind the mill.", "request_key": str(uuid4())})
    assert [hit.passage.text for hit in retrieval.search(baker, "Where is parking?")] == ["Park behind the mill."]
    assert baker.sources.count() == 1


def test_looking_at_delete_deletes_nothing(browser: Client, baker: Chatbot, page: str) -> None:
    assert b"Delete for good" in browser.get(f"{page}{baker.sources.get().pk}/delete/").content
    assert baker.sources.count() == 1
