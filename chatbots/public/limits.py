"""How often a stranger may ask: per visitor, address and chatbot, counted before any unit is taken.

Counted in Redis for all processes. When Redis is gone, each process counts the minute for itself, at half size.

An exchange costs up to 3 units. A day of one chatbot, at its limit, takes 9,000: less than the smallest agency plan has
for a month. An hour of one address takes 900.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from chatbots.models import Chatbot

MINUTE, HOUR, DAY = 60, 3600, 86_400  # seconds
PER_VISITOR, PER_ADDRESS, PER_CHATBOT = 12, 40, 600  # messages a minute
PER_ADDRESS_AND_HOUR, PER_CHATBOT_AND_DAY = 300, 3000
READS, READS_PER_ADDRESS = 60, 600  # questions for what is new, and thumbs: no unit is taken
PER_KEY = 300  # messages a minute: a program asks for many people


class TooMany(Exception):
    """This visitor, address or chatbot has asked too often in this minute."""


class TooManyForNow(TooMany):
    """This address in this hour, or this chatbot on this day, has asked too often: a minute mends nothing."""


@dataclass(frozen=True)
class Limit:
    """`most` messages of `whom` in each window of `seconds`."""

    whom: str
    most: int
    seconds: int = MINUTE

    def key(self, now: int) -> str:
        return f"asked:{self.whom}:{self.seconds}:{now // self.seconds}"

    def refuse_above(self, asked: int) -> None:
        if asked > self.most:
            raise TooMany if self.seconds == MINUTE else TooManyForNow


@dataclass
class Window:
    """The counts of one minute in this process."""

    minute: int
    counts: Counter[str]


_here = Window(0, Counter())


def check(
    request: HttpRequest,
    *,
    chatbot_id: int,
    token: str,
    per_visitor: int = PER_VISITOR,
    per_day: int = PER_CHATBOT_AND_DAY,
) -> None:
    """Count this message. Raises TooMany above a limit; at the limit it still passes.

    What a chatbot's people chose for it can be less than what this Bureau allows everybody, never more.
    """
    address = fold(network_of(address_of(request)))
    heed([*limits_of(fold(token), address, chatbot_id, per_visitor=per_visitor, per_day=per_day)])


def own(chatbot: Chatbot) -> dict[str, int]:
    """What `check` asks of a chatbot: whatever a visitor sends to it counts against the limits chosen for it."""
    return {"chatbot_id": chatbot.pk, "per_visitor": chatbot.per_visitor, "per_day": chatbot.per_day}


def check_reading(request: HttpRequest, *, chatbot_id: int, token: str) -> None:
    """Count a look for news, or a thumb: many a minute, and not against what may be asked. Raises TooMany."""
    visitor, address = fold(f"{chatbot_id}:{token}"), fold(network_of(address_of(request)))
    heed([Limit(f"reads:{visitor}", READS), Limit(f"reads-of:{address}", READS_PER_ADDRESS)])


def check_key(*, key_id: int, chatbot_id: int, per_day: int = PER_CHATBOT_AND_DAY) -> None:
    """Count a program's message, against its key and the chatbot. Raises as `check` does."""
    heed([Limit(f"key:{key_id}", PER_KEY), *limits_of_chatbot(chatbot_id, per_day=per_day)])


def heed(limits: list[Limit]) -> None:
    now = int(time.time())
    try:
        for limit in limits:
            limit.refuse_above(count(limit.key(now), limit.seconds))
    except (RedisError, ValueError):  # ValueError: the key was evicted in between
        for limit in halved(limits):
            limit.refuse_above(count_here(limit.key(now), now // MINUTE))


def limits_of(visitor: str, address: str, chatbot_id: int, *, per_visitor: int, per_day: int) -> Iterator[Limit]:
    """The narrow ones first: what they refuse does not count against a chatbot that others want to ask too."""
    yield Limit(f"visitor:{visitor}", min(per_visitor, PER_VISITOR))
    yield Limit(f"address:{address}", PER_ADDRESS)
    yield Limit(f"address:{address}", PER_ADDRESS_AND_HOUR, HOUR)
    yield from limits_of_chatbot(chatbot_id, per_day=per_day)


def limits_of_chatbot(chatbot_id: int, *, per_day: int) -> Iterator[Limit]:
    yield Limit(f"chatbot:{chatbot_id}", PER_CHATBOT)
    yield Limit(f"chatbot:{chatbot_id}", min(per_day, PER_CHATBOT_AND_DAY), DAY)


def halved(limits: list[Limit]) -> Iterator[Limit]:
    """The limits of a minute at half size; a process forgets the longer ones when it is started anew."""
    return (Limit(limit.whom, max(limit.most // 2, 1)) for limit in limits if limit.seconds == MINUTE)


def count(key: str, seconds: int) -> int:
    cache.add(key, 0, timeout=2 * seconds)
    return int(cache.incr(key))


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


def network_of(address: str) -> str:
    """Who is behind an address: an IPv6 subscriber has a whole /64. What is no address stays as it is written."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))


def fold(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
