"""The Data Sources tab: forms that teach, what they refuse, and the table that says how far learning is."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agencies.models import Agency, AuditEntry, User
from chatbots.knowledge import learned, learning, sources
from chatbots.knowledge.forms import files as file_forms
from chatbots.knowledge.forms import texts
from chatbots.models import Chatbot, DataSource, Page
from tests.conftest import teach
from tests.queries import sent_by
from workspaces.models import Workspace


@pytest.fixture
def browser(bo: User, sign_in: Any) -> Client:
    return sign_in(bo)


@pytest.fixture
def page(baker: Chatbot) -> str:
    return f"/workspaces/{baker.workspace_id}/chatbots/{baker.pk}/sources/"


@pytest.fixture
def wishes() -> dict[str, str]:
    return {"url": "example.com/help", "reach": "site", "schedule": "weekly", "request_key": str(uuid4())}


@pytest.fixture
def website(baker: Chatbot, bo: User, now: datetime) -> DataSource:
    """Trained: one page with a passage, and one that failed."""
    wanted = {"reach": "site", "include": "", "exclude": "", "schedule": "never"}
    source = sources.add_website(baker, url="https://example.com/", by=bo, now=now, **wanted)
    learning.find(source, ["https://example.com/", "https://example.com/gone"], depth=0)
    first, gone = source.pages.order_by("pk")
    learned.learn_page(first, title="Delivery", text="# Delivery\n\nWe deliver bread every morning.")
    Page.objects.filter(pk=first.pk).update(status="learned")
    Page.objects.filter(pk=gone.pk).update(status="failed", failure="There is no page (404).")
    return source


def csv(text: str, encoding: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile("questions.csv", text.encode(encoding), content_type="text/csv")


def errors(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422
    return {name: " ".join(told) for name, told in answer.context["form"].errors.items()}


# --- adding ----------------------------------------------------------------------------------------------------------


def test_a_website_is_queued_as_it_was_wished_for(browser: Client, page: str, wishes: Any, baker: Chatbot) -> None:
    assert browser.post(f"{page}website/", wishes | {"include": "/help\n/faq"}).url == page
    source = baker.sources.get(kind="website")
    assert (source.url, source.title, source.status) == ("https://example.com/help", "example.com/help", "queued")
    assert (source.reach, source.include, source.schedule) == ("site", "/help\n/faq", "weekly")
    assert AuditEntry.objects.latest("pk").target == "example.com/help"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "enter the address"),
        ("no address", "not a web address"),
        ("ftp://example.com/", "http"),
        ("javascript:alert(1)", "http"),
        ("https://user:secret@example.com/", "password"),
        ("https://" + "a" * 2001, "2000"),
        ("https://exa\x00mple.com/", ""),
    ],
)
def test_what_is_no_address_is_refused_at_its_field(
    browser: Client, page: str, wishes: Any, url: str, words: str
) -> None:
    found = errors(browser.post(f"{page}website/", wishes | {"url": url}))
    assert list(found) == ["url"]
    assert words in found["url"]


@pytest.mark.parametrize(("field", "value"), [("reach", "world"), ("schedule", "hourly"), ("request_key", "spoilt")])
def test_other_wishes_are_refused_too(browser: Client, page: str, wishes: Any, field: str, value: str) -> None:
    assert list(errors(browser.post(f"{page}website/", wishes | {field: value}))) == [field]


def test_the_same_website_again_is_refused_by_name(browser: Client, page: str, wishes: Any) -> None:
    browser.post(f"{page}website/", wishes | {"title": "Our help pages"})
    again = wishes | {"url": "https://EXAMPLE.com:443/help#top", "request_key": str(uuid4())}
    assert "“Our help pages”" in errors(browser.post(f"{page}website/", again))["__all__"]


def test_a_list_of_websites_becomes_a_source_each(browser: Client, page: str, baker: Chatbot) -> None:
    listed = "example.com/a\n\n  https://example.com/b \nexample.com/a#again\n"
    sent = {"addresses": listed, "reach": "page", "schedule": "never", "request_key": str(uuid4())}
    assert browser.post(f"{page}websites/", sent).status_code == 302
    assert sorted(baker.sources.filter(kind="website").values_list("title", flat=True)) == [
        "example.com/a",
        "example.com/b",
    ]
    assert AuditEntry.objects.latest("pk").after == {"data sources": 2, "kind": "Website"}


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ("\n \n", "at least one"),
        ("https://example.com/\nnot one", "Line 2"),
        ("https://example.com/\n" * 101, "101 lines"),
        ("\n".join(f"https://example.com/{number}" for number in range(30_000)), "100"),
    ],
    ids=["none", "not one", "too many", "30,000"],
)
def test_a_list_that_is_amiss_is_refused_whole(
    browser: Client, page: str, baker: Chatbot, listed: str, words: str
) -> None:
    sent = {"addresses": listed, "reach": "page", "schedule": "never", "request_key": str(uuid4())}
    assert words in errors(browser.post(f"{page}websites/", sent))["addresses"]
    assert baker.sources.count() == 1


def test_several_files_become_a_source_each(browser: Client, page: str, baker: Chatbot) -> None:
    files = [SimpleUploadedFile(f"{name}.txt", b"Words.") for name in ("one", "two")]
    assert browser.post(f"{page}files/", {"files": files, "request_key": str(uuid4())}).status_code == 302
    assert sorted(source.upload.name for source in baker.sources.filter(kind="file")) == ["one.txt", "two.txt"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "choose a file"),
        ([SimpleUploadedFile("empty.txt", b"")], "nothing in this file"),
        (
            [SimpleUploadedFile(f"{number}.txt", b"Words.") for number in range(21)],
            "up to 20 are taken at once. None was added",
        ),
        ([SimpleUploadedFile("large.txt", b"x" * 2000)], "large.txt"),
    ],
    ids=["none", "empty", "too many", "too large"],
)
def test_files_that_are_amiss_are_refused(
    browser: Client, page: str, monkeypatch: pytest.MonkeyPatch, files: Any, words: str
) -> None:
    monkeypatch.setattr(file_forms, "LARGEST", 1000)
    assert words in errors(browser.post(f"{page}files/", {"files": files, "request_key": str(uuid4())}))["files"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_a_csv_of_questions_becomes_a_source_each(browser: Client, page: str, baker: Chatbot, encoding: str) -> None:
    sent = {"pairs": csv("question;answer\nCafé?;Ja, täglich.\nTea?;No.\n", encoding), "request_key": str(uuid4())}
    assert browser.post(f"{page}questions/", sent).status_code == 302
    assert dict(baker.sources.filter(kind="qa").values_list("title", "text")) == {
        "Café?": "Ja, täglich.",
        "Tea?": "No.",
    }


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("\n", ""),
        ("question,answer\n" + "q" * 201 + ",Yes\n", "Question 1 is longer"),
        ("question,answer\nWhen?," + "a" * 2001 + "\n", "Answer 1 is longer"),
        ("question,answer\n" + "".join(f"Question {number}?,Yes\n" for number in range(501)), "501 rows"),
    ],
    ids=["nothing", "long question", "long answer", "too many"],
)
def test_a_csv_that_is_amiss_is_refused_whole(
    browser: Client, page: str, baker: Chatbot, rows: str, words: str
) -> None:
    sent = {"pairs": csv(rows), "request_key": str(uuid4())}
    assert words in errors(browser.post(f"{page}questions/", sent))["pairs"]
    assert baker.sources.count() == 1


def test_two_megabytes_of_text_are_refused_in_words(browser: Client, page: str) -> None:
    sent = {"title": "Long", "text": "wörds " * 350_000, "request_key": str(uuid4())}
    assert errors(browser.post(f"{page}text/", sent))["text"] == texts.TOO_LONG


def test_many_that_do_not_fit_are_refused_in_words(
    browser: Client, page: str, baker: Chatbot, bakery: Workspace
) -> None:
    Workspace.objects.filter(pk=bakery.pk).update(source_cap=2)
    files = [SimpleUploadedFile(f"{name}.txt", b"Words.") for name in ("one", "two")]
    answer = browser.post(f"{page}files/", {"files": files, "request_key": str(uuid4())})
    assert "1 are in use; 2 are needed" in errors(answer)["__all__"]
    assert baker.sources.count() == 1


@pytest.mark.parametrize(
    ("person", "words", "not_said"), [("ada", "add-ons", "ask Northwind"), ("bo", "ask Northwind", "add-ons")]
)
def test_at_the_limit_the_form_says_who_can_help(
    page: str,
    northwind: Agency,
    request: Any,
    bo: User,
    ada: User,
    sign_in: Any,
    person: str,
    words: str,
    not_said: str,
) -> None:
    Agency.objects.filter(pk=northwind.pk).update(source_limit=1)
    shown = sign_in({"ada": ada, "bo": bo}[person]).get(f"{page}text/").content.decode()
    assert "None is left for Bakery" in shown
    assert words in shown
    assert not_said not in shown.split("<form", 1)[1]


def test_staff_read_what_is_left_of_the_pool_and_clients_only_of_their_cap(
    page: str, northwind: Agency, bakery: Workspace, ada: User, bo: User, sign_in: Any
) -> None:
    Agency.objects.filter(pk=northwind.pk).update(source_limit=8)
    assert b"7 more can be added" in sign_in(ada).get(f"{page}qa/").content
    assert b"more can be added" not in sign_in(bo).get(f"{page}qa/").content
    Workspace.objects.filter(pk=bakery.pk).update(source_cap=4)
    assert b"3 more can be added" in sign_in(bo).get(f"{page}qa/").content


# --- the table -------------------------------------------------------------------------------------------------------


def test_a_row_asks_for_itself_while_it_is_learned(browser: Client, page: str, website: DataSource) -> None:
    row = f"{page}{website.pk}/row/"
    shown = browser.get(row, headers={"HX-Request": "true"}).content.decode()
    assert f'hx-get="{row}"' in shown
    assert "Queued" in shown
    DataSource.objects.filter(pk=website.pk).update(status="processing")
    shown = browser.get(row, headers={"HX-Request": "true"}).content.decode()
    assert "2 pages found, 2 fetched, 1 learned, 1 failed" in shown
    assert "Stop" in shown
    DataSource.objects.filter(pk=website.pk).update(status="trained", run=None)
    shown = browser.get(row, headers={"HX-Request": "true"}).content.decode()
    assert "hx-get" not in shown
    assert browser.get(row).url == page


def test_a_failed_source_says_why_and_a_failed_retrain_since_when(
    browser: Client, page: str, website: DataSource, now: datetime
) -> None:
    failed = {"run": None, "failure": "It has no text layer.", "failed_at": now - timedelta(days=3)}
    DataSource.objects.filter(pk=website.pk).update(status="failed", **failed)
    assert b"It has no text layer." in browser.get(page).content
    DataSource.objects.filter(pk=website.pk).update(status="trained", **failed)
    assert b"Retraining fails since" in browser.get(page).content


def test_the_table_asks_as_much_for_many_sources_as_for_one(browser: Client, page: str, baker: Chatbot) -> None:
    browser.get(page)
    few = len(sent_by(lambda: browser.get(page)))
    for number in range(12):
        teach(baker, f"Source {number}", "Words.")
    assert len(sent_by(lambda: browser.get(page))) == few


def test_what_was_learned_can_be_read(browser: Client, page: str, website: DataSource, baker: Chatbot) -> None:
    pages = browser.get(f"{page}{website.pk}/learned/").content.decode()
    assert "Delivery" in pages
    assert "There is no page (404)." in pages
    first = website.pages.order_by("pk")[0]
    assert b"We deliver bread every morning." in browser.get(f"{page}{website.pk}/learned/{first.pk}/").content
    text = baker.sources.get(kind="text")
    assert b"opens at seven" in browser.get(f"{page}{text.pk}/learned/").content


def test_what_a_page_says_is_shown_as_text(browser: Client, page: str, website: DataSource) -> None:
    first = website.pages.order_by("pk")[0]
    hostile = "<script>alert(1)</script>"
    learned.learn_page(first, title=hostile, text=f"Words. {hostile}")
    for shown in (f"{website.pk}/learned/", f"{website.pk}/learned/{first.pk}/"):
        assert b"<script>alert" not in browser.get(page + shown).content


# --- changing --------------------------------------------------------------------------------------------------------


def test_a_website_is_learned_anew_only_when_other_pages_are_wanted(
    browser: Client, page: str, website: DataSource, wishes: Any, now: datetime
) -> None:
    learning.end(website, now=now)
    same = {"url": website.url, "title": "Named", "reach": "site", "schedule": "daily", "request_key": str(uuid4())}
    assert browser.post(f"{page}{website.pk}/", same).url == page
    website.refresh_from_db()
    assert (website.title, website.run, website.status) == ("Named", None, "trained")
    assert website.due_at
    browser.post(f"{page}{website.pk}/", same | {"exclude": "/gone"})
    website.refresh_from_db()
    assert (website.status, website.exclude) == ("queued", "/gone")


def test_a_file_is_renamed_without_sending_it_again(
    browser: Client, page: str, baker: Chatbot, bo: User, now: Any
) -> None:
    files = [SimpleUploadedFile("one.txt", b"Words.")]
    [source] = sources.add_files(baker, files=files, by=bo, now=now)
    learning.end(source, now=now)
    browser.post(f"{page}{source.pk}/", {"title": "Prices", "request_key": str(uuid4())})
    source.refresh_from_db()
    assert (source.title, source.run, source.upload.name) == ("Prices", None, "one.txt")


@pytest.mark.parametrize(("step", "status"), [("retrain", "queued"), ("stop", "trained")])
def test_retrain_and_stop_are_pressed_and_written_down(
    browser: Client, page: str, website: DataSource, now: datetime, step: str, status: str
) -> None:
    if step == "retrain":
        learning.end(website, now=now)
    there = f"{page}{website.pk}/{step}/"
    assert browser.get(there).url == page
    assert not AuditEntry.objects.filter(action__in=["source.retrained", "source.stopped"]).exists()
    for _ in range(2):
        assert browser.post(there).url == page
    website.refresh_from_db()
    assert website.status == status
    assert AuditEntry.objects.filter(action__in=["source.retrained", "source.stopped"]).count() == 1


def test_a_text_is_retrained_at_once(browser: Client, page: str, baker: Chatbot) -> None:
    text = baker.sources.get()
    browser.post(f"{page}{text.pk}/retrain/")
    text.refresh_from_db()
    assert (text.status, text.passages.count()) == ("trained", 1)


def test_a_viewer_reads_and_changes_nothing(vi: User, page: str, website: DataSource, sign_in: Any) -> None:
    theirs = sign_in(vi)
    assert theirs.get(f"{page}{website.pk}/learned/").status_code == 200
    for way in ("retrain/", "stop/", "delete/", ""):
        assert theirs.post(f"{page}{website.pk}/{way}").status_code == 403
    assert b"Retrain" not in theirs.get(page).content
