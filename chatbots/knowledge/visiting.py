"""A worker visits one page, or opens one file: fetches it, reads it, writes down what it says and where it leads."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from time import sleep
from urllib.parse import urlsplit

from django.db import transaction

from chatbots.knowledge import crawling, learned, learning
from chatbots.knowledge.fetching import Fetched, Refused, fetch, robots, sitemaps, urls
from chatbots.knowledge.learning import Learning
from chatbots.knowledge.reading import Document, Unreadable, read
from chatbots.models import DataSource, Page

LONGEST_TEXT = 2_000_000  # characters of one page or file
GONE = (404, 410)
NO_SITEMAP = "No sitemap was found there. Give the address of one, or learn the pages that the first one leads to."
ROBOTS = "The site's robots.txt asks not to read this page. Ask the site's owner to allow it, or paste its text."


class CannotBegin(Exception):
    """Nothing of the source can be visited; the text is for the user's eyes."""


class Missed(Exception):
    """A page could not be learned; the text is for the user's eyes. `is_gone`: it is not there any more."""

    def __init__(self, words: str, *, is_gone: bool = False) -> None:
        super().__init__(words)
        self.is_gone = is_gone


class Visitor:
    """One worker's step: it asks each site once what robots may read."""

    def __init__(self, of: Learning, source: DataSource, *, now: datetime) -> None:
        self.learning, self.source, self.now = of, source, now
        self.rules: dict[str, robots.Rules] = {}

    def look_around(self) -> None:
        """Find the pages of a sitemap, once for each learning. Raises CannotBegin."""
        if self.source.reach != DataSource.Reach.SITEMAP or self.learning.pages().exists():
            return
        try:
            chosen = self.wanted(sitemaps.urls(self.source.url))
        except Refused as refusal:
            raise CannotBegin(NO_SITEMAP if refusal.status in GONE else str(refusal)) from refusal
        with transaction.atomic():
            learning.find(learning.held(self.learning), chosen, depth=0)

    def visit(self, page: Page) -> None:
        """Learn a page, or write down why not. Raises learning.Ended."""
        try:
            if self.source.kind == DataSource.Kind.FILE:
                self.learn(page, self.opened(), None)
            else:
                self.fetch(page)
        except Missed as miss:
            self.miss(page, miss)

    def opened(self) -> Document:
        upload = self.source.upload
        return self.read(bytes(upload.data), name=upload.name)

    def fetch(self, page: Page) -> None:
        """Ask for a page, unless robots may not; one that says that it did not change is taken at its word."""
        try:
            self.ask_robots(page.url)
            fetched = fetch(page.url, etag=page.etag, last_modified=page.last_modified)
            to = urls.normal(fetched.url)
            if fetched.unchanged or (to == page.url and hash_of(fetched.body) == page.body):
                return self.keep(page)
            if page.depth and not urls.same_site(to, page.url):
                return self.skip(page, f"It leads to another site: {to}")
            if to != page.url:
                self.ask_robots(to)
        except Refused as refusal:
            raise Missed(str(refusal), is_gone=refusal.status in GONE) from refusal
        name = urlsplit(to).path.rsplit("/", 1)[-1] or "page.html"
        self.learn(page, self.read(fetched.body, name=name, content_type=fetched.content_type, url=to), fetched, to)

    def read(self, data: bytes, *, name: str, content_type: str = "", url: str = "") -> Document:
        try:
            document = read(data, name=name, content_type=content_type, url=url)
        except Unreadable as failure:
            raise Missed(str(failure)) from failure
        if not document.text.strip():
            raise Missed("It holds no text to learn. If a script writes its words, paste them as a text instead.")
        if len(document.text) > LONGEST_TEXT:
            raise Missed(f"It holds more than {LONGEST_TEXT:,} characters of text. Divide it into several.")
        return document

    def ask_robots(self, url: str) -> None:
        """Whether a page may be read, and when. Raises Missed."""
        here = urlsplit(url).netloc
        if here in self.rules:
            sleep(self.rules[here].delay)  # between two pages, as the site asks
        else:
            self.rules[here] = robots.allowed(url)
        if not self.rules[here].may(url):
            raise Missed(self.rules[here].refusal or ROBOTS)

    # --- what comes of it, each in one transaction --------------------------------------------------------------------

    @transaction.atomic
    def learn(self, page: Page, document: Document, fetched: Fetched | None, to: str = "") -> None:
        """Write what a page says. One that leads to another is that other one; one that says the same is left out."""
        source = learning.held(self.learning)
        if (found := self.waiting(page)) is None:
            return
        if to and to != found.url:
            self.settle(found, Page.Status.SKIPPED, f"It leads to {to}")
            learned.forget_page(found)
            learning.find(source, [to], depth=found.depth)
            if (found := source.pages.filter(url=to, run=source.run, status=Page.Status.FOUND).first()) is None:
                return
        if (same := self.saying_the_same(found, document)) is not None:
            learned.forget_page(found)
            return self.settle(found, Page.Status.SKIPPED, f"It says the same as {same.url}")
        found.source = source
        learned.learn_page(found, title=document.title, text=document.text)
        if fetched:
            found.etag, found.last_modified = tag(fetched.etag, 200), tag(fetched.last_modified, 100)
            found.size, found.body = len(fetched.body), hash_of(fetched.body)
            found.links = crawling.links(document.links, on=found.url)
            found.save(update_fields=["etag", "last_modified", "size", "body", "links"])
        self.settle(found, Page.Status.LEARNED)
        self.follow(source, found)

    @transaction.atomic
    def keep(self, page: Page) -> None:
        """It did not change: its passages stay, and its links are followed as they were."""
        source = learning.held(self.learning)
        if found := self.waiting(page):
            self.settle(found, Page.Status.LEARNED)
            self.follow(source, found)

    @transaction.atomic
    def skip(self, page: Page, words: str) -> None:
        learning.held(self.learning)
        if found := self.waiting(page):
            learned.forget_page(found)
            self.settle(found, Page.Status.SKIPPED, words)

    @transaction.atomic
    def miss(self, page: Page, miss: Missed) -> None:
        """Write down why. What it said before stays, unless it is gone; with the page a source begins at, all stays."""
        source = learning.held(self.learning)
        if (found := self.waiting(page)) is None:
            return
        begins_here = found.depth == 0 and source.reach != DataSource.Reach.SITEMAP
        if miss.is_gone and not begins_here:
            learned.forget_page(found)
        self.settle(found, Page.Status.FAILED, str(miss))
        self.follow(source, found)

    def waiting(self, page: Page) -> Page | None:
        """The page as it is now; None if somebody else was quicker."""
        return self.learning.pages().filter(pk=page.pk, status=Page.Status.FOUND).first()

    def saying_the_same(self, page: Page, document: Document) -> Page | None:
        content = learned.content_of(document.title, document.text)
        rows = self.learning.pages().filter(status=Page.Status.LEARNED, content=content)
        return rows.exclude(pk=page.pk).order_by("pk").first()

    def settle(self, page: Page, status: Page.Status, failure: str = "") -> None:
        page.status, page.failure, page.fetched_at = status, learned.plain(failure)[:300], self.now
        page.save(update_fields=["status", "failure", "fetched_at"])

    def follow(self, source: DataSource, page: Page) -> None:
        """Find the pages that a page leads to."""
        if source.reach == DataSource.Reach.SITE and page.depth < crawling.DEEPEST:
            learning.find(source, self.wanted(page.links), depth=page.depth + 1)

    def wanted(self, found: Iterable[str]) -> list[str]:
        """Those whose paths the person wants."""
        include, exclude = self.source.include.splitlines(), self.source.exclude.splitlines()
        return [url for url in found if urls.wanted(url, include=include, exclude=exclude)]


def hash_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def tag(value: str, longest: int) -> str:
    """A validator, or nothing where it would not fit: half of one is none."""
    return learned.plain(value) if len(value) <= longest else ""
