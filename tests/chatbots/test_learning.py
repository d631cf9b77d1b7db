"""Websites and files are learned in steps by workers: found, fetched, read, and again when they change."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile

from agencies.models import User
from chatbots import invariants
from chatbots.bots import bots, moving
from chatbots.knowledge import crawling, learned, learning, retrieval, sources, tasks, visiting, working
from chatbots.knowledge.sources import AlreadyThere
from chatbots.models import Chatbot, DataSource, Page, Passage, Upload
from tests.chatbots import web as webs
from tests.chatbots.web import Web
from tests.racing import at_once
from workspaces import closing
from workspaces.models import Workspace

pytestmark = pytest.mark.slow

FILLER = "The house keeps this page so that people find what they look for without asking anybody at the counter."


@pytest.fixture
def web(settings: Any) -> Iterator[Web]:
    with webs.served() as server:
        settings.FETCH_ALLOWED = [server.place]
        yield server


def put(web: Web, path: str, words: str, *links: str, etag: str = "") -> None:
    """A page of the site, with these words and links."""
    leading = "".join(f'<li><a href="{link}">Page {link}</a></li>' for link in links)
    body = f"<html><head><title>About {path}</title></head><body><main><h1>About {path}</h1><p>{words} {FILLER}</p>"
    web.pages[path] = webs.Page(f"{body}<ul>{leading}</ul></main></body></html>", etag=etag)


def put_note(web: Web, path: str, words: str, etag: str = "") -> None:
    """A page of plain text, which is read sooner."""
    web.pages[path] = webs.Page(f"{words} {FILLER}", headers={"Content-Type": "text/plain"}, etag=etag)


@pytest.fixture
def shop(web: Web) -> Web:
    """A site of four pages: the first leads to two, and one of these to the fourth."""
    put(web, "/", "The shop sells bread, cakes and coffee.", "/bread", "/cakes", etag='"home"')
    put(web, "/bread", "Rye bread costs four euros and sixty cents.", "/", "/bread/rye", etag='"bread"')
    put(web, "/bread/rye", "The rye comes from a mill in the valley.", etag='"rye"')
    put(web, "/cakes", "Wedding cakes are ordered three weeks ahead.", etag='"cakes"')
    return web


@pytest.fixture
def teach_site(baker: Chatbot, ada: User, now: datetime) -> Any:
    """Add a website and queue it, without learning it."""

    def add(url: str, **wishes: str) -> DataSource:
        wanted = {"reach": "site", "include": "", "exclude": "", "schedule": "never"} | wishes
        return sources.add_website(baker, url=url, by=ada, now=now, **wanted)

    return add


def step(source: DataSource, now: datetime, *, times: int = 1, seconds: float = 1000) -> DataSource:
    """Let a worker take steps; they are long enough for everything, unless they are told otherwise."""
    for _ in range(times):
        working.step(source.workspace_id, source.pk, now=now, seconds=seconds)
    return DataSource.objects.get(pk=source.pk)


def retrain(source: DataSource, ada: User, now: datetime) -> DataSource:
    sources.retrain(source, by=ada, now=now)
    return step(source, now)


def texts(source: DataSource) -> list[str]:
    return sorted(passage.text for passage in source.passages.all())


def paths(source: DataSource, **having: Any) -> set[str]:
    return {"/" + page.url.split("/", 3)[3] for page in source.pages.filter(**having)}


# --- websites --------------------------------------------------------------------------------------------------------


def test_a_site_is_learned_page_by_page(shop: Web, teach_site: Any, baker: Chatbot, now: datetime) -> None:
    source = teach_site(shop.url())
    assert (source.status, source.title) == ("queued", shop.place)
    source = step(source, now)
    assert (source.status, source.run, source.learned_at) == ("trained", None, now)
    assert paths(source, status="learned") == {"/", "/bread", "/bread/rye", "/cakes"}
    assert shop.paths() == ["/robots.txt", "/", "/bread", "/cakes", "/bread/rye"]
    [hit, *_] = retrieval.search(baker, "What does the rye bread cost?")
    assert "four euros" in hit.passage.text
    assert invariants.breaches() == []


@pytest.mark.parametrize(
    ("wishes", "learned"),
    [
        ({"reach": "page"}, {"/"}),
        ({"include": "/bread"}, {"/", "/bread", "/bread/rye"}),
        ({"include": "/bread", "exclude": "/bread/*"}, {"/", "/bread"}),
        ({"exclude": "/bread\n/cakes"}, {"/"}),
    ],
)
def test_only_what_is_wanted_of_a_site_is_fetched(
    shop: Web, teach_site: Any, now: datetime, wishes: dict[str, str], learned: set[str]
) -> None:
    source = step(teach_site(shop.url(), **wishes), now)
    assert paths(source) == learned
    assert set(shop.paths()) == {"/robots.txt", *learned}


def test_the_pages_of_a_sitemap_are_learned(shop: Web, teach_site: Any, now: datetime) -> None:
    listed = "".join(f"<url><loc>{shop.url(path)}</loc></url>" for path in ("/bread", "/cakes"))
    shop.pages["/sitemap.xml"] = webs.Page(
        f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{listed}</urlset>',
        headers={"Content-Type": "application/xml"},
    )
    source = step(teach_site(shop.url("/sitemap.xml"), reach="sitemap"), now)
    assert paths(source, status="learned") == {"/bread", "/cakes"}


def test_a_page_that_robots_may_not_read_is_not_fetched(shop: Web, teach_site: Any, now: datetime) -> None:
    shop.pages["/robots.txt"] = webs.Page("User-agent: *\nDisallow: /cakes", headers={"Content-Type": "text/plain"})
    source = step(teach_site(shop.url()), now)
    assert "/cakes" not in shop.paths()
    assert "robots.txt" in source.pages.get(url=shop.url("/cakes")).failure
    assert source.status == "trained"


def test_a_page_that_leads_to_another_is_learned_as_that_one(shop: Web, teach_site: Any, now: datetime) -> None:
    put(shop, "/", "The shop sells bread, cakes and coffee.", "/old", "/cakes")
    shop.pages["/old"] = webs.Page(status=301, headers={"Location": "/cakes"})
    source = step(teach_site(shop.url()), now)
    assert paths(source, status="learned") == {"/", "/cakes"}
    assert paths(source, status="skipped") == {"/old"}
    assert sum("Wedding cakes" in text for text in texts(source)) == 1


def test_a_page_under_two_addresses_is_learned_once(shop: Web, teach_site: Any, now: datetime) -> None:
    put(shop, "/", "The shop sells bread, cakes and coffee.", "/cakes?sort=up", "/cakes?sort=down")
    shop.pages |= {f"/cakes?sort={way}": shop.pages["/cakes"] for way in ("up", "down")}
    source = step(teach_site(shop.url()), now)
    assert sum("Wedding cakes" in text for text in texts(source)) == 1
    assert source.pages.get(status="skipped").failure.startswith("It says the same as http")


def test_thirty_thousand_links_end_at_the_bound(
    shop: Web, teach_site: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawling, "MOST_PAGES", 3)
    put(shop, "/", "The shop sells bread, cakes and coffee.", *[f"/{number}" for number in range(30_000)])
    source = step(teach_site(shop.url()), now)
    assert source.pages.count() == 3
    assert len(source.pages.get(url=shop.url()).links) == crawling.MOST_LINKS
    assert source.status == "trained"


@pytest.mark.parametrize("bound", ["MOST_BYTES", "MOST_SECONDS"])
def test_a_site_that_takes_too_much_ends_with_what_there_is(
    shop: Web, teach_site: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(crawling, bound, 100)
    source = teach_site(shop.url())
    if bound == "MOST_SECONDS":
        step(source, now, seconds=0)  # one page
        DataSource.objects.update(spent=101)
    source = step(source, now)
    assert (source.status, paths(source, status="learned")) == ("trained", {"/"})
    assert set(source.pages.filter(status="skipped").values_list("failure", flat=True)) == {learning.TOO_LONG}


# --- failing, in words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (webs.Page(status=404), "404"),
        (webs.Page(status=401), "login"),
        (webs.Page(status=500), "later"),
        (webs.Page("<html><body></body></html>"), "no text"),
        (webs.Page(b"%PDF-1.4 broken", headers={"Content-Type": "application/pdf"}), ""),
    ],
)
def test_a_page_that_cannot_be_learned_says_why(
    web: Web, teach_site: Any, now: datetime, page: webs.Page, words: str
) -> None:
    web.pages["/"] = page
    source = step(teach_site(web.url(), reach="page"), now)
    assert (source.status, source.failed_at, source.learned_at) == ("failed", now, None)
    assert words in source.failure
    assert source.failure


def test_an_address_inside_is_refused_in_words(teach_site: Any, now: datetime) -> None:
    source = step(teach_site("http://169.254.169.254/latest/", reach="page"), now)
    assert (source.status, source.pages.get().status) == ("failed", "failed")
    assert "private network" in source.failure


def test_a_sitemap_that_is_none_says_so(shop: Web, teach_site: Any, now: datetime) -> None:
    source = step(teach_site(shop.url(), reach="sitemap"), now)
    assert source.status == "failed"
    assert "sitemap" in source.failure


# --- retraining ------------------------------------------------------------------------------------------------------


def test_only_what_changed_is_learned_again(shop: Web, teach_site: Any, ada: User, now: datetime) -> None:
    source = step(teach_site(shop.url()), now)
    kept = set(source.passages.exclude(text__contains="Wedding").values_list("pk", flat=True))
    put(shop, "/cakes", "Wedding cakes are ordered five weeks ahead.", etag='"cakes 2"')
    shop.pages["/bread"] = webs.Page(f"{shop.pages['/bread'].body}<!-- made at noon -->")  # other bytes, the same words
    source = retrain(source, ada, now + timedelta(days=1))
    assert kept < set(source.passages.values_list("pk", flat=True))
    assert "five weeks" in next(text for text in texts(source) if "Wedding" in text)
    assert source.learned_at == now + timedelta(days=1)


def test_a_page_that_vanished_is_answered_from_no_more(
    shop: Web, teach_site: Any, baker: Chatbot, ada: User, now: datetime
) -> None:
    source = step(teach_site(shop.url()), now)
    put(shop, "/", "The shop sells bread and coffee.", "/bread")
    del shop.pages["/bread/rye"]
    source = retrain(source, ada, now)
    assert paths(source, status="learned") == {"/", "/bread"}
    assert retrieval.search(baker, "How far ahead are wedding cakes ordered?") == []
    assert not any("mill in the valley" in text for text in texts(source))


def test_a_retrain_that_fails_keeps_what_was_learned_and_says_since_when(
    shop: Web, teach_site: Any, ada: User, now: datetime
) -> None:
    source = step(teach_site(shop.url()), now)
    before, later = texts(source), now + timedelta(days=1)
    shop.pages = {path: webs.Page(status=503) for path in shop.pages}
    source = retrain(source, ada, later)
    assert (source.status, source.failed_at, source.learned_at) == ("trained", later, now)
    source = retrain(source, ada, later + timedelta(days=1))
    assert (source.failed_at, texts(source)) == (later, before)


def test_a_retrain_that_goes_well_again_forgets_the_failure(
    shop: Web, teach_site: Any, ada: User, now: datetime
) -> None:
    source = step(teach_site(shop.url()), now)
    DataSource.objects.update(failure="It was away.", failed_at=now)
    source = retrain(source, ada, now)
    assert (source.failure, source.failed_at) == ("", None)


def test_a_site_is_crawled_changed_and_retrained(web: Web, teach_site: Any, ada: User, now: datetime) -> None:
    many = int(os.environ.get("SITE", "70"))  # pages: one, ten rooms, their shelves; the last one is missing
    rooms = [f"/room/{number}" for number in range(10)]
    put(web, "/", "A house of ten rooms.", *rooms, etag='"0"')
    for number, room in enumerate(rooms):
        shelves = [f"{room}/{shelf}" for shelf in range((many - 10) // 10)]
        put(web, room, f"Room number {number}.", *shelves, etag=f'"{room}"')
        for shelf in shelves:
            put_note(web, shelf, f"The things of {shelf}.", etag=f'"{shelf}"')
    del web.pages[shelves[-1]]  # and a link that leads nowhere
    source = step(teach_site(web.url()), now)
    assert source.pages.filter(status="learned").count() == many
    put_note(web, "/room/3/3", "This shelf was cleared.", etag='"cleared"')
    put_note(web, "/room/4/4", "This shelf is for lamps.")
    put_note(web, "/room/5/5", "The things of /room/5/5.")  # the same words as before, and no validator
    web.asked.clear()
    source = retrain(source, ada, now)
    whole = [
        path for path, sent in web.asked if path in web.pages and sent.get("If-None-Match") != web.pages[path].etag
    ]
    assert sorted(whole) == ["/room/3/3", "/room/4/4", "/room/5/5"]
    assert len(web.asked) == many + 2  # with robots.txt, and the link that leads nowhere
    assert source.pages.filter(status="learned").count() == many
    assert sum("This shelf" in text for text in texts(source)) == 2


# --- killed, twice, at once ------------------------------------------------------------------------------------------


def rows(source: DataSource) -> Any:
    """What was learned, without keys of rows."""
    pages = source.pages.order_by("url").values_list("url", "status", "title", "text", "content", "etag")
    return list(pages), texts(source), source.passages.count()


def test_a_learning_that_is_cut_anywhere_ends_with_the_same_rows(
    shop: Web, teach_site: Any, baker: Chatbot, ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = rows(step(teach_site(shop.url()), now))
    sources.delete(DataSource.objects.get(kind="website"), by=ada, now=now)
    source, deaths = teach_site(shop.url()), 0

    class Killed(BaseException):
        pass

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    places = [(learning, "start"), (visiting, "fetch"), (visiting, "read"), (learned, "learn_page")]
    for place, name in [*places, (learning, "finish")]:
        with monkeypatch.context() as patch:
            patch.setattr(place, name, die)
            with pytest.raises(Killed):
                step(source, now)
        deaths += 1
        step(source, now, seconds=0)  # one page more
    source = step(source, now)
    assert (deaths, source.status, rows(source)) == (5, "trained", wanted)


def test_a_page_that_kills_its_worker_each_time_is_given_up(
    shop: Web, teach_site: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = teach_site(shop.url())
    reading = visiting.read

    def dies_of_bread(data: bytes, **hints: Any) -> Any:
        if hints["url"].endswith("/bread"):
            raise KeyboardInterrupt
        return reading(data, **hints)

    monkeypatch.setattr(visiting, "read", dies_of_bread)
    for _ in range(learning.MOST_TRIES):
        with pytest.raises(KeyboardInterrupt):
            step(source, now)
    source = step(source, now)
    assert (source.status, source.pages.get(status="failed").failure) == ("trained", learning.KILLED)
    assert paths(source, status="learned") == {"/", "/cakes"}


@pytest.mark.django_db(transaction=True)
def test_the_task_run_twice_and_twice_at_once_gives_the_same_rows(shop: Web, teach_site: Any, now: datetime) -> None:
    source = teach_site(shop.url())  # is learned at once, as the task runs after the commit
    wanted = rows(source)
    sources.retrain(source, by=source.added_by, now=now)
    at_once(lambda _: tasks.learn(source.workspace_id, source.pk), people=4)
    tasks.learn(source.workspace_id, source.pk)
    source.refresh_from_db()
    assert (source.status, rows(source)) == ("trained", wanted)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_without_the_lock_write_each_page_once(
    shop: Web, teach_site: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agencies.queue.after_commit", lambda *_: None)
    source = teach_site(shop.url())
    run = DataSource.objects.get(pk=source.pk).run
    here = learning.Learning(source.workspace_id, source.pk, run)
    results = at_once(lambda _: working.go_on(here, now=now, seconds=1000), people=3)
    assert results == [False] * 3
    assert DataSource.objects.get(pk=source.pk).status == "trained"
    assert len(texts(source)) == len(set(texts(source)))
    assert paths(source, status="learned") == {"/", "/bread", "/bread/rye", "/cakes"}


def test_what_a_killed_worker_left_is_taken_up_once(shop: Web, teach_site: Any, now: datetime) -> None:
    source = teach_site(shop.url())
    step(source, now, seconds=0)
    later = now + learning.LEFT_BEHIND + timedelta(seconds=1)
    assert learning.left_behind(now) == []
    assert learning.left_behind(later) == [(source.workspace_id, source.pk)]
    assert learning.left_behind(later) == []


# --- ending ----------------------------------------------------------------------------------------------------------


def test_what_was_learned_before_a_stop_stays(shop: Web, teach_site: Any, ada: User, now: datetime) -> None:
    source = teach_site(shop.url())
    step(source, now, seconds=0)
    sources.stop(source, by=ada, now=now)
    source = step(source, now)
    assert (source.status, source.run, paths(source, status="learned")) == ("trained", None, {"/"})


def test_a_stop_before_anything_was_learned_says_what_to_do(teach_site: Any, ada: User, now: datetime) -> None:
    source = teach_site("https://example.com/")
    sources.stop(source, by=ada, now=now)
    source.refresh_from_db()
    assert (source.status, source.failure) == ("failed", learning.STOPPED)


def test_a_worker_in_the_middle_of_a_page_notices_the_stop(
    shop: Web, teach_site: Any, ada: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = teach_site(shop.url())
    fetching = visiting.fetch

    def fetch_and_stop(url: str, **hints: Any) -> Any:
        sources.stop(source, by=ada, now=now)
        return fetching(url, **hints)

    monkeypatch.setattr(visiting, "fetch", fetch_and_stop)
    source = step(source, now)
    assert (source.status, source.passages.count()) == ("failed", 0)


@pytest.mark.parametrize("how", ["deleted", "moved", "paused", "archived", "its chatbot deleted"])
def test_a_learning_whose_place_is_gone_ends_quietly(
    shop: Web, teach_site: Any, baker: Chatbot, bookshop: Workspace, ada: User, now: datetime, how: str
) -> None:
    source = teach_site(shop.url())
    step(source, now, seconds=0)
    {
        "deleted": lambda: sources.delete(source, by=ada, now=now),
        "moved": lambda: moving.move(baker, to=bookshop, by=ada, now=now),
        "paused": lambda: closing.pause(baker.workspace, by=ada, now=now),
        "archived": lambda: closing.archive(baker.workspace, by=ada, now=now),
        "its chatbot deleted": lambda: bots.delete(baker, by=ada, now=now),
    }[how]()
    shop.asked.clear()
    working.step(source.workspace_id, source.pk, now=now, seconds=1000)
    assert shop.paths() == []
    assert invariants.breaches() == []


def test_a_learning_goes_on_where_its_chatbot_moved_to(
    shop: Web, teach_site: Any, baker: Chatbot, bookshop: Workspace, ada: User, now: datetime
) -> None:
    source = teach_site(shop.url())
    step(source, now, seconds=0)
    moving.move(baker, to=bookshop, by=ada, now=now)
    [(workspace_id, source_id)] = learning.left_behind(now + timedelta(hours=1))
    working.step(workspace_id, source_id, now=now, seconds=1000)
    source.refresh_from_db()
    assert (source.status, source.workspace_id, source.pages.count()) == ("trained", bookshop.pk, 4)
    assert invariants.breaches() == []


def test_a_deleted_website_answers_nothing_any_more(
    shop: Web, teach_site: Any, baker: Chatbot, ada: User, now: datetime
) -> None:
    source = step(teach_site(shop.url()), now)
    sources.delete(source, by=ada, now=now)
    assert retrieval.search(baker, "How far ahead are wedding cakes ordered?") == []
    assert not Page.objects.exists()


# --- schedules -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("schedule", "days"), [("daily", 1), ("weekly", 7), ("monthly", 30)])
def test_a_website_is_due_as_its_schedule_says(
    shop: Web, teach_site: Any, now: datetime, schedule: str, days: int
) -> None:
    source = step(teach_site(shop.url(), reach="page", schedule=schedule), now)
    due = now + timedelta(days=days)
    assert learning.due(due - timedelta(seconds=1)) == []
    assert learning.due(due) == [(source.workspace_id, source.pk)]
    for _ in range(2):
        sources.fetch_anew(source.workspace_id, source.pk, now=due)
    assert step(source, due).due_at == due + timedelta(days=days)


def test_nothing_is_due_in_a_closed_workspace(shop: Web, teach_site: Any, ada: User, now: datetime) -> None:
    source = step(teach_site(shop.url(), reach="page", schedule="daily"), now)
    closing.pause(source.workspace, by=ada, now=now)
    assert learning.due(now + timedelta(days=2)) == []


# --- files -----------------------------------------------------------------------------------------------------------


def file(name: str, words: bytes | str) -> Any:
    return ContentFile(words.encode() if isinstance(words, str) else words, name=name)


def test_a_file_is_learned_and_kept_as_it_was(baker: Chatbot, ada: User, now: datetime) -> None:
    prices = "# Prices\n\nRye bread costs four euros and sixty cents.\n"
    [source] = sources.add_files(baker, files=[file(r"C:\papers\prices.md", prices)], by=ada, now=now)
    source = step(source, now)
    assert (source.status, source.title, source.pages.get().url) == ("trained", "prices.md", "prices.md")
    assert bytes(source.upload.data).decode() == prices
    [hit] = retrieval.search(baker, "What does rye bread cost?")
    assert hit.passage.page
    assert hit.passage.page.pk == source.pages.get().pk


def test_one_bad_file_fails_by_itself(baker: Chatbot, ada: User, now: datetime) -> None:
    two = [file("broken.pdf", b"%PDF-1.7 nothing"), file("good.txt", "We park behind the mill.")]
    made = [step(source, now) for source in sources.add_files(baker, files=two, by=ada, now=now)]
    assert [source.status for source in made] == ["failed", "trained"]
    assert made[0].failure


def test_another_file_takes_the_place_of_one(baker: Chatbot, ada: User, now: datetime) -> None:
    [source] = sources.add_files(baker, files=[file("old.txt", "We park behind the mill.")], by=ada, now=now)
    step(source, now)
    sources.revise_file(source, title="Parking", file=file("new.txt", "We park at the river."), by=ada, now=now)
    source = step(source, now)
    assert (source.title, texts(source)) == ("Parking", ["We park at the river."])
    assert source.pages.get().url == "new.txt"


# --- what counts, and what is there twice ----------------------------------------------------------------------------


def test_the_same_website_twice_is_refused_by_the_name_of_the_first(shop: Web, teach_site: Any) -> None:
    teach_site(shop.url("/cakes"), title="All our cakes")
    with pytest.raises(AlreadyThere, match="“All our cakes”"):
        teach_site(shop.url("/cakes#top") + "")
    assert DataSource.objects.filter(kind="website").count() == 1


def test_an_edit_does_not_make_a_website_be_there_twice(teach_site: Any, ada: User, now: datetime) -> None:
    first, second = teach_site("https://example.com/a"), teach_site("https://example.com/b")
    wishes = {"title": "", "reach": "page", "include": "", "exclude": "", "schedule": "never"}
    with pytest.raises(AlreadyThere, match=r"example\.com/a"):
        sources.revise_website(second, url=first.url, by=ada, now=now, **wishes)
    sources.revise_website(second, url="https://example.com/c", by=ada, now=now, **wishes)
    second.refresh_from_db()
    assert (second.title, second.reach) == ("example.com/c", "page")


def test_many_are_added_all_or_none(baker: Chatbot, ada: User, now: datetime) -> None:
    type(baker.workspace.agency).objects.update(source_limit=3)
    wishes = {"reach": "page", "schedule": "never"}
    three = [f"https://example.com/{number}" for number in range(3)]
    with pytest.raises(sources.SourcesExhausted, match="room for 2 more data sources, and 3 are needed"):
        sources.add_websites(baker, addresses=three, by=ada, now=now, **wishes)
    assert baker.sources.count() == 1
    key = uuid4()
    for _ in range(2):
        sources.add_websites(baker, addresses=three[:2], by=ada, now=now, request_key=key, **wishes)
    assert baker.sources.count() == 3


# --- moving and cloning ----------------------------------------------------------------------------------------------


def test_a_clone_has_pages_files_and_passages_of_its_own(
    shop: Web, teach_site: Any, baker: Chatbot, ada: User, now: datetime
) -> None:
    website = step(teach_site(shop.url(), schedule="weekly"), now)
    [paper] = sources.add_files(baker, files=[file("a.txt", "We park behind the mill.")], by=ada, now=now)
    step(paper, now)
    copy = moving.clone(baker, to=baker.workspace, name="Copy", by=ada, now=now)
    its = copy.sources.get(kind="website")
    assert (its.url, its.schedule, its.due_at, rows(its)) == (website.url, "weekly", website.due_at, rows(website))
    assert {passage.page.source_id for passage in its.passages.select_related("page")} == {its.pk}
    known = baker.passages.count()
    bots.delete(baker, by=ada, now=now)
    assert (Upload.objects.get().source.chatbot, Passage.objects.count()) == (copy, known)


def test_a_clone_of_what_is_being_learned_is_learned_by_itself(
    shop: Web, teach_site: Any, baker: Chatbot, ada: User, now: datetime
) -> None:
    step(teach_site(shop.url()), now, seconds=0)
    copy = moving.clone(baker, to=baker.workspace, name="Copy", by=ada, now=now).sources.get(kind="website")
    assert copy.run
    assert (step(copy, now).status, copy.pages.count()) == ("trained", 4)
