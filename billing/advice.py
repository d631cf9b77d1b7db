"""How long the pool of messages lasts at the present pace, and the cheapest packs that make it last.

The forecast says how long, once there are the two weeks that it needs; before them the mean of a few days does.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from math import ceil, gcd, inf
from zoneinfo import ZoneInfo

from django.db.models import Min, Sum

from agencies.models import Agency
from billing import catalogue, forecast, money, periods, usage
from billing.models import Lasts, Pack, Resource, UsageDay
from billing.usage import Standing

PACE_DAYS = 7
FEWEST_DAYS = 3  # below it a pace says nothing
MOST_WORK = 200_000  # steps; about a tenth of a second


@dataclass(frozen=True)
class Mix:
    """Packs to buy, each with how many of it."""

    packs: tuple[tuple[Pack, int], ...]

    @property
    def units(self) -> int:
        return sum(pack.amount * count for pack, count in self.packs)

    @property
    def price(self) -> int:
        return sum(pack.price * count for pack, count in self.packs)

    @property
    def cost(self) -> str:
        return money.shown(self.price, self.packs[0][0].currency)

    @property
    def cost_again(self) -> str:
        """What each further month costs until it is cancelled; empty where nothing recurs."""
        again = sum(pack.price * count for pack, count in self.packs if pack.lasts == Lasts.RECURRING)
        return money.shown(again, self.packs[0][0].currency) if again else ""


@dataclass(frozen=True)
class Advice:
    """At this pace: `ends_on` is the day on which the pool is used up, None when it lasts until `until`."""

    until: date  # the first day of the next period
    ends_on: date | None = None
    short: int = 0  # units
    mix: Mix | None = None

    @property
    def days_early(self) -> int:
        return (self.until - self.ends_on).days if self.ends_on else 0


def for_agency(
    agency: Agency, now: datetime, *, on_sale: Iterable[Pack] | None = None, pool: Standing | None = None
) -> Advice | None:
    """What to buy, if anything. None where nothing can be said: an unlimited pool, or less than three days of use.

    `on_sale` is the catalogue, and `pool` how it stands, from who has them already.
    """
    on_sale = catalogue.on_sale() if on_sale is None else on_sale
    pool = pool or usage.standing(agency, now)
    if seen := forecast.of(agency, now=now, pool=pool):
        mix = mix_of(seen.short, on_sale) if seen.short else None
        return Advice(seen.until, seen.ends_on, seen.short, mix) if seen.short else Advice(seen.until)
    return by_the_mean(agency, now, on_sale, pool)


def mix_of(short: int, on_sale: Iterable[Pack]) -> Mix | None:
    packs = [pack for pack in on_sale if pack.resource == Resource.MESSAGES]
    return cheapest_of_all(short, sorted(packs, key=lambda pack: (pack.currency, pack.price, pack.pk)))


def by_the_mean(agency: Agency, now: datetime, on_sale: Iterable[Pack], pool: Standing) -> Advice | None:
    """The same at the mean of the last seven whole days of the period, in the agency's calendar."""
    period, limit, pace = pool.period, pool.limit, pace_of(agency, pool.period, now)
    if limit is None or pace is None:
        return None
    left = limit - pool.used - pool.held
    until = day_of(agency, period.end)
    short = ceil(pace * days(period.end - now) - left)
    if short <= 0:
        return Advice(until)
    ends_at = now + timedelta(days=max(left, 0) / pace)
    return Advice(until, day_of(agency, ends_at), short, mix_of(short, on_sale))


def pace_of(agency: Agency, period: periods.Period, now: datetime) -> float | None:
    """Units a day. Days before the agency's first use say nothing, nor does today, which is not over."""
    today, zone = day_of(agency, now), ZoneInfo(agency.time_zone)
    first: date = day_of(agency, period.start)
    if datetime.combine(first, time(), zone).astimezone(UTC) < period.start:
        first += timedelta(days=1)  # a part of that day belongs to the period before
    every = UsageDay.objects.filter(agency=agency)
    begun: date | None = every.aggregate(first=Min("day"))["first"]
    if begun is None:
        return None
    first = max(first, today - timedelta(days=PACE_DAYS), begun)
    if (today - first).days < FEWEST_DAYS:
        return None
    used = every.filter(day__gte=first, day__lt=today).aggregate(total=Sum("units"))["total"]
    return int(used or 0) / (today - first).days


def day_of(agency: Agency, moment: datetime) -> date:
    return usage.today(agency, moment)


def days(length: timedelta) -> float:
    return length / timedelta(days=1)


def cheapest_of_all(need: int, packs: Iterable[Pack]) -> Mix | None:
    """The cheapest mix in the currency in which most packs are sold; prices in two currencies do not compare."""
    by_currency = [list(group) for _, group in groupby(packs, key=lambda pack: pack.currency)]
    return cheapest(need, max(by_currency, key=len, default=[]))


def cheapest(need: int, packs: Sequence[Pack]) -> Mix | None:
    """The cheapest mix of packs with at least `need` units; of equally cheap ones that of fewer packs.

    None without packs. Each may be taken any number of times; what recurs counts with the price of one period. Exact,
    as an unbounded knapsack, with amounts counted in their greatest common divisor. However much is needed, all but a
    part of it comes from the best pack, the one with most units for the money: among as many others as that has units
    some add up to a multiple of it, and the best pack gives these units for no more. Should a catalogue of odd amounts
    still take more than MOST_WORK steps, the best pack gives what is above them, and it may cost a little more.
    """
    if not packs or need <= 0:
        return Mix(()) if packs else None
    step = gcd(*(pack.amount for pack in packs))
    amounts = [pack.amount // step for pack in packs]
    units = ceil(need / step)
    best = max(range(len(packs)), key=lambda n: (units_for_money(packs[n]), amounts[n]))
    others = (amounts[best] - 1) * max(amounts)
    searched = min(units, others + amounts[best], MOST_WORK // len(packs))
    bulk = ceil((units - searched) / amounts[best])
    counts = Counter(search(units - bulk * amounts[best], amounts, [pack.price for pack in packs]))
    counts[best] += bulk
    return Mix(tuple((packs[n], counts[n]) for n in sorted(counts) if counts[n]))


def units_for_money(pack: Pack) -> float:
    return pack.amount / pack.price if pack.price else inf


def search(units: int, amounts: Sequence[int], prices: Sequence[int]) -> list[int]:
    """Indexes of the packs of the cheapest mix with at least `units`."""
    best: list[tuple[int, int]] = [(0, 0)]  # (price, packs) for each number of units
    taken = [0]
    for n in range(1, max(units, 0) + 1):
        found = [
            (best[max(n - amount, 0)][0] + price, best[max(n - amount, 0)][1] + 1, which)
            for which, (amount, price) in enumerate(zip(amounts, prices, strict=True))
        ]
        price, packs, which = min(found)
        best.append((price, packs))
        taken.append(which)
    chosen, n = [], units
    while n > 0:
        chosen.append(taken[n])
        n -= amounts[taken[n]]
    return chosen
