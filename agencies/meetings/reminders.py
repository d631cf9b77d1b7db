"""Reminders a day and an hour before. That one was written and its mail are one transaction: a worker that is killed in
between has done neither, and the next turn does both.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from agencies.meetings import letters, slots
from agencies.models import Meeting

HOUR = timedelta(hours=1)
# The column that notes it, how long before, and until how long before it still helps: no two of them in three hours.
KINDS = (
    ("reminded_day_before_at", 24 * HOUR, 4 * HOUR),
    ("reminded_hour_before_at", HOUR, timedelta()),
)


def remind(now: datetime) -> int:
    """Write all reminders whose time has come; how many. A meeting chosen later than that gets none."""
    return sum(remind_of(now, *kind) for kind in KINDS)


@transaction.atomic
def remind_of(now: datetime, column: str, before: timedelta, until: timedelta) -> int:
    due = Meeting.objects.filter(
        cancelled_at=None,
        starts_at__lte=now + before,
        starts_at__gt=now + until,
        chosen_at__lte=F("starts_at") - before,
    ).filter(**{column: None})
    meetings = list(due.select_for_update(skip_locked=True)[:100])
    for meeting in meetings:
        Meeting.objects.filter(pk=meeting.pk).update(**{column: now})
        letters.reminded(meeting, slots.availability(), ahead(meeting, now))
    return len(meetings)


def ahead(meeting: Meeting, now: datetime) -> str:
    """How far it is, as one says it: a reminder can be late."""
    minutes = (meeting.starts_at - now) // timedelta(minutes=1)
    if minutes <= 60:
        return "in an hour" if minutes >= 55 else f"in {minutes} minutes" if minutes > 1 else "in a minute"
    zone = ZoneInfo(meeting.time_zone)
    is_today = meeting.starts_at.astimezone(zone).date() == now.astimezone(zone).date()
    return "today" if is_today else "tomorrow"
