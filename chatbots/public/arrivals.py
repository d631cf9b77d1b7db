"""Where a conversation began, and with whom: what the page around the chat tells of its visitor.

It comes from a stranger's browser, so it is held to its form, and never a reason to refuse a message.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from django.db.models import Q

from agencies.zones import zones
from chatbots.answers.storing import hash_of
from chatbots.embed import identity, seen
from chatbots.embed.identity import Visitor
from chatbots.models import Chatbot, Conversation

LONGEST_URL, LONGEST_TITLE = 500, 200  # characters
CLAIMED = {"id": "visitor_id", "name": "visitor_name", "email": "visitor_email", "signature": "visitor_signature"}


@dataclass(frozen=True)
class Arrival:
    """The page and the clock of a visitor; what was not told, or makes no sense, is empty."""

    page_url: str = ""
    page_title: str = ""
    time_zone: str = ""

    @classmethod
    def told_by(cls, sent: Mapping[str, str]) -> "Arrival":
        zone = str(sent.get("time_zone", ""))
        return cls(
            page_url=address_of(str(sent.get("page_url", ""))),
            page_title=plain(str(sent.get("page_title", "")))[:LONGEST_TITLE],
            time_zone=zone if zone in zones() else "",
        )


def address_of(text: str) -> str:
    """An http(s) address without a login and without its fragment; anything else is nothing."""
    try:
        parts = urlsplit(text[: 4 * LONGEST_URL].strip())
        host = parts.hostname and parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host or not text.isprintable():
        return ""
    return urlunsplit((parts.scheme, host, parts.path, parts.query, ""))[:LONGEST_URL]


def plain(text: str) -> str:
    """One line without what cannot be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * LONGEST_TITLE]).split())


def visitor_of(chatbot: Chatbot, sent: Mapping[str, str]) -> Visitor | None:
    """Whom the site has signed for; None without a signature, or with one that does not count."""
    if not claims(sent):
        return None
    return identity.verified(chatbot, {field: str(sent.get(name, "")) for field, name in CLAIMED.items()})


def claims(sent: Mapping[str, str]) -> bool:
    """Whether somebody says who the visitor is, rightly or not."""
    return bool(sent.get(CLAIMED["signature"]) or sent.get(CLAIMED["id"]))


def note(chatbot: Chatbot, *, token: str, arrival: Arrival, visitor: Visitor | None, now: datetime) -> None:
    """Write it to the visitor's conversation, once. Of somebody else's conversation nobody becomes the owner later."""
    talks = Conversation.objects.filter(chatbot=chatbot, token_hash=hash_of(token))
    told = asdict(arrival)
    if any(told.values()):
        talks.filter(page_url="", page_title="", time_zone="").update(**told)
    seen.note(chatbot, address=arrival.page_url, now=now)  # a frame in its place loads nothing that would tell before
    if visitor:
        nobodys = Q(visitor_id="") | Q(visitor_id=visitor.id)
        known = {"visitor_id": visitor.id, "visitor_name": visitor.name, "visitor_email": visitor.email}
        talks.filter(nobodys).update(**known)
