"""Data sources: added within the pool and the cap, once for each form, and gone when deleted."""

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from agencies.models import Agency, User
from billing import allocation
from chatbots.bots import moving
from chatbots.closing import closing as floor
from chatbots.knowledge import retrieval, sources
from chatbots.models import Chatbot, DataSource, Passage
from tests.conftest import teach
from tests.racing import at_once
from workspaces import caps, closing
from workspaces.models import CapRequest, Workspace


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


@pytest.mark.parametrize(("full", "words"), [("pool", "No data source is left for Bakery"), ("cap", "all are in use")])
def test_a_full_pool_or_cap_refuses_in_words_and_keeps_what_was_typed(
    browser: Client, page: str, typed: Any, northwind: Agency, bakery: Workspace, full: str, words: str
) -> None:
    if full == "pool":
        Agency.objects.filter(pk=northwind.pk).update(source_limit=1)
    else:
        Workspace.objects.filter(pk=bakery.pk).update(source_cap=1)
    answer = browser.post(page + "text/", typed)
    assert answer.status_code == 422
    assert words in str(answer.context["form"].non_field_errors())
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


# --- guarantees ------------------------------------------------------------------------------------------------------


def guarantee(workspace: Workspace, amount: int | None, now: datetime, *, limit: int | None = None) -> None:
    """Guarantee data sources to a workspace; with a `limit`, in a pool of so many."""
    if limit is not None:
        Agency.objects.filter(pk=workspace.agency_id).update(source_limit=limit)
    owner = workspace.agency.staff.get(role="owner").user
    allocation.allocate(workspace, resource="sources", cap=None, guarantee=amount, by=owner, now=now)


def test_sources_that_are_guaranteed_are_not_given_to_others(
    baker: Chatbot, bookworm: Chatbot, bakery: Workspace, now: datetime
) -> None:
    guarantee(bakery, 3, now, limit=5)  # Bakery and Bookshop have one each: two are reserved, one is free
    teach(bookworm, "Second", "The last one that is free.")
    with pytest.raises(sources.SourcesExhausted, match="Of the 2 data sources that are left, 2 are guaranteed"):
        teach(bookworm, "Third", "One too many.")
    teach(baker, "Second", "Guaranteed.")
    teach(baker, "Third", "Guaranteed.")
    with pytest.raises(sources.SourcesExhausted, match="All 5 data sources of Northwind are in use"):
        teach(baker, "Fourth", "One too many.")


def test_a_client_reads_no_numbers_of_the_pool(
    baker: Chatbot, bookworm: Chatbot, bookshop: Workspace, bo: User, now: datetime
) -> None:
    words = "No data source is left for Bakery. Delete one, or ask Northwind for more."
    for guaranteed, limit in ((2, 3), (None, 2)):  # reserved, and used up: the same words
        guarantee(bookshop, guaranteed, now, limit=limit)
        with pytest.raises(sources.SourcesExhausted, match=words):
            sources.add(baker, kind="text", title="More", text="Words.", by=bo, now=now)


@pytest.mark.parametrize("how", ["lowered", "paused", "archived", "deleted"])
def test_what_is_not_guaranteed_any_more_is_for_everybody(
    baker: Chatbot, bookworm: Chatbot, bakery: Workspace, ada: User, now: datetime, how: str
) -> None:
    guarantee(bakery, 2, now, limit=3)
    if how == "lowered":
        guarantee(bakery, 1, now)
    elif how == "deleted":  # one that is deleted is reserved instead: nothing changes for the others
        sources.delete(baker.sources.get(), by=ada, now=now)
        with pytest.raises(sources.SourcesExhausted):
            teach(bookworm, "Second", "Words.")
        return
    else:
        getattr(closing, how.removesuffix("d"))(bakery, by=ada, now=now)
    teach(bookworm, "Second", "Words.")


