"""A form of several steps, kept in the session under its key: back, forward and reload lose nothing."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase

KEPT = "drafts"
MOST = 5  # forms at a time; the oldest makes room


def keep(session: SessionBase, key: UUID, typed: Mapping[str, Any]) -> None:
    """Remember what was typed so far."""
    drafts = session.get(KEPT, {})
    drafts.pop(str(key), None)
    drafts[str(key)] = urlencode({name: value for name, value in typed.items() if name != "csrfmiddlewaretoken"})
    session[KEPT] = dict(list(drafts.items())[-MOST:])


def find(session: SessionBase, key: str) -> dict[str, str] | None:
    """What was typed into the form of this key, if it is still there."""
    kept = session.get(KEPT, {}).get(key)
    return dict(parse_qsl(kept, keep_blank_values=True)) if kept else None


def drop(session: SessionBase, key: UUID) -> None:
    """Forget a form that has done its work."""
    drafts = session.get(KEPT, {})
    if drafts.pop(str(key), None):
        session[KEPT] = drafts
