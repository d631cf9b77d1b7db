"""Reminders a day and an hour before. That one was written and its mail are one transaction: a worker that is killed in
between has done neither, and the next turn does both.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from agencies.meetings import letters, slots
from agencies.models import Meeting

# The column that notes it, how long before, until how long before it still helps, and its words.
KINDS = (
    ("reminded_day_before_at", timedelta(hours=24), timedelta(hours=1), "tomorrow"),
    ("reminded_hour_before_at", timedelta(hours=1), timedelta(), "in an hour"),
)


def remind(now: datetime) -> int:
    """Write all reminders whose time has come; how many. A meeting chosen later than that gets none."""
    return sum(remind_of(now, *kind) for kind in KINDS)


@transaction.atomic
def remind_of(now: datetime, column: str, before: timedelta, until: timedelta, ahead: str) -> int:
    due = Meeting.objects.filter(
        cancelled_at=None,
        starts_at__lte=now + before,
        starts_at__gt=now + until,
        chosen_at__lte=F("starts_at") - before,
    ).filter(**{column: None})
    meetings = list(due.select_for_update(skip_locked=True)[:100])
    for meeting in meetings:
        Meeting.objects.filter(pk=meeting.pk).update(**{column: now})
        letters.reminded(meeting, slots.availability(), ahead)
    return len(meetings)
