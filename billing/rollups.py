"""Sums the ledger into days. Recomputed for the days that changed, so it may run twice, and twice at once."""

import logging
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import DatabaseError, transaction
from django.db.models import Count, Max, Min, Sum

from agencies.models import Agency
from billing.models import DirtyDay, LedgerEntry, UsageDay

log = logging.getLogger(__name__)


def roll_up() -> int:
    """Recompute every day that ledger rows were written for since the last time; the number of days.

    A day that cannot be summed keeps its mark, and the others go on: one agency must not stop everybody's charts.
    """
    done = 0
    for agency_id, day in list(DirtyDay.objects.values_list("agency_id", "day").distinct()):
        try:
            roll_up_day(agency_id, day)
        except (DatabaseError, ValueError, ZoneInfoNotFoundError):
            log.exception("Agency %s: %s cannot be rolled up.", agency_id, day)
        else:
            done += 1
    return done


@transaction.atomic
def roll_up_day(agency_id: int, day: date) -> None:
    """Write the sums of one agency's day anew.

    The agency row orders two runs of it. The marks go first: a charge that commits later leaves a mark of its own.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency_id)
    DirtyDay.objects.filter(agency=agency, day=day).delete()
    start, end = bounds(agency, day)
    sums = (
        LedgerEntry.objects.filter(agency=agency, at__gte=start, at__lt=end)
        .values("workspace_id", "chatbot_id", "kind")
        .annotate(messages=Count("pk"), total=Sum("units"))
        .order_by()
    )
    UsageDay.objects.filter(agency=agency, day=day).delete()
    UsageDay.objects.bulk_create(
        UsageDay(
            agency=agency,
            day=day,
            workspace_id=row["workspace_id"],
            chatbot_id=row["chatbot_id"],
            kind=row["kind"],
            messages=row["messages"],
            units=row["total"],
        )
        for row in sums
    )


def bounds(agency: Agency, day: date) -> tuple[datetime, datetime]:
    """A day of the agency's calendar as [start, end); 23 or 25 hours long when its clocks change."""
    zone = ZoneInfo(agency.time_zone)
    return datetime.combine(day, time.min, zone), datetime.combine(day + timedelta(days=1), time.min, zone)


@transaction.atomic
def rezone(agency: Agency, *, time_zone: str) -> None:
    """Give the agency another time zone. Its days begin at other moments then, so all of them are summed anew.

    Without that, the units around each midnight would stand in two days, or in none. The next rollup does the work.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if agency.time_zone == time_zone:
        return
    agency.time_zone = time_zone
    agency.save(update_fields=["time_zone"])
    UsageDay.objects.filter(agency=agency).delete()
    DirtyDay.objects.bulk_create(DirtyDay(agency=agency, day=day) for day in days_of_ledger(agency))


def days_of_ledger(agency: Agency) -> list[date]:
    """Every day of the agency's calendar from its first unit to its last, the quiet ones too."""
    span = LedgerEntry.objects.filter(agency=agency).aggregate(first=Min("at"), last=Max("at"))
    if span["first"] is None:
        return []
    zone = ZoneInfo(agency.time_zone)
    first, last = span["first"].astimezone(zone).date(), span["last"].astimezone(zone).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
