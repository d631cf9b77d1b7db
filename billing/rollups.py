"""Sums the ledger into days: day (of the agency's calendar) × workspace × chatbot × kind.

Each ledger row is written with a mark. The rollup deletes marks and adds their rows in one statement, so each row
counts once, in whatever order rows commit; it may run twice, and twice at once. Its cost follows what is new.
"""

import logging
from zoneinfo import ZoneInfoNotFoundError

from django.db import DatabaseError, connection, transaction

from agencies.models import Agency
from billing.models import Unrolled, UsageDay

log = logging.getLogger(__name__)

AT_ONCE = 20_000  # marks in one transaction

COLUMNS = """
    agency_id, (at AT TIME ZONE %(zone)s)::date, workspace_id, chatbot_id, kind,
    count(*) FILTER (WHERE corrects_id IS NULL), sum(units)
"""
INTO_DAYS = "INSERT INTO billing_usageday (agency_id, day, workspace_id, chatbot_id, kind, messages, units)"
# LATERAL with OFFSET asks for each marked row by its key, also where the planner would rather read the whole ledger.
ADD_NEW = f"""
    WITH taken AS (
        DELETE FROM billing_unrolled WHERE entry_id IN (
            SELECT entry_id FROM billing_unrolled WHERE agency_id = %(agency)s LIMIT %(most)s
        ) RETURNING entry_id
    ), added AS (
        {INTO_DAYS} SELECT {COLUMNS}
        FROM taken, LATERAL (SELECT * FROM billing_ledgerentry WHERE id = entry_id OFFSET 0) l GROUP BY 1, 2, 3, 4, 5
        ON CONFLICT (agency_id, day, workspace_id, chatbot_id, kind) DO UPDATE
            SET messages = billing_usageday.messages + excluded.messages,
                units = billing_usageday.units + excluded.units
    )
    SELECT count(*) FROM taken
"""  # noqa: S608 (nothing but the constants above)
SUM_ALL = f"""
    WITH forgotten AS (DELETE FROM billing_unrolled WHERE agency_id = %(agency)s)
    {INTO_DAYS} SELECT {COLUMNS} FROM billing_ledgerentry WHERE agency_id = %(agency)s GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608


def roll_up() -> list[int]:
    """Add every ledger row that was written since the last time; the ids of the agencies that had some.

    Rows that cannot be summed keep their marks, and the others go on: one agency must not stop everybody's charts.
    """
    done = []
    for agency_id in list(Unrolled.objects.values_list("agency_id", flat=True).distinct()):
        try:
            while roll_up_agency(agency_id) == AT_ONCE:
                pass
        except (DatabaseError, ZoneInfoNotFoundError):
            log.exception("Agency %s cannot be rolled up.", agency_id)
        else:
            done.append(agency_id)
    return done


@transaction.atomic
def roll_up_agency(agency_id: int) -> int:
    """Add what is new of one agency, up to 20,000 rows; how many. The agency row orders two runs, and `rezone`."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency_id)
    with connection.cursor() as cursor:
        cursor.execute(ADD_NEW, {"agency": agency.pk, "zone": agency.time_zone, "most": AT_ONCE})
        return int(cursor.fetchone()[0])


@transaction.atomic
def rezone(agency: Agency, *, time_zone: str) -> None:
    """Give the agency another time zone. Its days begin at other moments then, so all of them are summed anew.

    The marks go in the statement that sums: a charge that commits later keeps its mark, for the next rollup.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if agency.time_zone == time_zone:
        return
    agency.time_zone = time_zone
    agency.save(update_fields=["time_zone"])
    sum_anew(agency)


def sum_anew(agency: Agency) -> None:
    """Write all days of an agency from its ledger. Its row is locked."""
    UsageDay.objects.filter(agency=agency).delete()
    with connection.cursor() as cursor:
        cursor.execute(SUM_ALL, {"agency": agency.pk, "zone": agency.time_zone})
