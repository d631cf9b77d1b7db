"""Sums the ledger into days. Recomputed for the days that changed, so it may run twice, and twice at once."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Sum

from agencies.models import Agency
from billing.models import DirtyDay, LedgerEntry, UsageDay


def roll_up() -> int:
    """Recompute every day that ledger rows were written for since the last time; the number of days."""
    marked = DirtyDay.objects.values_list("agency_id", "day").distinct()
    for agency_id, day in list(marked):
        roll_up_day(agency_id, day)
    return len(marked)


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
