"""On which sites a chatbot was seen: what browsers tell of the page around it when they load it.

Anybody can tell anything, so it is bounded, shown as text, and decides nothing.
"""

import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

from billing import pools
from chatbots.answers import storing
from chatbots.models import Chatbot, Embedding

EVERY = timedelta(hours=1)  # so often at most is a site written down again
MOST = 20  # sites of one chatbot; the one that was not seen for longest goes
NEW_AN_HOUR = 30  # sites of one chatbot, so that invented ones cost little
LONGEST = 250  # characters of a host without its port
USUAL = {"http": 80, "https": 443}

log = logging.getLogger(__name__)


def note(chatbot: Chatbot, *, address: str, now: datetime) -> None:
    """Write down that a page of this address or origin has loaded the chatbot. Pages of our own do not count."""
    host = host_of(address)
    if not host or host in ours():
        return
    try:
        if not cache.add(f"seen:{chatbot.pk}:{host}", 1, EVERY.total_seconds()):
            return
        is_known = Embedding.objects.filter(chatbot=chatbot, host=host).update(last_seen_at=now)
        if not is_known and is_affordable(chatbot):
            add(chatbot, host=host, now=now)
    except RedisError as error:  # no reason to keep a visitor waiting: the next one tells it again
        log.info("Where a chatbot was seen is not noted: %s", type(error).__name__)


@transaction.atomic
def add(chatbot: Chatbot, *, host: str, now: datetime) -> None:
    try:
        here = storing.stands_in(chatbot)
    except pools.HoldGone:  # deleted meanwhile
        return
    seen = {"workspace_id": here, "first_seen_at": now, "last_seen_at": now}
    Embedding.objects.get_or_create(chatbot=chatbot, host=host, defaults=seen)
    over = chatbot.embeddings.values_list("pk", flat=True)[MOST:]
    Embedding.objects.filter(pk__in=list(over)).delete()


def is_affordable(chatbot: Chatbot) -> bool:
    """Whether a site that nobody has told of yet may be written down this hour."""
    key = f"seen:{chatbot.pk}"
    cache.add(key, 0, EVERY.total_seconds())
    try:
        return cache.incr(key) <= NEW_AN_HOUR
    except ValueError:  # it ran out in between
        return False


def host_of(address: str) -> str:
    """The host of an http(s) address, with a port that is not the usual one; empty of anything else."""
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in USUAL or not 0 < len(host) <= LONGEST or not host.isprintable():
        return ""
    return f"{host}:{port}" if port and port != USUAL[parts.scheme] else host


def ours() -> set[str]:
    return {host_of(settings.PUBLIC_URL), host_of(settings.CONSOLE_URL)}