@pytest.mark.parametrize(
    ("status", "said"),
    [("queued", "It is learned some minutes after"), ("processing", "Learning goes on some minutes after")],
)
def test_a_source_of_a_paused_workspace_says_why_it_waits(
    browser: Client, page: str, baker: Chatbot, now: datetime, status: str, said: str
) -> None:
    DataSource.objects.filter(chatbot=baker).update(kind="file", status=status, run=uuid4(), stepped_at=now)
    assert "/row/" in browser.get(page).content.decode()
    Workspace.objects.filter(pk=baker.workspace_id).update(paused_at=now)
    shown = browser.get(page).content.decode()
    assert (said in shown, "/row/" in shown) == (True, False)


def test_what_is_added_to_a_paused_workspace_is_not_said_to_be_learned_now(
    browser: Client, page: str, baker: Chatbot, now: datetime
) -> None:
    Workspace.objects.filter(pk=baker.workspace_id).update(paused_at=now)
    wanted = {"url": "https://example.org/", "reach": "page", "schedule": "never", "request_key": str(uuid4())}
    told = browser.post(f"{page}website/", wanted, follow=True).content.decode()
    assert "It is learned some minutes after the workspace runs again" in told


def test_a_cap_with_a_running_grant_holds_more(baker: Chatbot, bakery: Workspace, ada: User, now: datetime) -> None:
    Workspace.objects.filter(pk=bakery.pk).update(source_cap=1)
    decided = {"granted": 1, "ends_at": now + timedelta(days=1), "decided_at": now, "decided_by": ada}
    CapRequest.objects.create(workspace=bakery, resource="sources", **decided)
    teach(baker, "Second", "Granted.")
    with pytest.raises(sources.SourcesExhausted, match=r"cap on data sources \(2\), and all are in use"):
        teach(baker, "Third", "One too many.")


def test_a_clone_leaves_what_is_guaranteed_to_others(
    baker: Chatbot, bookworm: Chatbot, bakery: Workspace, bookshop: Workspace, ada: User, now: datetime
) -> None:
    guarantee(bakery, 2, now, limit=3)
    with pytest.raises(sources.SourcesExhausted, match="1 are guaranteed to other clients, and 1 is needed"):
        moving.clone(bookworm, to=bookshop, name="Copy", by=ada, now=now)
    moving.clone(bookworm, to=bakery, name="Copy", by=ada, now=now)


def test_a_move_takes_from_nobody_what_is_guaranteed_to_them(
    baker: Chatbot, bookworm: Chatbot, bakery: Workspace, bookshop: Workspace, ada: User, now: datetime
) -> None:
    guarantee(bakery, 1, now, limit=2)
    with pytest.raises(sources.SourcesExhausted, match="Bakery is guaranteed 1 data source,"):
        moving.move(baker, to=bookshop, by=ada, now=now)
    moving.move(bookworm, to=bakery, by=ada, now=now)
    guarantee(bakery, 1, now, limit=3)  # room for one more, whoever owns the two that are there
    moving.move(baker, to=bookshop, by=ada, now=now)


def test_a_move_in_a_pool_that_is_too_full_already_is_nobodys_loss(
    baker: Chatbot, bookshop: Workspace, northwind: Agency, ada: User, now: datetime
) -> None:
    Agency.objects.filter(pk=northwind.pk).update(source_limit=0)
    assert moving.move(baker, to=bookshop, by=ada, now=now).workspace_id == bookshop.pk


def test_an_archived_workspace_comes_back_only_beside_what_is_guaranteed(
    baker: Chatbot, bakery: Workspace, bookshop: Workspace, ada: User, now: datetime
) -> None:
    closing.archive(bakery, by=ada, now=now)
    guarantee(bookshop, 2, now, limit=2)
    with pytest.raises(sources.SourcesExhausted):
        floor.restore(bakery, by=ada, now=now)
    guarantee(bookshop, 1, now)
    floor.restore(bakery, by=ada, now=now)


