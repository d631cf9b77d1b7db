"""HTML as blocks of the house's text format, in the order of the page."""

import re
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from chatbots.knowledge.reading.layout import heading, item, squeezed

LEVELS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = {"p", "div", "section", "article", "main", "header", "footer", "aside", "nav", "form", "fieldset", "figure"}
BLOCKS |= {"figcaption", "blockquote", "address", "ul", "ol", "li", "pre", "hr", "table", "tr", "td", "th"}
BLOCKS |= {"tbody", "thead", "tfoot", "caption", "details", "summary", "body", "html", "center", "legend", *LEVELS}


class Page:
    """What was written so far, and the block that is being written."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.words: list[str] = []
        self.level, self.item, self.verbatim = 0, False, 0

    def say(self, text: str | None) -> None:
        if text:
            self.words.append(text if self.verbatim else re.sub(r"\s+", " ", text))

    def end(self) -> None:
        """The block ends here."""
        lines = [squeezed(line) for line in "".join(self.words).split("\n")]
        text = "\n".join(filter(None, lines))
        self.words = []
        if not text:
            return
        if self.level:
            self.blocks.append(heading(self.level, text))
        elif self.item:
            self.blocks.append(item(text))
            self.item = False
        else:
            self.blocks.append(text)


def blocks(tree: Any) -> list[str]:
    """Headings, paragraphs and list items."""
    page = Page()
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "end":
            leave(page, tag)
            page.say(element.tail)
        elif tag in {"", "head"}:
            walk.skip_subtree()
        else:
            enter(page, tag)
            page.say(element.text)
    page.end()
    return page.blocks


def enter(page: Page, tag: str) -> None:
    if tag in BLOCKS:
        page.end()
    if tag in LEVELS:
        page.level = LEVELS[tag]
    elif tag == "li":
        page.item = True
    elif tag == "pre":
        page.verbatim += 1
    elif tag == "br":
        page.words.append("\n")


def leave(page: Page, tag: str) -> None:
    if tag in BLOCKS:
        page.end()
    if tag in LEVELS:
        page.level = 0
    elif tag == "li":
        page.item = False
    elif tag == "pre":
        page.verbatim -= 1
