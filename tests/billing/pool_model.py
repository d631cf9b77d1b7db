"""What the pool does, said once more in plain Python: from the docs, not from the SQL, and without any cleverness."""

import calendar
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SWEPT_AFTER = timedelta(minutes=15)


@dataclass
class Pack:
    """`ends_at` None: it goes on. What was `returned` counts no more."""

    lasts: str
    amount: int
    added_at: datetime
    ends_at: datetime | None = None
    returned: int = 0

    @property
    def kept(self) -> int:
        return self.amount - self.returned

    def covers(self, end: datetime) -> bool:
        """Whether it belongs to the period that ends there. One that goes on counts as the plan does, as it is now."""
        return self.lasts != "forever" and (self.ends_at is None or self.added_at < end <= self.ends_at)


@dataclass
class Place:
    """A workspace."""

    cap: int | None = None
    guarantee: int | None = None
    paused: bool = False
    archived: bool = False

    @property
    def promised(self) -> int:
        return 0 if self.paused or self.archived else self.guarantee or 0


@dataclass
class Held:
    place: int
    fingerprint: str
    units: int
    start: datetime
    at: datetime
    state: str = "open"  # open, settled or released


@dataclass
class Period:
    """A counter. Taken is what was used and what is held, by workspace."""

    start: datetime
    end: datetime
    quota: int | None = None
    stock: int = 0
    used: Counter[int] = field(default_factory=Counter)
    held: Counter[int] = field(default_factory=Counter)

    def taken_by(self, place: int) -> int:
        return self.used[place] + self.held[place]

    @property
    def taken(self) -> int:
        return self.used.total() + self.held.total()

    @property
    def limit(self) -> int | None:
        """None is unlimited."""
        return None if self.quota is None else self.quota + self.stock

    @property
    def free(self) -> int | None:
        """Less than nothing: the limit was lowered below what is taken."""
        return None if self.limit is None else self.limit - self.taken

    @property
    def drawn(self) -> int:
        """What the period took of the packs that never lapse: they wait until its own units are used up."""
        return 0 if self.quota is None else min(self.stock, max(0, self.taken - self.quota))


@dataclass(frozen=True)
class Line:
    """A ledger row."""

    at: datetime
    start: datetime
    place: int
    kind: str
    units: int


