"""Markdown and plain text."""

import re

from chatbots.knowledge.reading.documents import Document
from chatbots.knowledge.reading.layout import ITEM

FRONT = re.compile(r"\A---\s*\n(.*?)\n---\s*(\n|\Z)", re.S)
TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.M | re.I)
BULLET = re.compile(r"^[ \t]*[*•‣▪●·–][ \t]+", re.M)
HEADING = re.compile(r"^# (.+)$", re.M)
FULL = 60  # characters of a line, from which on texts are taken to be wrapped


def markdown(text: str) -> Document:
    """Markdown by way of HTML, so that tables, lists and both kinds of headings come out alike."""
    from markdown_it import MarkdownIt

    from chatbots.knowledge.reading import webpages

    front = FRONT.match(text)
    body = text[front.end() :] if front else text
    html = MarkdownIt("commonmark").enable("table").render(body)
    written = webpages.fragment(f"<body>{html}</body>") if html.strip() else ""
    title = TITLE.search(front[1]) if front else HEADING.search(written)
    return Document(title=title[1] if title else "", text=written)


def plain(text: str) -> Document:
    """A text as it is. One without blank lines has a paragraph in each line, unless its lines are wrapped."""
    text = BULLET.sub(ITEM, text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    lines = [line for line in text.split("\n") if line.strip()]
    if "\n\n" not in text and not any(line.startswith(ITEM) for line in lines) and not wrapped(lines):
        text = "\n\n".join(lines)
    return Document(title="", text=text)


def wrapped(lines: list[str]) -> bool:
    """Whether most lines are about as long as the longest, which is no more than a screen is wide."""
    longest = max(map(len, lines), default=0)
    full = [line for line in lines if len(line) > longest * 0.75]
    return FULL <= longest <= 120 and len(full) > len(lines) / 2
