"""The half hours that support offers: weekly hours of its zone, less days off, notice, horizon and what is taken."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from agencies.models import Availability, DayOff, Meeting
from agencies.models.meetings import LENGTH, ONLY


class Refused(Exception):
    """A meeting cannot be had; the text says why, for the user's eyes."""


class Passed(Refused):
    def __init__(self) -> None:
        super().__init__("This time has passed. Please choose a later one.")


class TooSoon(Refused):
    def __init__(self, hours: int) -> None:
        super().__init__(f"Please choose a time that is at least {hours} hours from now.")


class TooFar(Refused):
    def __init__(self, days: int) -> None:
        super().__init__(f"Please choose a time within the next {days} days.")


class Away(Refused):
    def __init__(self) -> None:
        super().__init__("Support is away on this day. Please choose another one.")


class NotOffered(Refused):
    def __init__(self) -> None:
        super().__init__("Support does not meet at this time. Please choose one from the list.")


class Taken(Refused):
    def __init__(self) -> None:
        super().__init__("Somebody else has this time already. Please choose another one.")


def availability() -> Availability:
    return Availability.objects.get(pk=ONLY)


def free(now: datetime, *, but: Meeting | None = None) -> list[datetime]:
    """The instants at which a meeting can begin, the earliest first; `but`'s own time counts as free."""
    rules = availability()
    earliest, latest = bounds(rules, now)
    first, last = (at.astimezone(rules.zone).date() for at in (earliest, latest))
    away = set(DayOff.objects.filter(day__range=(first, last)).values_list("day", flat=True))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    offered = (at for day in days if day not in away for at in of_day(rules, day))
    taken = list(overlapping(earliest, latest + LENGTH, but).values_list("starts_at", "ends_at"))
    return [
        at
        for at in offered
        if earliest <= at <= latest and not any(at < end and start < at + LENGTH for start, end in taken)
    ]


def require(rules: Availability, starts_at: datetime, *, now: datetime, but: Meeting | None = None) -> None:
    """Raises the refusal that says why a meeting cannot begin at `starts_at`. The caller holds the lock on `rules`."""
    earliest, latest = bounds(rules, now)
    day = starts_at.astimezone(rules.zone).date()
    if starts_at <= now:
        raise Passed
    if starts_at < earliest:
        raise TooSoon(rules.notice_hours)
    if starts_at > latest:
        raise TooFar(rules.horizon_days)
    if DayOff.objects.filter(day=day).exists():
        raise Away
    if starts_at not in of_day(rules, day):
        raise NotOffered
    if overlapping(starts_at, starts_at + LENGTH, but).exists():
        raise Taken


def bounds(rules: Availability, now: datetime) -> tuple[datetime, datetime]:
    """The earliest and the latest start."""
    return now + timedelta(hours=rules.notice_hours), now + timedelta(days=rules.horizon_days)


def of_day(rules: Availability, day: date) -> list[datetime]:
    """What the weekly hours offer on one day, as instants."""
    found = {
        at
        for hours in rules.hours.all()
        if hours.weekday == day.weekday()
        for at in between(day, hours.opens, hours.closes, rules.zone)
    }
    return sorted(found)


def between(day: date, opens: time, closes: time, zone: ZoneInfo) -> Iterator[datetime]:
    """Half hours of the wall clock. One that the clock skips that day (daylight saving begins) is not offered."""
    wall, end = datetime.combine(day, opens), datetime.combine(day, closes)  # what a clock on the wall shows
    while wall + LENGTH <= end:
        at = wall.replace(tzinfo=zone).astimezone(UTC)
        if at.astimezone(zone).replace(tzinfo=None) == wall:
            yield at
        wall += LENGTH


def overlapping(start: datetime, end: datetime, but: Meeting | None) -> QuerySet[Meeting]:
    standing = Meeting.objects.filter(cancelled_at=None, starts_at__lt=end, ends_at__gt=start)
    return standing.exclude(pk=but.pk) if but else standing
