"""What waits for support on this floor: applications by whose turn it is, meetings, and accounts that are suspended."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from agencies import timeline
from agencies.meetings import slots
from agencies.models import Agency, Application, Meeting


@dataclass(frozen=True)
class Waiting:
    """An application that waits; `since` this turn began."""

    application: Application
    turn: str
    since: datetime

    @property
    def is_ours(self) -> bool:
        return self.turn == timeline.SUPPORT


def applications() -> list[Waiting]:
    """All that wait: those where it is support's turn first, of these the one that waits longest. Two queries."""
    rows = Application.objects.filter(decided_at=None).select_related("agency", "submitted_by")
    found = [
        Waiting(row, *timeline.next_turn(row, list(row.entries.all()))) for row in rows.prefetch_related("entries")
    ]
    return sorted(found, key=lambda each: (not each.is_ours, each.since))


def meetings(*, now: datetime) -> list[Meeting]:
    """Those that stand, from now to the end of the seventh day from today, by support's calendar."""
    begins, _ = days_of("today", now)
    rows = Meeting.objects.filter(cancelled_at=None, ends_at__gt=now, starts_at__lt=begins + timedelta(days=8))
    return list(rows.select_related("agency").order_by("starts_at"))


def days_of(span: str, now: datetime) -> tuple[datetime, datetime]:
    """From midnight to midnight of support's zone: today, or Monday to Sunday of this week."""
    zone = slots.availability().zone
    first = now.astimezone(zone).date()
    days = 1
    if span == "week":
        first, days = first - timedelta(days=first.weekday()), 7
    begins, end = (datetime.combine(first + timedelta(days=n), time.min, tzinfo=zone) for n in (0, days))
    return begins, end - timedelta(microseconds=1)


def suspended() -> list[Agency]:
    """Suspended accounts, the longest first."""
    rows = Agency.objects.filter(suspended_at__isnull=False).select_related("suspended_by")
    return list(rows.order_by("suspended_at"))
