"""HTML. trafilatura finds what a long page is about; a short one is taken as a whole, without the frame of its site."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html  # type: ignore[import-untyped]
from lxml import etree

from chatbots.knowledge.reading.documents import LONGEST_TITLE, MOST_LINKS, Document, Unreadable
from chatbots.knowledge.reading.framing import without_frame
from chatbots.knowledge.reading.layout import joined, squeezed
from chatbots.knowledge.reading.markup import blocks
from chatbots.knowledge.reading.simplifying import simplify

NO_TEXT = "The page has no text of its own. If it is built by scripts in the browser, copy its text and add that."
SHORT = 3000  # characters: so little is learned as a whole
TOO_LITTLE = 0.4  # of the page outside its frame
LONGEST_LINK = 2000  # characters, as the column holds
TELLING = 25  # characters of a line that is on a page only once


def read(html: str, url: str = "") -> Document:
    """A page's text, its title, and where its links lead."""
    tree = parsed(html)
    title, links = titled(tree), list(linked(tree, url))[:MOST_LINKS]
    simplify(tree)
    found = blocks(without_frame(deepcopy(tree)))
    if sum(map(len, found)) > SHORT:
        found = about(found, main(tree, url))
    text = joined(found)
    if not text:
        raise Unreadable(NO_TEXT)
    return Document(title=title, text=text, links=links)


def fragment(html: str) -> str:
    """All the text of some HTML, as it comes."""
    tree = parsed(html)
    simplify(tree)
    return joined(blocks(tree))


def parsed(html: str) -> Any:
    """Every HTML is some tree; what is none at all has no text."""
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = lxml.html.document_fromstring(html.encode("utf-8", "ignore"), parser=parser)
    except etree.ParserError as error:
        raise Unreadable(NO_TEXT) from error
    return tree


def about(found: list[str], main: str) -> list[str]:
    """The part of a page that trafilatura's choice reaches from and to, with all that is in between.

    It leaves out prices, headings and short lines that are needed; where its choice is small, it has missed the point.
    """
    lines = {line for line in main.split("\n") if len(line) >= TELLING}
    at = [number for number, block in enumerate(found) if not lines.isdisjoint(block.split("\n"))]
    if not at or len(main) < len(joined(found)) * TOO_LITTLE:
        return found
    titles = [number for number in range(at[0]) if found[number].startswith("# ")]
    first, last = titles[-1] if titles else at[0], at[-1] + 1
    while first and not found[first].startswith("# ") and found[first - 1].startswith("#"):
        first -= 1
    while last < len(found) and not found[last].startswith("#"):
        last += 1
    return found[first:last]


def main(tree: Any, url: str) -> str:
    """What the page is about. Its own ways of taking the whole page lose headings and lists, so they are off."""
    import trafilatura
    from trafilatura.settings import DEFAULT_CONFIG

    config = deepcopy(DEFAULT_CONFIG)
    for smallest in ("MIN_EXTRACTED_SIZE", "MIN_OUTPUT_SIZE"):
        config["DEFAULT"][smallest] = "0"
    found = trafilatura.extract(
        tree,
        url=url or None,
        fast=True,
        config=config,
        output_format="html",
        include_comments=False,
        include_formatting=True,
        include_tables=True,
        include_links=False,
        favor_recall=True,
    )
    return fragment(found) if found else ""


def titled(tree: Any) -> str:
    """The page's title: the one for sharing is without the site's name."""
    shared = tree.xpath("string(//meta[@property='og:title']/@content)")
    written = tree.xpath("string(//head/title)") or tree.xpath("string(//h1)")
    return squeezed(shared or written)[:LONGEST_TITLE]


def linked(tree: Any, url: str) -> Iterator[str]:
    """Where the page's links lead, each once, without the fragment."""
    base = urljoin(url, (tree.xpath("string(//base/@href)") or "").strip()) if url else ""
    seen: set[str] = set()
    for link in tree.iter("a", "area"):
        try:
            address = urljoin(base, (link.get("href") or "").strip()).partition("#")[0]
            usable = urlsplit(address).scheme in {"http", "https"}
        except ValueError:
            continue
        if usable and len(address) <= LONGEST_LINK and address not in seen:
            seen.add(address)
            yield address
