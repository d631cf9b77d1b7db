"""Corrections of the ledger: support takes units of a row back, with a reason. The row itself stays as it is."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Sum

from agencies import audit
from agencies.models import Action, Agency, User
from billing.models import LedgerEntry, PoolPeriod, Unrolled, WorkspacePeriod

LONGEST_RULE = 120  # characters


class Refused(Exception):
    """Nothing is taken back; the text says why, for the eyes of support."""


class IsACorrection(Refused):
    """A correction stands as it is."""

    def __init__(self, entry: LedgerEntry) -> None:
        super().__init__(f"This row is a correction itself. Look at row {entry.corrects_id}, which it corrects.")


class MoreThanItCosts(Refused):
    """The row, with its corrections, does not cost that much any more."""

    def __init__(self, left: int) -> None:
        what = "Nothing more can" if left < 1 else f"At most {left} {'unit' if left == 1 else 'units'} can"
        super().__init__(f"{what} be taken back: that is what this row and its corrections cost together.")


class CorrectedMeanwhile(Refused):
    """The row costs something else than when it was looked at: the form was sent twice, or a colleague was here."""

    def __init__(self, left: int) -> None:
        super().__init__(f"This row was corrected meanwhile, and costs {left} now. Nothing more was taken back.")


@transaction.atomic
def correct(
    entry: LedgerEntry, *, units: int, reason: str, by: User, now: datetime, seen: int | None = None
) -> LedgerEntry:
    """Take back `units`, 1 up to what the row still costs, in the period of the row, also when that has ended.

    `seen` is what the row cost when it was looked at. Raises IsACorrection, CorrectedMeanwhile, MoreThanItCosts.
    """
    Agency.objects.select_for_update(no_key=True).get(pk=entry.agency_id)  # a second correction waits here
    if entry.corrects_id:
        raise IsACorrection(entry)
    left = still_costs(entry)
    if seen is not None and seen != left:
        raise CorrectedMeanwhile(left)
    if not 1 <= units <= left:
        raise MoreThanItCosts(left)
    correction = write(entry, units=units, reason=reason, by=by, now=now)
    audit.record(
        Action.UNITS_TAKEN_BACK,
        agency_id=entry.agency_id,
        workspace_id=entry.workspace_id,
        by=by,
        at=now,
        target=f"row {entry.pk} of the ledger",
        before={"units": left},
        after={"units": left - units},
        reason=reason,
    )
    return correction


def still_costs(entry: LedgerEntry) -> int:
    """Units of the row with its corrections."""
    taken_back: int = entry.corrections.aggregate(units=Sum("units", default=0))["units"]
    return entry.units + taken_back


def write(entry: LedgerEntry, *, units: int, reason: str, by: User, now: datetime) -> LedgerEntry:
    """Lower the counters of the row's period, and write the correction with its mark for the rollup."""
    correction = LedgerEntry.objects.create(
        agency_id=entry.agency_id,
        workspace_id=entry.workspace_id,
        chatbot_id=entry.chatbot_id,
        conversation_id=entry.conversation_id,
        kind=entry.kind,
        words=0,
        units=-units,
        rule=f"Correction: {entry.rule}"[:LONGEST_RULE],
        period_start=entry.period_start,
        at=now,
        pool_after=lower_counters(entry, by=units),
        corrects=entry,
        reason=reason,
        author=by,
    )
    Unrolled.objects.create(agency_id=entry.agency_id, entry=correction)
    return correction


def lower_counters(entry: LedgerEntry, *, by: int) -> int:
    """First the workspace's counter, then the pool's, then those of later periods, as everywhere.

    What the period had drawn of packs that never lapse goes to the newest one. What the pool has used then.
    """
    own = WorkspacePeriod.objects.filter(workspace_id=entry.workspace_id, start=entry.period_start)
    own.update(used=F("used") - by)
    pool = PoolPeriod.objects.filter(agency_id=entry.agency_id, start=entry.period_start)
    pool.update(used=F("used") - by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT billing_give_back(%s, %s)", [entry.agency_id, entry.period_start])
    return pool.get().used
