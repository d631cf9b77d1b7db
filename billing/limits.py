"""What limits are made of, and what of them is used, for many agencies at once: to read, nothing is written here."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import Count

from agencies.models import Agency
from billing.models import AddOn, Lasts, LimitException, Plan, PoolPeriod, Resource
from billing.periods import Period
from workspaces import seats
from workspaces.models import Workspace

MOST = 2_000_000_000  # the columns hold a little more; plan and add-ons together may not pass it
Limit = LimitException.Limit
Counters = dict[int, PoolPeriod]  # by agency
STOCK = """
    SELECT v.agency, billing_stock(v.agency, v.since)
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS v (agency, since)
"""


@dataclass(frozen=True)
class Place:
    """An agency on a plan, in a billing period: as it is, or as it would be with a period that `replaces` another."""

    agency: Agency
    plan: Plan
    period: Period
    replaces: Period | None = None


@dataclass(frozen=True)
class LimitLine:
    """One limit, and what it is made of; None is unlimited."""

    limit: LimitException.Limit
    plan: int | None
    exception: LimitException | None  # support's, with its reason: its amount stands in the plan's place
    packs: int  # of the packs that run; of messages, those that count in this period
    ending: int  # so many of these end; packs of messages end with the period
    stock: int = 0  # messages that never lapse, as many as were there when the period began
    kept: int = 0  # messages used in this period before its quota became smaller: they stay, and none is added

    @property
    def label(self) -> str:
        return str(self.limit.label)

    @property
    def base(self) -> int | None:
        """The plan's amount, or the exception's in its place."""
        return self.exception.amount if self.exception else self.plan

    @property
    def for_good(self) -> int | None:
        """What plan, exception and packs without an end make."""
        return None if self.base is None else min(self.base + self.packs - self.ending, MOST)

    @property
    def given(self) -> int | None:
        """What plan, exception and packs make, however much was used before."""
        return None if self.base is None else min(self.base + self.packs, MOST) + self.stock

    @property
    def total(self) -> int | None:
        """The limit that holds."""
        return None if self.given is None else self.given + self.kept


@dataclass(frozen=True)
class Over:
    """More is in use than is given. It stays, and nothing new is granted."""

    limit: LimitException.Limit
    used: int
    given: int

    def __str__(self) -> str:
        return f"{self.limit.label}: {self.used:,} in use, {self.given:,} given"


def of(places: Sequence[Place], now: datetime, counters: Counters | None = None) -> dict[int, list[LimitLine]]:
    """The lines of every limit, by agency: messages of the place's period, the others at `now`.

    `counters` are those of the places, from who has them already.
    """
    return counted(made(places, now), places, counters_of(places) if counters is None else counters)


def made(places: Sequence[Place], now: datetime) -> dict[int, list[LimitLine]]:
    """The same without what the period's counter knows: the stock, and what was used before a quota became smaller."""
    agencies = [place.agency.pk for place in places]
    excepted: dict[int, dict[str, LimitException]] = defaultdict(dict)
    for each in LimitException.objects.filter(agency__in=agencies, ended_at=None):
        excepted[each.agency_id][each.limit] = each
    packs = packs_of(agencies)
    lines: dict[int, list[LimitLine]] = {}
    for place in places:
        running, ending = adding(packs[place.agency.pk], place, now)
        own = excepted[place.agency.pk]
        lines[place.agency.pk] = [
            LimitLine(limit, getattr(place.plan, limit), own.get(limit), running[limit], ending[limit])
            for limit in Limit
        ]
    return lines


def packs_of(agencies: Iterable[int]) -> dict[int, list[AddOn]]:
    """The packs of these agencies, without the stock of messages."""
    found: dict[int, list[AddOn]] = defaultdict(list)
    for pack in AddOn.objects.filter(agency__in=agencies).exclude(resource=Resource.MESSAGES, lasts=Lasts.FOREVER):
        found[pack.agency_id].append(pack)
    return found