def test_a_plan_with_fewer_sources_than_there_are_deletes_none_and_gives_none(
    baker: Chatbot, bookworm: Chatbot, northwind: Agency
) -> None:
    Agency.objects.filter(pk=northwind.pk).update(source_limit=1)
    with pytest.raises(sources.SourcesExhausted, match="has 2 data sources, and may have 1"):
        teach(baker, "Third", "Words.")
    assert DataSource.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_what_is_guaranteed(
    baker: Chatbot, bookworm: Chatbot, bakery: Workspace, now: datetime
) -> None:
    guarantee(bakery, 4, now, limit=8)

    def add(number: int) -> DataSource:
        return sources.add(bookworm, kind="text", title=f"Source {number}", text="Words.", by=None, now=now)

    results = at_once(add, people=12)
    assert sum(isinstance(result, DataSource) for result in results) == 3
    for number in range(3):
        teach(baker, f"Guaranteed {number}", "Words.")


@pytest.mark.django_db(transaction=True)
def test_two_clients_do_not_both_win_the_last_one(baker: Chatbot, bookworm: Chatbot, now: datetime) -> None:
    Agency.objects.filter(pk=baker.workspace.agency_id).update(source_limit=3)

    def add(number: int) -> DataSource:
        bot = (baker, bookworm)[number % 2]
        return sources.add(bot, kind="text", title=f"Source {number}", text="Words.", by=None, now=now)

    assert sum(isinstance(result, DataSource) for result in at_once(add, people=8)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_guarantee_set_among_additions_is_kept_from_then_on(
    baker: Chatbot, bookworm: Chatbot, bakery: Workspace, northwind: Agency, now: datetime
) -> None:
    Agency.objects.filter(pk=northwind.pk).update(source_limit=8)

    def act(number: int) -> Any:
        if number == 5:
            return guarantee(bakery, 5, now)
        return sources.add(bookworm, kind="text", title=f"Source {number}", text="Words.", by=None, now=now)

    at_once(act, people=12)
    assert sources.used_by(northwind) <= 8
    with pytest.raises(sources.SourcesExhausted):
        teach(bookworm, "Over", "Words.")


@pytest.mark.parametrize("seed", range(5))
def test_whatever_happens_what_is_used_and_reserved_fits_when_one_is_added(
    baker: Chatbot, bookworm: Chatbot, northwind: Agency, now: datetime, seed: int
) -> None:
    draw = random.Random(seed)
    Agency.objects.filter(pk=northwind.pk).update(source_limit=10)
    for number in range(40):
        bot = draw.choice([baker, bookworm])
        try:
            if draw.random() < 0.3:
                guarantee(bot.workspace, draw.choice([None, 1, 3, 6]), now)
            elif draw.random() < 0.3 and (last := bot.sources.first()):
                sources.delete(last, by=bot.workspace.agency.staff.get().user, now=now)
            else:
                teach(bot, f"Source {number}", "Words.")
                owned = sources.by_workspace(northwind)
                kept = caps.reserved(caps.guarantees(northwind, "sources"), owned, but=bot.workspace_id)
                assert sum(owned.values()) + kept <= 10
        except (sources.SourcesExhausted, caps.Refused):
            continue
        assert sum(caps.guarantees(northwind, "sources").values()) <= 10


# --- changing and deleting -------------------------------------------------------------------------------------------


def test_a_revised_source_is_learned_anew(browser: Client, baker: Chatbot, page: str) -> None:
    old = baker.sources.get()
    browser.post(f"{page}{old.pk}/", {"title": "Parking", "text": "Park behind the mill.", "request_key": str(uuid4())})
    assert [hit.passage.text for hit in retrieval.search(baker, "Where is parking?")] == ["Park behind the mill."]
    assert baker.sources.count() == 1


def test_looking_at_delete_deletes_nothing(browser: Client, baker: Chatbot, page: str) -> None:
    assert b"Delete for good" in browser.get(f"{page}{baker.sources.get().pk}/delete/").content
    assert baker.sources.count() == 1
