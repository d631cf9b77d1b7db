"""What a site asks of robots, and which pages it lists."""

import gzip
from collections.abc import Iterator
from typing import Any

import pytest

from chatbots.knowledge.fetching import Refused, robots, sitemaps
from chatbots.knowledge.fetching.robots import Rules, parse
from tests.chatbots.web import Page, Web, served

TEXT = {"Content-Type": "text/plain"}
XML = {"Content-Type": "application/xml"}
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@pytest.fixture
def web(settings: Any) -> Iterator[Web]:
    with served() as web:
        settings.FETCH_ALLOWED = [web.place]
        yield web


def rules(web: Web, text: str) -> Rules:
    web.pages["/robots.txt"] = Page(text, headers=TEXT)
    return robots.allowed(web.url("/some/page"))


# --- robots.txt ------------------------------------------------------------------------------------------------------


def test_what_a_site_forbids_is_not_fetched(web: Web) -> None:
    asked = rules(web, "User-agent: *\nDisallow: /private/\nAllow: /private/open\n")
    assert asked.may(web.url("/"))
    assert not asked.may(web.url("/private/diary"))
    assert asked.may(web.url("/private/open/diary"))  # the longer rule, wherever it stands


@pytest.mark.parametrize(
    ("rule", "path", "may"),
    [
        ("/*.pdf$", "/files/a.pdf", False),
        ("/*.pdf$", "/files/a.pdf?x", True),
        ("/*?s=", "/?s=cake", False),
        ("/$", "/", False),
        ("/$", "/a", True),
        ("/caf%C3%A9", "/café/menu", False),
        ("/café", "/caf%c3%a9/menu", False),
        ("", "/", True),
        ("/" + "a*" * 500 + "b", "/" + "a" * 1500, True),
    ],
)
def test_rules_have_stars_and_ends(rule: str, path: str, may: bool) -> None:
    assert parse(f"User-agent: *\nDisallow: {rule}").may(f"https://example.org{path}") is may


def test_a_group_for_us_is_the_only_one_for_us() -> None:
    text = "User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-agent: Bureau/2.0\nDisallow: /drafts\nCrawl-delay: 2"
    asked = parse(text)
    assert asked.may("https://example.org/page")
    assert not asked.may("https://example.org/drafts/1")
    assert asked.delay == 2


def test_of_two_rules_as_long_the_one_that_allows_counts() -> None:
    assert parse("User-agent: *\nDisallow: /page\nAllow: /page").may("https://example.org/page")


@pytest.mark.parametrize(("asked", "kept"), [("0.5", 0.5), ("86400", 10), ("soon", 0), ("-1", 0), ("²", 0)])
def test_a_delay_is_kept_within_bounds(asked: str, kept: float) -> None:
    assert parse(f"User-agent: *\nCrawl-delay: {asked}").delay == kept


def test_where_there_is_no_robots_file_all_is_allowed(web: Web) -> None:
    assert robots.allowed(web.url("/page")).may(web.url("/page"))
    assert web.paths() == ["/robots.txt"]


@pytest.mark.parametrize("status", [500, 503])
def test_where_the_robots_file_cannot_be_reached_nothing_is_allowed(web: Web, status: int) -> None:
    web.pages["/robots.txt"] = Page("", status=status)
    asked = robots.allowed(web.url())
    assert not asked.may(web.url("/page"))
    assert "robots.txt of 127.0.0.1 could not be read" in asked.refusal


def test_where_nobody_answers_the_reason_is_given(settings: Any) -> None:
    with served() as gone:
        settings.FETCH_ALLOWED = [gone.place]
    assert "could not be reached" in robots.allowed(gone.url()).refusal


def test_rubbish_forbids_nothing(web: Web) -> None:
    assert rules(web, "<html>\x00 User-agent Disallow /\n:::\nDisallow: /\n" * 100).may(web.url("/page"))


# --- sitemaps --------------------------------------------------------------------------------------------------------


def listing(*addresses: str) -> str:
    entries = "".join(f"<url><loc> {address} </loc><lastmod>2026-01-01</lastmod></url>" for address in addresses)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {SPACE}>{entries}</urlset>'


def index(*addresses: str) -> str:
    entries = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return f"<sitemapindex {SPACE}>{entries}</sitemapindex>"


