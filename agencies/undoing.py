"""The way back from the last step: offered once, beside the words that say it was taken."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase

KEPT = "way_back"  # in the session


@dataclass(frozen=True)
class WayBack:
    """Where a form that undoes it is sent, and the rows that were meant when there were several."""

    url: str
    chosen: list[int]


def offer(session: SessionBase, url: str, *, chosen: Iterable[int] = ()) -> None:
    """Show the button on the next page, and on no other."""
    session[KEPT] = {"url": url, "chosen": list(chosen)}


def take(session: SessionBase) -> WayBack | None:
    kept = session.pop(KEPT, None)
    return WayBack(**kept) if kept else None
