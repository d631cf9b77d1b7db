"""How often a stranger may ask: per visitor, address and chatbot, counted before any unit is taken.

Counted in Redis for all processes. When Redis is gone, each process counts for itself, at half size.
"""

import hashlib
import time
from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

MINUTE = 60  # seconds
PER_VISITOR, PER_ADDRESS, PER_CHATBOT = 12, 40, 600  # messages a minute


class TooMany(Exception):
    """This visitor, address or chatbot has asked too often in this minute."""


@dataclass
class Window:
    """The counts of one minute in this process."""

    minute: int
    counts: Counter[str]


_here = Window(0, Counter())


def check(request: HttpRequest, *, chatbot_id: int, token: str) -> None:
    """Count this message. Raises TooMany above the limit; at the limit it still passes."""
    minute = int(time.time()) // MINUTE
    for name, limit in (
        (f"visitor:{fold(token)}", PER_VISITOR),
        (f"address:{fold(address_of(request))}", PER_ADDRESS),
        (f"chatbot:{chatbot_id}", PER_CHATBOT),
    ):
        count_once(f"asked:{name}:{minute}", limit, minute)


def count_once(key: str, limit: int, minute: int) -> None:
    try:
        cache.add(key, 0, timeout=2 * MINUTE)
        asked = cache.incr(key)
    except (RedisError, ValueError):  # ValueError: the key was evicted in between
        asked, limit = count_here(key, minute), max(limit // 2, 1)
    if asked > limit:
        raise TooMany


def count_here(key: str, minute: int) -> int:
    if _here.minute != minute:
        _here.minute, _here.counts = minute, Counter()
    _here.counts[key] += 1
    return _here.counts[key]


def address_of(request: HttpRequest) -> str:
    """The visitor's address: the connection's, or what the configured number of trusted proxies added."""
    trusted = settings.TRUSTED_PROXY_COUNT
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if trusted and len(forwarded) >= trusted:
        return str(forwarded[-trusted])
    return str(request.META.get("REMOTE_ADDR", ""))


def fold(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
