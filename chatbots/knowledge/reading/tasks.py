"""What the reading process can be asked for. Each parser is imported only when it is needed: the child starts fast."""

from typing import Any

from chatbots.knowledge.reading import decoding, sniffing
from chatbots.knowledge.reading.documents import (
    LONGEST,
    LONGEST_TITLE,
    MOST_LINKS,
    NO_TEXT,
    TOO_LONG,
    Document,
    Unreadable,
)
from chatbots.knowledge.reading.layout import tidy


def answer(task: str, data: bytes, hints: dict[str, str]) -> dict[str, Any]:
    """What was found, or the refusal in words."""
    try:
        return TASKS[task](data, hints)
    except Unreadable as refusal:
        return {"refusal": str(refusal)}


def read(data: bytes, hints: dict[str, str]) -> dict[str, Any]:
    name, content_type = hints.get("name", ""), hints.get("content_type", "")
    kind = sniffing.kind(data, name=name, content_type=content_type)
    document = PARSERS[kind](data, content_type, hints.get("url", ""))
    text = tidy(document.text)
    if not text:
        raise Unreadable(NO_TEXT)
    if len(text.encode()) > LONGEST:
        raise Unreadable(TOO_LONG)
    title = " ".join(tidy(document.title or named(name)).split())
    return {"title": title[:LONGEST_TITLE], "text": text, "links": document.links[:MOST_LINKS]}


def named(name: str) -> str:
    """A file's name as a title."""
    stem = name.replace("\\", "/").rpartition("/")[2]
    return stem.rpartition(".")[0] or stem


def pdf(data: bytes, content_type: str, url: str) -> Document:
    from chatbots.knowledge.reading import pdfs

    return pdfs.read(data)


def docx(data: bytes, content_type: str, url: str) -> Document:
    from chatbots.knowledge.reading import word

    return word.read(data)


def html(data: bytes, content_type: str, url: str) -> Document:
    from chatbots.knowledge.reading import webpages

    return webpages.read(decoding.html(data, content_type), url)


def markdown(data: bytes, content_type: str, url: str) -> Document:
    from chatbots.knowledge.reading import prose

    return prose.markdown(decoding.text(data, content_type))


def text(data: bytes, content_type: str, url: str) -> Document:
    from chatbots.knowledge.reading import prose

    return prose.plain(decoding.text(data, content_type))


def csv(data: bytes, content_type: str, url: str) -> Document:
    from chatbots.knowledge.reading import tables

    return tables.read(decoding.text(data, content_type))


def questions(data: bytes, hints: dict[str, str]) -> dict[str, Any]:
    from chatbots.knowledge.reading import tables

    sniffing.only_text(data)
    return {"pairs": tables.questions(decoding.text(data))}


def sitemap(data: bytes, hints: dict[str, str]) -> dict[str, Any]:
    from chatbots.knowledge.reading import sitemaps

    return sitemaps.read(data)


def picture(data: bytes, hints: dict[str, str]) -> dict[str, Any]:
    from chatbots.knowledge.reading import pictures

    return pictures.read(data)


PARSERS = {"pdf": pdf, "docx": docx, "html": html, "markdown": markdown, "text": text, "csv": csv}
TASKS = {"read": read, "questions": questions, "sitemap": sitemap, "picture": picture}
