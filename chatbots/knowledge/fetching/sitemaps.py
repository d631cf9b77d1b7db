"""The pages that a site lists itself: sitemaps, packed ones, and sitemaps of sitemaps, within bounds."""

import time
import zlib
from collections import deque

from chatbots.knowledge import reading
from chatbots.knowledge.fetching import fetcher, robots
from chatbots.knowledge.fetching.refusals import LARGE, Refused
from chatbots.knowledge.fetching.unpacking import TooLarge, unpacked
from chatbots.knowledge.fetching.urls import normal, place, same_site

MOST = 10_000  # pages
MOST_FILES = 50
DEEPEST = 3  # sitemaps of sitemaps of sitemaps
SECONDS = 120.0  # for all of them
USUAL = "/sitemap.xml"
NO_SITEMAP = "No sitemap was found for {host}. Give the address of one, or learn the pages that the first one leads to."
NO_PAGES = "The sitemap lists no pages of {host}. Look whether it lists another site, or give another sitemap."


def urls(start: str, *, most: int = MOST) -> list[str]:
    """The pages of a site that its sitemaps list, at most `most`, in their order.

    `start` is a sitemap, or a page of the site: then those are read that robots.txt names, or the usual one.
    Raises Refused when there is none, or none that lists pages of this site.
    """
    ends = time.monotonic() + SECONDS
    pages, maps = listed(start)
    known = bool(pages or maps)  # whether there is any sitemap
    if not known:
        maps = named(start)
    found = dict.fromkeys(same(pages, start))
    waiting = deque((address, 1) for address in same(maps, start))
    seen = {start}
    while waiting and len(found) < most and len(seen) <= MOST_FILES and time.monotonic() < ends:
        address, depth = waiting.popleft()
        if address in seen:
            continue
        seen.add(address)
        try:
            pages, maps = listed(address)
        except Refused:  # of several, the others may be there
            continue
        known = known or bool(pages or maps)
        found.update(dict.fromkeys(same(pages, start)))
        waiting.extend((inner, depth + 1) for inner in same(maps, start) if depth < DEEPEST)
    if not found:
        raise Refused((NO_PAGES if known else NO_SITEMAP).format(host=place(start).host))
    return list(found)[:most]


def named(start: str) -> list[str]:
    """Where the sitemaps of a page's site are: as robots.txt says, or at the usual place."""
    rules, at = robots.allowed(start), place(start)
    if rules.refusal:
        raise Refused(rules.refusal)
    return rules.sitemaps or [f"{at.scheme}://{at.netloc}{USUAL}"]


def listed(address: str) -> tuple[list[str], list[str]]:
    """The pages and the sitemaps that a sitemap lists; neither for what is no sitemap, or is not there."""
    try:
        body = fetcher.fetch(address).body
        if body.startswith(b"\x1f\x8b"):
            body = unpacked(body, most=fetcher.MOST)
        return reading.sitemap(body)
    except TooLarge as error:
        raise Refused(LARGE.format(megabytes=fetcher.MOST / 1_000_000)) from error
    except (zlib.error, reading.Unreadable):
        return [], []


def same(addresses: list[str], start: str) -> list[str]:
    """Those that are addresses of the same site, each in its one spelling."""
    found: list[str] = []
    for address in addresses:
        try:
            address = normal(address)
        except Refused:
            continue
        if same_site(address, start):
            found.append(address)
    return found
