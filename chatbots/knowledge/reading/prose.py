"""Markdown and plain text."""

import re
from collections.abc import Iterator

from chatbots.knowledge.reading import layout
from chatbots.knowledge.reading.documents import Document
from chatbots.knowledge.reading.layout import ITEM

FRONT = re.compile(r"\A---\s*\n(.*?)\n---\s*(\n|\Z)", re.S)
TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.M | re.I)
BULLET = re.compile(r"^[ \t]*[*•‣▪●·–][ \t]+", re.M)
HEADING = re.compile(r"^# (.+)$", re.M)
RULE = re.compile(r"([=~^*+#\"'`_-])\1{2,}")  # under a title in plain text, over it as well, or between two parts
BEGINS = re.compile(r"\s*(?:[-|:]|\d+[.)]|#\.|\.\.\s)")  # a line that goes on with nothing
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
    return Document(title="", text="\n".join(unwrapped(list(titled(text.split("\n"))))))


def titled(lines: list[str]) -> Iterator[str]:
    """The lines; those that are underlined are headings, whose depth is told by which sign came first."""
    signs: list[str] = []
    for n, line in enumerate(lines):
        under = lines[n + 1].strip() if n + 1 < len(lines) else ""
        is_alone = n == 0 or not lines[n - 1].strip() or RULE.fullmatch(lines[n - 1].strip())
        if RULE.fullmatch(line.strip()):
            yield ""
        elif is_alone and len(under) >= len(line.strip()) > 0 and RULE.fullmatch(under):
            if under[0] not in signs:
                signs.append(under[0])
            yield layout.heading(signs.index(under[0]) + 1, line)
        else:
            yield line


def unwrapped(lines: list[str]) -> Iterator[str]:
    """The lines; those of a paragraph that were broken because the next word did not fit are one again."""
    paragraph: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            paragraph.append(line)
            continue
        yield from rejoined(paragraph)
        yield line
        paragraph = []


def rejoined(paragraph: list[str]) -> Iterator[str]:
    width = max(map(len, paragraph), default=0)
    if not wrapped(paragraph[:-1]):
        yield from paragraph
        return
    whole, before = paragraph[0], paragraph[0]
    for line in paragraph[1:]:
        if BEGINS.match(line) or len(before) + 1 + len(line.split()[0]) <= width:
            yield whole
            whole = line
        else:
            whole = f"{whole} {line.strip()}"
        before = line
    yield whole


def wrapped(lines: list[str]) -> bool:
    """Whether most lines are about as long as the longest, which is no more than a screen is wide."""
    longest = max(map(len, lines), default=0)
    full = [line for line in lines if len(line) > longest * 0.75]
    return FULL <= longest <= 120 and len(full) > len(lines) / 2