def adding(packs: Iterable[AddOn], place: Place, now: datetime) -> tuple[Counter[str], Counter[str]]:
    """How much the packs add by resource, and how much of that ends."""
    running, ending = Counter[str](), Counter[str]()
    for pack in packs:
        ends_at = end_of(pack, place.replaces or place.period, place.period)
        if counts(pack, ends_at, place.period, now):
            running[pack.resource] += pack.amount - pack.returned
            ending[pack.resource] += pack.amount - pack.returned if ends_at else 0
    return running, ending


def end_of(pack: AddOn, running: Period, period: Period) -> datetime | None:
    """When a pack ends once `period` runs: what was to end with the running one ends with it, unless it was of use
    before `period` began."""
    moves = pack.ends_at == running.end and pack.lasts != Lasts.FOREVER
    return period.end if moves and period.start <= max(running.start, pack.added_at) else pack.ends_at


def counts(pack: AddOn, ends_at: datetime | None, period: Period, now: datetime) -> bool:
    """Whether a pack adds to its limit; the same as the database function `billing_quota` says of messages."""
    if ends_at is None:
        return pack.added_at <= now
    if pack.resource == Resource.MESSAGES:
        return pack.added_at < period.end <= ends_at
    return pack.added_at <= now < ends_at


def counted(
    lines: dict[int, list[LimitLine]], places: Sequence[Place], counters: Counters
) -> dict[int, list[LimitLine]]:
    """Complete the lines of messages with the stock, and with what was used before the quota became smaller."""
    stock = {agency: counter.stock for agency, counter in counters.items()}
    stock |= stocks([place for place in places if place.agency.pk not in counters])
    for agency, left in stock.items():
        line = lines[agency][0]  # of messages
        lines[agency][0] = replace(line, stock=left, kept=kept(line, counters.get(agency)))
    return lines


def kept(line: LimitLine, counter: PoolPeriod | None) -> int:
    """What was used of a larger quota than plan and packs make now."""
    if counter is None or line.base is None:
        return 0
    in_use = counter.used + counter.held
    of_quota = in_use if counter.quota is None else min(counter.quota, in_use)
    return max(of_quota - min(line.base + line.packs, MOST), 0)


def stocks(places: Sequence[Place]) -> dict[int, int]:
    """Messages that never lapse, by agency, of periods without a counter: as far as other periods left them."""
    if not places:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(STOCK, [[place.agency.pk for place in places], [place.period.start for place in places]])
        return dict(cursor.fetchall())


def counters_of(places: Sequence[Place]) -> Counters:
    """The counters of the places' periods, by agency; none before a period's first use."""
    starts = {place.agency.pk: place.period.start for place in places}
    found = PoolPeriod.objects.filter(agency__in=starts, start__in=starts.values())
    return {counter.agency_id: counter for counter in found if counter.start == starts[counter.agency_id]}


def used(places: Sequence[Place], now: datetime, counters: Counters | None = None) -> dict[int, Counter[str]]:
    """Messages of the places' periods, seats and sub-workspaces in use, by agency.

    Data sources and chatbots are counted by the floor above.
    """
    found = {place.agency.pk: Counter[str]() for place in places}
    for agency, counter in (counters_of(places) if counters is None else counters).items():
        found[agency][Limit.MESSAGES] = counter.used + counter.held
    open_ones = Workspace.objects.filter(agency__in=found, archived_at=None)
    opened = open_ones.filter(is_main=False).values_list("agency_id").annotate(count=Count("pk")).order_by()
    for agency, count in opened:
        found[agency][Limit.WORKSPACES] = count
    for agency, _ in {(agency, email) for agency, _, email in seats.held_in(open_ones, now=now)}:
        found[agency][Limit.SEATS] += 1
    return found


def over(lines: Iterable[LimitLine], in_use: Counter[str]) -> list[Over]:
    """What is used beyond what these lines give."""
    return [
        Over(line.limit, in_use[line.limit], line.given)
        for line in lines
        if line.given is not None and in_use[line.limit] > line.given
    ]
