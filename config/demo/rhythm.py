"""When visitors come: by weekday and hour, with good and bad days, and slowly more of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from math import exp
from random import Random
from zoneinfo import ZoneInfo

GROWTH = 1.012  # from one day to the next: a third more in a month
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Slot:
    """Up to one hour, and how many visitors it draws in comparison with others."""

    begin: datetime
    length: timedelta
    weight: float

    def within(self, start: datetime, end: datetime) -> "Slot | None":
        """The part of it between `start` and `end`, if there is one."""
        begin, stop = max(self.begin, start), min(self.begin + self.length, end)
        return Slot(begin, stop - begin, self.weight * ((stop - begin) / self.length)) if begin < stop else None


@dataclass(frozen=True)
class Rhythm:
    """A business's week: one digit of busyness for each weekday from Monday, and for each hour from midnight."""

    week: str
    hours: str

    def slots(self, rng: Random, zone: ZoneInfo, since: datetime, until: datetime) -> list[Slot]:
        """Every hour of every day from `since` to `until`, in the business's own time zone."""
        first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
        slots, mood = [], 0.0
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            mood = 0.6 * mood + rng.gauss(0, 0.13)  # a good day makes the next one likely to be good
            busy = int(self.week[day.weekday()]) * GROWTH**n * exp(mood)
            for hour, digit in enumerate(self.hours):
                begin = datetime.combine(day, time(hour), zone).astimezone(UTC)
                slots.append(Slot(begin, HOUR, busy * int(digit)))
        return slots


def between(slots: Sequence[Slot], start: datetime, end: datetime) -> list[Slot]:
    """The slots of [start, end), cut at its bounds."""
    return [part for slot in slots if (part := slot.within(start, end))]


def moments(rng: Random, slots: Sequence[Slot], number: int) -> list[datetime]:
    """So many arrivals, in order."""
    chosen = rng.choices(slots, [slot.weight for slot in slots], k=number)
    return sorted(slot.begin + slot.length * rng.random() for slot in chosen)
