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
    told: str = ""  # the words that say that the step was taken; beside others it would undo something else


def offer(session: SessionBase, url: str, *, told: str, chosen: Iterable[int] = ()) -> None:
    """Show the button beside `told` on the next page, and on no other."""
    session[KEPT] = {"url": url, "chosen": list(chosen), "told": told}


def take(session: SessionBase) -> WayBack | None:
    kept = session.pop(KEPT, None)
    return WayBack(**kept) if kept else None
