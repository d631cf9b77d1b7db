"""What data sources are called, in the audit log too, and that no website is one of a chatbot twice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.files import File

from agencies import audit
from agencies.models import Action, User
from chatbots.knowledge import learned, learning
from chatbots.models import Chatbot, DataSource

WISHES = ("reach", "include", "exclude", "schedule")  # of a website


class AlreadyThere(Exception):
    """A website is a source of this chatbot already; the text names it, for the user's eyes."""

    def __init__(self, source: DataSource, *, others: int = 0) -> None:
        more = "" if not others else f" So are {others:,} more of the list." if others > 1 else " So is one more."
        super().__init__(
            f"{source.url} is learned already, as the data source “{source.title}”.{more} "
            "Retrain that one, or change what it reaches."
        )


def refuse_twice(chatbot: Chatbot, addresses: Sequence[str], *, but: DataSource | None = None) -> None:
    """Raises AlreadyThere when one of these websites is learned already. The chatbot's row is held."""
    there = chatbot.sources.filter(url__in=addresses).exclude(pk=but.pk if but else 0)
    if (first := there.order_by("pk").first()) is not None:
        raise AlreadyThere(first, others=there.count() - 1)


def name_of(url: str) -> str:
    """What a website is called that nobody named."""
    parts = urlsplit(url)
    return unquote(f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}")[:200]


def file_name(file: "File[Any]") -> str:
    """What the person called it, without the folders that some browsers send along."""
    name = learned.plain(str(file.name or "")).replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in name if letter.isprintable())[:200].strip() or "file"


def about(source: DataSource) -> dict[str, object]:
    """What the audit log keeps of a source: not its text, which may be long."""
    if source.kind == DataSource.Kind.WEBSITE:
        return {"title": source.title, **{name: getattr(source, name) for name in ("url", *WISHES)}}
    if source.kind == DataSource.Kind.FILE:
        return {"title": source.title, "file": learning.names_of_uploads().get(source=source)}
    return {"title": source.title, "characters": len(source.text)}


def record(source: DataSource, action: Action, *, by: User | None, now: datetime, **change: Any) -> None:
    audit.record(
        action,
        agency_id=source.workspace.agency_id,
        workspace_id=source.workspace_id,
        by=by,
        at=now,
        target=source.title,
        **change,
    )
