"""Schedule, reschedule and cancel a meeting. All take the lock on support's availability first, so of two people who
want one time, one gets it; the database's exclusion constraint says it a second time.
"""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from agencies import audit
from agencies.meetings import letters, limits, slots
from agencies.meetings.slots import Refused
from agencies.models import Action, Agency, Application, Availability, Meeting, User
from agencies.models.meetings import LENGTH, ONLY
from agencies.permissions import StaffRole


class Over(Refused):
    def __init__(self) -> None:
        super().__init__("This meeting has begun or is over, so it cannot be changed any more.")


class Cancelled(Refused):
    """Said kindly: what was wanted is so already."""

    def __init__(self) -> None:
        super().__init__(
            "This meeting is cancelled already; there is nothing left to do. You can schedule another one."
        )


@transaction.atomic
def schedule(
    *,
    starts_at: datetime,
    time_zone: str,
    came_from: str,
    request_key: uuid.UUID,
    by: User | None,
    now: datetime,
    **answers: Any,
) -> Meeting:
    """Book half an hour and mail the invitation. The same `request_key` gives the same meeting. Raises Refused."""
    rules = lock()
    if before := Meeting.objects.filter(request_key=request_key).first():
        return before
    limits.require_room(email=answers["email"], came_from=came_from, now=now)
    slots.require(rules, starts_at, now=now)
    agency, application = applying(by)
    meeting = Meeting.objects.create(
        starts_at=starts_at,
        ends_at=starts_at + LENGTH,
        time_zone=time_zone,
        came_from=came_from,
        request_key=request_key,
        booked_by=by,
        booked_at=now,
        chosen_at=now,
        agency=agency,
        application=application,
        **answers,
    )
    note(meeting, Action.MEETING_SCHEDULED, by=by, at=now)
    letters.scheduled(meeting, rules, now=now)
    return meeting


@transaction.atomic
def reschedule(meeting: Meeting, *, starts_at: datetime, time_zone: str, by: User | None, now: datetime) -> Meeting:
    """Move a meeting: the invitation keeps its UID, and reminders count anew. To its own time, it gets the zone alone:
    calendars hold that instant already, so there is nothing to mail. Raises Refused.
    """
    rules = lock()
    meeting = standing(meeting, now)
    if starts_at == meeting.starts_at:
        meeting.time_zone = time_zone
        meeting.save(update_fields=["time_zone"])
        return meeting
    limits.require_move(meeting, now=now)
    slots.require(rules, starts_at, now=now, but=meeting)
    was = meeting.starts_at
    meeting.starts_at, meeting.ends_at, meeting.time_zone = starts_at, starts_at + LENGTH, time_zone
    meeting.chosen_at, meeting.sequence = now, meeting.sequence + 1
    meeting.reminded_day_before_at = meeting.reminded_hour_before_at = None
    meeting.save()
    note(meeting, Action.MEETING_RESCHEDULED, by=by, at=now, before={"starts_at": was.isoformat()})
    letters.rescheduled(meeting, rules, now=now)
    return meeting


@transaction.atomic
def cancel(meeting: Meeting, *, by: User | None, now: datetime, reason: str = "", for_support: bool = False) -> Meeting:
    """Cancel a meeting and mail that; `for_support` with a reason, which the other side reads. Raises Refused."""
    rules = lock()
    meeting = standing(meeting, now)
    meeting.cancelled_at, meeting.sequence = now, meeting.sequence + 1
    meeting.cancelled_by, meeting.reason = (by, reason) if for_support else (None, "")
    meeting.save(update_fields=["cancelled_at", "cancelled_by", "reason", "sequence"])
    note(meeting, Action.MEETING_CANCELLED, by=by, at=now, reason=reason)
    letters.cancelled(meeting, rules, now=now)
    return meeting


def lock() -> Availability:
    """Whoever books, moves or cancels is alone with the calendar until the commit."""
    return Availability.objects.select_for_update(no_key=True).get(pk=ONLY)


def standing(meeting: Meeting, now: datetime) -> Meeting:
    """The meeting as it is now. Raises Cancelled or Over."""
    meeting = Meeting.objects.get(pk=meeting.pk)
    if meeting.cancelled_at:
        raise Cancelled
    if meeting.is_over(now):
        raise Over
    return meeting


def applying(by: User | None) -> tuple[Agency | None, Application | None]:
    """The account that this person owns, and its application that waits."""
    staff = by and by.staff_of.filter(role=StaffRole.OWNER).select_related("agency").order_by("pk").first()
    if not staff:
        return None, None
    return staff.agency, staff.agency.applications.filter(decided_at=None).first()


def note(meeting: Meeting, action: Action, *, by: User | None, at: datetime, **more: Any) -> None:
    """Into the agency's audit log, where one is concerned. Who holds the mailed link acts for who booked."""
    if meeting.agency_id:
        after = {"starts_at": meeting.starts_at.isoformat()}
        who = by or meeting.booked_by
        audit.record(action, agency_id=meeting.agency_id, by=who, at=at, target="Initial meeting", after=after, **more)
