"""What a demo chatbot is made of: its sources, what visitors ask about each, and what they ask in vain."""

import re
from dataclasses import dataclass

from chatbots.models import DataSource


@dataclass(frozen=True)
class Part:
    """A passage as retrieval returns it, and questions that visitors put which it answers."""

    text: str
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """A data source in its parts; a Q&A has one. `where` is a website's address, or a file's name."""

    kind: DataSource.Kind
    title: str
    parts: tuple[Part, ...]
    where: str = ""

    @property
    def text(self) -> str:
        return "\n\n".join(each.text for each in self.parts)


@dataclass(frozen=True)
class Bot:
    """A chatbot. `share` is its part of its workspace's conversations; nothing it knows answers `beyond`."""

    name: str
    first_message: str
    sources: tuple[Source, ...]
    beyond: tuple[str, ...]
    share: float = 1.0


def text(title: str, *parts: Part) -> Source:
    """A text source. Each part is a paragraph of at most 80 words, which retrieval keeps in one piece."""
    return Source(DataSource.Kind.TEXT, title, parts)


def website(title: str, url: str, *parts: Part) -> Source:
    """A page of a website, as it was fetched one day."""
    return Source(DataSource.Kind.WEBSITE, title, parts, url)


def file(title: str, name: str, *parts: Part) -> Source:
    """A file, of which the text was read."""
    return Source(DataSource.Kind.FILE, title, parts, name)


def part(body: str, *questions: str) -> Part:
    """A paragraph and what it answers."""
    return Part(paragraphs(body), questions)


def qa(question: str, answer: str, *otherwise: str) -> Source:
    """A Q&A source; `otherwise` is how visitors put the same question."""
    return Source(DataSource.Kind.QA, question, (part(answer, question, *otherwise),))


def paragraphs(body: str) -> str:
    """`body` without the line breaks of this program's own lines; an empty line still parts two paragraphs."""
    return "\n\n".join(" ".join(block.split()) for block in re.split(r"\n\s*\n", body.strip()))
