"""What was learned of a source: the passages of its text and of each page, written in the caller's transaction.

Who writes holds the chatbot's row first and then the source's, as moving a chatbot does.
"""

import hashlib
from collections.abc import Sequence

from django.db.models import Max

from chatbots.knowledge import passages
from chatbots.models import DataSource, Page, Passage

LONGEST_TITLE = Page._meta.get_field("title").max_length or 0


def learn(source: DataSource) -> None:
    """Write the source's passages anew from the text that is kept. A Q&A is one passage, found by both its parts."""
    source.passages.all().delete()
    if source.kind == DataSource.Kind.QA:
        write(source, [("", source.text)])
    elif source.text:
        write(source, pieces_of(source.text))
    for page in source.pages.exclude(text=""):
        write(source, pieces_of(page.text), page=page)


def learn_page(page: Page, *, title: str, text: str) -> bool:
    """Keep what was read of a page, and write its passages if it says something else than before; whether it does."""
    title, text, content = plain(title)[:LONGEST_TITLE], plain(text), content_of(title, text)
    if page.content == content:
        return False
    page.title, page.text, page.content = title, text, content
    page.save(update_fields=["title", "text", "content"])
    page.passages.all().delete()
    write(page.source, pieces_of(text), page=page)
    return True


def content_of(title: str, text: str) -> str:
    """A hash of what a page says."""
    return hashlib.sha256(f"{plain(title)[:LONGEST_TITLE]}\n\n{plain(text)}".encode()).hexdigest()


def forget_page(page: Page) -> None:
    """Nothing is answered from this page any more; it stays known as one that was found."""
    page.passages.all().delete()
    page.title = page.text = page.content = page.body = page.etag = page.last_modified = ""
    page.links = []
    page.save(update_fields=["title", "text", "content", "body", "etag", "last_modified", "links"])


def pieces_of(text: str) -> list[tuple[str, str]]:
    """(the headings above it, text) of each passage, in order."""
    return [(piece.heading, piece.text) for piece in passages.cut(text)]


def write(source: DataSource, pieces: Sequence[tuple[str, str]], *, page: Page | None = None) -> None:
    """Append passages to a source, those of a page one after the other."""
    last = source.passages.aggregate(last=Max("position"))["last"]
    Passage.objects.bulk_create(
        (
            Passage(
                workspace_id=source.workspace_id,
                chatbot_id=source.chatbot_id,
                source=source,
                page=page,
                position=position,
                heading=heading[:300],
                text=text,
            )
            for position, (heading, text) in enumerate(pieces, start=0 if last is None else last + 1)
        ),
        batch_size=500,
    )


def plain(text: str) -> str:
    """Text that PostgreSQL can keep: no zeros, and no halves of characters."""
    return text.encode("utf-8", "ignore").decode().replace("\x00", "")
