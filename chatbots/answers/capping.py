"""A chatbot's own cap on units in a billing period: exact, and never passed, also by many visitors at once.

Only chatbots with a cap pay for it. Whoever wants to hold units for one waits for the others who do, and then sees all
that they held; an advisory lock, taken before all others, since a row's lock would turn around the order of the pool's.
"""

from datetime import datetime
from typing import Any

from django.db import connection

from billing import periods, pools
from billing.models import Hold
from chatbots.models import Chatbot

# One statement, so one moment: an exchange that is settled meanwhile is counted once, as held or as charged.
TAKEN = """
    SELECT coalesce((SELECT sum(units) FROM billing_ledgerentry
                     WHERE agency_id = %(agency)s AND chatbot_id = %(chatbot)s AND at >= %(start)s
                       AND period_start = %(start)s), 0)
         + coalesce((SELECT sum(units) FROM billing_hold
                     WHERE agency_id = %(agency)s AND chatbot_id = %(chatbot)s AND period_start = %(start)s
                       AND settled_at IS NULL AND released_at IS NULL), 0)
"""


class ChatbotCapReached(pools.Refused):
    """The chatbot's own cap cannot carry this exchange."""


def hold(chatbot: Chatbot, *, key: str, fingerprint: str, units: int, now: datetime) -> Hold:
    """`pools.hold`, up to and including the chatbot's cap. Raises ChatbotCapReached, and what `pools.hold` raises."""
    wanted = {"key": key, "fingerprint": fingerprint}
    if chatbot.unit_cap is None:
        return pools.hold(chatbot.workspace, chatbot_id=chatbot.pk, units=units, now=now, **wanted)
    with pools.promptly():
        wait_for_turn(chatbot)
        cap = Chatbot.objects.filter(pk=chatbot.pk).values_list("unit_cap", flat=True).first()
        is_full = cap is not None and taken(chatbot, now=now) + units > cap
        if is_full and not is_known(chatbot, key):
            raise ChatbotCapReached
        return pools.hold(chatbot.workspace, chatbot_id=chatbot.pk, units=units, now=now, **wanted)


def wait_for_turn(chatbot: Chatbot) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('cap of a chatbot', %s))", [chatbot.pk])


def taken(chatbot: Chatbot, *, now: datetime) -> int:
    """Units of the chatbot in the running period: charged, and held by exchanges that run."""
    agency = chatbot.workspace.agency
    values: dict[str, Any] = {"agency": agency.pk, "chatbot": chatbot.pk, "start": periods.current(agency, now).start}
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, values)
        return int(cursor.fetchone()[0])


def is_known(chatbot: Chatbot, key: str) -> bool:
    """Whether this very message holds units or was charged already: it takes no more of them."""
    return Hold.objects.filter(agency_id=chatbot.workspace.agency_id, key=key, released_at=None).exists()
