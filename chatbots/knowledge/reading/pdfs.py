"""PDF by pypdf: the text layer, its lines put together to paragraphs again."""

import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError

from chatbots.knowledge.reading.documents import DAMAGED, LONGEST, TOO_LONG, Document, Unreadable
from chatbots.knowledge.reading.layout import ITEM, heading, squeezed
from chatbots.knowledge.reading.sniffing import PROTECTED

MOST_PAGES = 2_000
MOST_HEADINGS = 2_000
NO_TEXT_LAYER = (
    "The PDF has no text layer: it holds pictures of pages. Let a program recognise the text (OCR), and upload that."
)
TOO_MANY = "The PDF has more than {most:,} pages. Split it into parts, and add those that matter."
BULLET = re.compile(r"^[•‣▪●◦·∙–*-]\s+")
NUMBERED = re.compile(r"^\d{1,2}(\.\d{1,2})+\.?\s+\w")
LEADERS = re.compile(r"\s?(?:\.\s?){4,}")  # of a table of contents
ENDS = re.compile(r"[.!?:;…。！？]['\"”’)\]]*$")
REPEATED = 0.6  # of the pages: a line at their top or bottom that is on so many is no text


def read(data: bytes) -> Document:
    """Raises Unreadable for a protected, scanned or damaged file."""
    try:
        reader = PdfReader(BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable(PROTECTED)
        pages = pages_of(reader)
        headings = outline(reader)
        title = (reader.metadata.title if reader.metadata else None) or ""
    except PyPdfError as error:
        raise Unreadable(DAMAGED) from error
    if not any(page for page in pages):
        raise Unreadable(NO_TEXT_LAYER)
    return Document(title=squeezed(str(title)), text="\n\n".join(paragraphs(pages, headings)))


def pages_of(reader: PdfReader) -> list[list[str]]:
    """The lines of every page."""
    if len(reader.pages) > MOST_PAGES:
        raise Unreadable(TOO_MANY.format(most=MOST_PAGES))
    pages: list[list[str]] = []
    size = 0
    for page in reader.pages:
        lines = lines_of(page)
        size += sum(len(line.encode("utf-8", "ignore")) for line in lines)
        if size > LONGEST:
            raise Unreadable(TOO_LONG)
        pages.append(lines)
    return without_frame(pages)


def lines_of(page: PageObject) -> list[str]:
    lines = [LEADERS.sub(" … ", squeezed(line)) for line in page.extract_text().splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def without_frame(pages: list[list[str]]) -> list[list[str]]:
    """Without the lines at the top and the bottom that are on most pages, and the numbers of the pages."""
    if len(pages) < 4:
        return pages
    framing = Counter(mark for page in pages for mark in {digitless(page[at]) for at in (0, -1) if page})
    frame = {mark for mark, count in framing.items() if count >= len(pages) * REPEATED}
    for page in pages:
        for at in (0, -1):
            if page and digitless(page[at]) in frame:
                page.pop(at)
    return pages


def digitless(line: str) -> str:
    return re.sub(r"\d+", "0", line).lower()


def paragraphs(pages: list[list[str]], headings: dict[str, int]) -> list[str]:
    """Lines put together: a paragraph ends at a blank line, before a bullet, and with a line that is clearly short."""
    lines = [line for page in pages for line in [*page, None]]
    widths = sorted(len(line) for line in lines if line)
    usual = widths[len(widths) * 3 // 4] if widths else 0
    found = [""]
    for line in lines:
        if line is None:  # a page ends, its last sentence perhaps not
            found += [""] if ENDS.search(found[-1]) else []
        elif level := headings.get(bare(line)):
            found += [heading(level, line), ""]
        else:
            found += [""] if not line or BULLET.match(line) or NUMBERED.match(line) else []
            found[-1] = together(found[-1], BULLET.sub(ITEM, line))
            found += [""] if len(line) < usual * 0.7 and (ENDS.search(line) or len(line) < usual * 0.5) else []
    return [text for text in found if text]


def outline(reader: PdfReader) -> dict[str, int]:
    """The headings that the file lists for its reader, each with its level. They are an extra: broken ones are none."""
    try:
        return dict(islice(listed(reader.outline, 1), MOST_HEADINGS))
    except (PyPdfError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
        return {}


def listed(entries: Any, level: int) -> Iterator[tuple[str, int]]:
    for entry in entries:
        if isinstance(entry, list):
            yield from listed(entry, level + 1)
        elif len(name := bare(squeezed(str(entry.title)))) > 2:
            yield name, level


def bare(line: str) -> str:
    """A heading without its number."""
    return re.sub(r"^[\d.]+\s+", "", line).lower()


def together(text: str, line: str) -> str:
    """Two lines as one: a word that was parted at the end of the first is whole again."""
    if re.search(r"\w-$", text) and line[:1].islower():
        return text[:-1] + line
    return f"{text} {line}".strip()