def test_a_sitemap_lists_the_pages_of_its_site(web: Web) -> None:
    pages = [web.url("/a"), web.url("/b?x=1&amp;utm_source=s"), web.url("/a#top"), "https://other.example/", "nowhere"]
    web.pages["/map.xml"] = Page(listing(*pages), headers=XML)
    assert sitemaps.urls(web.url("/map.xml")) == [web.url("/a"), web.url("/b?x=1")]


def test_a_page_leads_to_the_sitemaps_that_robots_are_told_of(web: Web) -> None:
    rules(web, f"Sitemap: {web.url('/one.xml')}\nUser-agent: *\nSitemap: /two.xml\n")
    web.pages["/"] = Page("<p>Hello</p>")
    web.pages["/one.xml"] = Page(listing(web.url("/1")), headers=XML)
    web.pages["/two.xml"] = Page(listing(web.url("/2")), headers=XML)
    assert sitemaps.urls(web.url("/")) == [web.url("/1"), web.url("/2")]


def test_without_a_word_the_usual_sitemap_is_looked_for(web: Web) -> None:
    web.pages["/"] = Page("<p>Hello</p>")
    web.pages["/sitemap.xml"] = Page(index(web.url("/packed.xml.gz")), headers=XML)
    packed = gzip.compress(listing(web.url("/1")).encode())
    web.pages["/packed.xml.gz"] = Page(packed, headers={"Content-Type": "application/gzip"})
    assert sitemaps.urls(web.url("/")) == [web.url("/1")]


def test_a_plain_list_is_a_sitemap_too(web: Web) -> None:
    web.pages["/map.txt"] = Page(f"{web.url('/1')}\n{web.url('/2')}\n", headers=TEXT)
    assert sitemaps.urls(web.url("/map.txt")) == [web.url("/1"), web.url("/2")]


def test_of_several_sitemaps_one_may_be_missing(web: Web) -> None:
    web.pages["/map.xml"] = Page(index(web.url("/gone.xml"), web.url("/here.xml")), headers=XML)
    web.pages["/here.xml"] = Page(listing(web.url("/1")), headers=XML)
    assert sitemaps.urls(web.url("/map.xml")) == [web.url("/1")]


def test_a_site_without_a_sitemap_is_told_what_to_give(web: Web) -> None:
    web.pages["/"] = Page("<p>Hello</p>")
    with pytest.raises(Refused, match=r"No sitemap was found for 127\.0\.0\.1\. Give the address of one"):
        sitemaps.urls(web.url("/"))


def test_a_sitemap_of_another_site_is_told(web: Web) -> None:
    web.pages["/map.xml"] = Page(listing("https://other.example/"), headers=XML)
    with pytest.raises(Refused, match="lists no pages of 127"):
        sitemaps.urls(web.url("/map.xml"))


def test_sitemaps_that_name_each_other_end(web: Web) -> None:
    web.pages["/a.xml"] = Page(index(web.url("/b.xml"), web.url("/a.xml")), headers=XML)
    web.pages["/b.xml"] = Page(index(web.url("/a.xml")), headers=XML)
    with pytest.raises(Refused, match="lists no pages"):
        sitemaps.urls(web.url("/a.xml"))
    assert web.paths() == ["/a.xml", "/b.xml"]


def test_sitemaps_deeper_than_three_are_left(web: Web) -> None:
    for depth in range(6):
        web.pages[f"/{depth}.xml"] = Page(index(web.url(f"/{depth + 1}.xml")), headers=XML)
    with pytest.raises(Refused, match="lists no pages"):
        sitemaps.urls(web.url("/0.xml"))
    assert web.paths() == ["/0.xml", "/1.xml", "/2.xml", "/3.xml"]


def test_of_thirty_thousand_links_only_so_many_are_taken(web: Web) -> None:
    web.pages["/map.xml"] = Page(listing(*(web.url(f"/{number}") for number in range(30_000))), headers=XML)
    assert len(sitemaps.urls(web.url("/map.xml"), most=500)) == 500


@pytest.mark.parametrize(
    "body",
    [
        "<html><body>Hello</body></html>",
        "<urlset><url><loc>",
        f"<urlset {SPACE}></urlset>",
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset><url><loc>&a;</loc></url></urlset>',
        "\x1f\x8b rubbish",
    ],
)
def test_what_is_no_sitemap_is_said_to_be_none(web: Web, body: str) -> None:
    web.pages["/sitemap.xml"] = Page(body.encode("latin-1"), headers=XML)
    web.pages["/"] = Page("<p>Hello</p>")
    with pytest.raises(Refused, match=r"No sitemap was found|lists no pages"):
        sitemaps.urls(web.url("/"))
