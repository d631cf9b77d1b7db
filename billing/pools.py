"""The message pool: hold the most an exchange can cost, then settle what it did cost, or release it.

Holds are conditional updates in one database function (see the migration `0003_hold`), so no race can pass the limit;
each carries a key, so the same message never costs twice. Lock order everywhere: hold, workspace, agency.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection, transaction
from django.db.models import F, QuerySet

from billing import periods
from billing.models import DirtyDay, Hold, LedgerEntry, PoolPeriod, WorkspacePeriod
from billing.units import Charge
from workspaces.models import Workspace

log = logging.getLogger(__name__)

LEFT_BEHIND_AFTER = timedelta(minutes=15)


class Refused(Exception):
    """No units for this exchange."""


class PoolExhausted(Refused):
    """The agency's pool cannot carry this exchange."""


class CapReached(Refused):
    """The workspace's own cap cannot carry this exchange."""


class KeyReused(Exception):
    """The same key came with another body."""


class AlreadyHeld(Exception):
    """This key holds units already: its exchange is running, or was settled."""

    def __init__(self, hold: Hold) -> None:
        super().__init__(hold.key)
        self.hold = hold


class HoldGone(Exception):
    """The hold was settled or released meanwhile; nothing was charged now."""


def hold(workspace: Workspace, *, chatbot_id: int, key: str, fingerprint: str, units: int, now: datetime) -> Hold:
    """Set `units` aside for one exchange, up to and including the limit and the cap.

    Raises PoolExhausted or CapReached (nothing is taken), AlreadyHeld for a key in use, KeyReused when that key came
    with another fingerprint. A released key may be held again.
    """
    period = periods.current(workspace.agency, now)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, hold_id FROM billing_hold_units(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [workspace.agency_id, workspace.pk, chatbot_id, period.start, period.end, key, fingerprint, units, now],
        )
        outcome, hold_id = cursor.fetchone()
    match outcome:
        case "exhausted":
            raise PoolExhausted
        case "capped":
            raise CapReached
        case "reused":
            raise KeyReused
        case "replayed":
            raise AlreadyHeld(Hold.objects.get(pk=hold_id))
    return Hold.objects.get(pk=hold_id)


@transaction.atomic
def settle(held: Hold, charges: Mapping[int, Charge], *, now: datetime) -> int:
    """Turn the hold into ledger rows, one for each message id, and return the units charged.

    Call it in the transaction that stores those messages. Raises HoldGone when it was settled or released meanwhile,
    ValueError when the charges exceed what was held.
    """
    units = sum(charge.units for charge in charges.values())
    if units > held.units:
        raise ValueError(f"{units} units were to be charged on a hold of {held.units}.")
    if not still_held(held).update(settled_at=now):
        raise HoldGone
    LedgerEntry.objects.bulk_create(entry(held, message_id, charge, now) for message_id, charge in charges.items())
    day = now.astimezone(ZoneInfo(held.agency.time_zone)).date()
    DirtyDay.objects.create(agency_id=held.agency_id, day=day)
    give_back(held, used=units)
    return units


@transaction.atomic
def release(held: Hold, *, now: datetime) -> None:
    """Give everything back: the exchange failed before its first words. Settled or released before, it does nothing."""
    if still_held(held).update(released_at=now):
        give_back(held, used=0)


def still_held(held: Hold) -> QuerySet[Hold]:
    """The open hold, unless it was swept and its key held anew meanwhile: that one is somebody else's."""
    return Hold.objects.filter(pk=held.pk, held_at=held.held_at, settled_at=None, released_at=None)


def sweep(now: datetime) -> int:
    """Release the holds that a killed process left behind; the number of them. One that cannot be stops no other."""
    swept = 0
    for held in Hold.objects.filter(settled_at=None, released_at=None, held_at__lt=now - LEFT_BEHIND_AFTER)[:1000]:
        try:
            release(held, now=now)
        except (DatabaseError, ValueError):
            log.exception("Hold %s cannot be released.", held.pk)
        else:
            swept += 1
    return swept


def entry(held: Hold, message_id: int, charge: Charge, now: datetime) -> LedgerEntry:
    return LedgerEntry(
        agency_id=held.agency_id,
        workspace_id=held.workspace_id,
        chatbot_id=held.chatbot_id,
        hold=held,
        message_id=message_id,
        kind=charge.kind,
        words=charge.words,
        units=charge.units,
        rule=charge.rule,
        period_start=held.period_start,
        at=now,
    )


def give_back(held: Hold, *, used: int) -> None:
    """Move the counters of the hold's own period: the held units leave, the used ones stay."""
    change = {"held": F("held") - held.units, "used": F("used") + used}
    WorkspacePeriod.objects.filter(workspace_id=held.workspace_id, start=held.period_start).update(**change)
    PoolPeriod.objects.filter(agency_id=held.agency_id, start=held.period_start).update(**change)