class Pool:
    """An agency's pool with its periods, packs and workspaces."""

    def __init__(self, places: list[int], *, anchor: datetime, base: int | None) -> None:
        self.places = {place: Place() for place in places}
        self.anchor, self.base, self.zone = anchor, base, "UTC"
        self.packs: dict[int, Pack] = {}
        self.periods: dict[datetime, Period] = {}
        self.holds: dict[str, Held] = {}
        self.ledger: list[Line] = []

    # --- periods and their limits ---

    def starts(self, now: datetime, anchor: datetime | None = None) -> tuple[datetime, datetime]:
        """[start, end) of the month-long period around `now`: on the anchor's day, or the last one of its month."""
        day, firsts = (anchor or self.anchor).astimezone(UTC).day, []
        for number in range(now.year * 12 + now.month - 3, now.year * 12 + now.month + 2):
            year, month = divmod(number, 12)
            last = calendar.monthrange(year, month + 1)[1]
            firsts.append(datetime(year, month + 1, min(day, last), tzinfo=UTC))
        begun = [first for first in firsts if first <= now]
        return begun[-1], firsts[len(begun)]

    def at(self, now: datetime) -> Period:
        """The period around `now`, as it is or as it would be."""
        start, end = self.starts(now)
        if known := self.periods.get(start):
            return known
        newest = not any(other > start for other in self.periods)
        return Period(start, end, self.quota_until(end), self.left_in_stock(start) if newest else 0)

    def open(self, now: datetime) -> Period:
        period = self.periods.setdefault(self.at(now).start, self.at(now))
        self.hand_over()
        return period

    def quota_until(self, end: datetime) -> int | None:
        packs = [pack.kept for pack in self.packs.values() if pack.covers(end)]
        return None if self.base is None else self.base + sum(packs)

    def left_in_stock(self, start: datetime) -> int:
        """What other periods left of the packs that never lapse. An ended one counts as far as it was not returned."""
        bought = sum(pack.kept for pack in self.packs.values() if pack.lasts == "forever")
        return max(0, bought - sum(period.drawn for period in self.periods.values() if period.start != start))

    def refresh(self, now: datetime) -> None:
        """Plan or packs have changed. What is over keeps its quota, and so does what was taken before."""
        for period in [known for known in self.periods.values() if known.end > now]:
            before, period.quota = period.quota, self.quota_until(period.end)
            if period.quota is not None:
                period.quota = max(period.quota, period.taken if before is None else min(before, period.taken))
        self.hand_over()

    def hand_over(self) -> None:
        """The newest period has the stock; an older one keeps what it drew."""
        newest = max(self.periods, default=None)
        for start, period in self.periods.items():
            period.stock = self.left_in_stock(start) if start == newest else period.drawn

    # --- caps and guarantees ---

    def fits(self, place: int, guarantee: int | None, now: datetime) -> bool:
        """Guarantees may not add up to more than the pool, whatever of it is used."""
        limit = self.at(now).limit
        total = (guarantee or 0) + sum(other.promised for key, other in self.places.items() if key != place)
        return not guarantee or limit is None or total <= limit

    def allocate(self, place: int, cap: int | None, guarantee: int | None, now: datetime) -> str:
        """`done`, or the refusal's name. Lowering a guarantee is never refused for the sum."""
        known = self.places[place]
        if known.archived:
            return "Archived"
        if guarantee is not None and cap is not None and guarantee > cap:
            return "GuaranteeAboveCap"
        if (guarantee or 0) > (known.guarantee or 0) and not known.paused and not self.fits(place, guarantee, now):
            return "GuaranteesAbovePool"
        known.cap, known.guarantee = cap, guarantee or None
        return "done"

    # --- holding ---

    def reserved(self, period: Period, *, but: int | None = None) -> int:
        """What guarantees still keep, as far as they are not used yet."""
        rest = {key: max(0, place.promised - period.taken_by(key)) for key, place in self.places.items()}
        return sum(units for key, units in rest.items() if key != but)

    def keeps_its_word(self, now: datetime) -> bool:
        """Whether what is free suffices for all guarantees; a lowered limit, or a workspace come back, can break it."""
        period = self.at(now)
        return period.free is None or self.reserved(period) <= period.free

    def wall(self, place: int, units: int, now: datetime) -> str:
        """At what a new hold would stop, or `held`."""
        period, cap = self.at(now), self.places[place].cap
        if cap is not None and period.taken_by(place) + units > cap:
            return "capped"
        if period.free is None:
            return "held"
        if units > period.free:
            return "exhausted"
        if period.taken_by(place) + units <= self.places[place].promised:
            return "held"  # its own guarantee: what was promised to others does not block it
        return "held" if self.reserved(period, but=place) <= period.free - units else "reserved"

    def hold(self, place: int, key: str, fingerprint: str, units: int, now: datetime) -> str:
        known, outcome = self.holds.get(key), self.wall(place, units, now)
        if known and (known.fingerprint, known.place) != (fingerprint, place):
            return "reused"
        if known and known.state != "released":
            return "replayed"
        if known or outcome != "capped":
            self.open(now)
        self.holds.pop(key, None)
        if outcome == "held":
            period = self.at(now)
            self.holds[key] = Held(place, fingerprint, units, period.start, now)
            period.held[place] += units
        return outcome

    def settle(self, key: str, charges: dict[str, int], now: datetime) -> bool:
        hold = self.holds[key]
        if not self.end(hold, "settled"):
            return False
        period = self.periods[hold.start]
        for kind, units in charges.items():
            period.used[hold.place] += units
            self.ledger.append(Line(now, hold.start, hold.place, kind, units))
        self.hand_over()
        return True

    def end(self, hold: Held, state: str) -> bool:
        """False when it ended before."""
        if hold.state != "open":
            return False
        hold.state = state
        self.periods[hold.start].held[hold.place] -= hold.units
        return True

    def release(self, key: str) -> None:
        self.end(self.holds[key], "released")
        self.hand_over()

    def sweep(self, now: datetime) -> int:
        left = [key for key, hold in self.holds.items() if hold.state == "open" and hold.at < now - SWEPT_AFTER]
        for key in left:
            self.release(key)
        return len(left)

    # --- what changes around it ---

    def may_begin_on(self, started_at: datetime, now: datetime) -> bool:
        running, (start, _) = self.starts(now), self.starts(now, started_at)
        uses = [hold.at for hold in self.holds.values() if hold.state != "released"]
        return started_at <= now and (start == running[0] or all(start.date() >= use.date() for use in uses))

    def begin_on(self, started_at: datetime, now: datetime) -> None:
        """Another day: the running period ends where the new one begins. What belonged to it comes along, unless the
        running one had used it before."""
        before, (start, end) = self.starts(now), self.starts(now, started_at)
        self.anchor = started_at
        for known in self.periods.values():
            if known.start < start < known.end:
                known.end = start
        for later in [known for known in self.periods if known > start]:
            del self.periods[later]
        if start in self.periods:
            self.periods[start].end = end
        for pack in self.packs.values():
            if pack.lasts != "forever" and pack.ends_at == before[1] and start <= max(before[0], pack.added_at):
                pack.ends_at = end

    def days(self) -> Counter[tuple[date, int, str]]:
        """The ledger by day of the agency's own calendar, workspace and kind."""
        sums: Counter[tuple[date, int, str]] = Counter()
        for line in self.ledger:
            sums[line.at.astimezone(ZoneInfo(self.zone)).date(), line.place, line.kind] += line.units
        return sums
