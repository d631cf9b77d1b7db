"""Reads pages and files into plain text, in a process of their own: a hostile one ends that process and nothing else.

The text that comes out has paragraphs between blank lines, headings as lines "# …" to "###### …", list items as lines
"- …", and each row of a table as a paragraph "Header: value; Header: value".
"""

from base64 import b64decode

from chatbots.knowledge.reading.child import run
from chatbots.knowledge.reading.documents import Document, Unreadable

__all__ = ["Document", "Unreadable", "picture", "questions", "read", "sitemap"]


def read(data: bytes, *, name: str, content_type: str = "", url: str = "") -> Document:
    """What a page or a file says. Its type is told by its content; `name` and `content_type` only tell texts apart.

    Links are absolute where `url` is given. Raises Unreadable, whose text says what happened and what to do.
    """
    found = run("read", data, name=name, content_type=content_type, url=url)
    return Document(title=found["title"], text=found["text"], links=found["links"])


def questions(data: bytes) -> list[tuple[str, str]]:
    """The questions of a CSV file, each with its answer. Raises Unreadable, which names the row that is amiss."""
    return [(question, answer) for question, answer in run("questions", data)["pairs"]]


def sitemap(data: bytes) -> tuple[list[str], list[str]]:
    """The pages and the further sitemaps that a sitemap lists. Raises Unreadable for what is none."""
    found = run("sitemap", data)
    return found["pages"], found["maps"]


def picture(data: bytes) -> bytes:
    """A picture, drawn anew as a square PNG of 256 pixels. Raises Unreadable for what is none, or more than that."""
    return b64decode(run("picture", data)["png"])
