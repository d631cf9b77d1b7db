"""A month's sums, from plain values: nothing is read or written here, so the same values give the same lines.

A month has days 0 up to `days`; whatever changes within it cuts it into stretches, and each is billed by itself. Fees
and included units count by days, in parts that add up to the whole. Amounts are whole minor units; what does not come
out even is rounded half up, and what is shared is shared by largest remainders: the parts are the whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from billing.models.partners import WHOLE
from billing.models.revenue import ONCE, Way
from billing.models.statements import StatementLine

Kind = StatementLine.Kind
THOUSAND, MILLION = 1_000, 1_000_000
BY = {Way.FLAT: "a fee with units in it", Way.MULTIPLE: "a multiple of its cost", Way.REFERRAL: "referral"}


@dataclass(frozen=True)
class Priced:
    """What a version of terms says, in minor units, units and hundredths."""

    way: str
    fee: int = 0
    included: int = 0
    extra_price: int = 0
    multiple: int = 0


NOTHING = Priced(Way.NONE)


@dataclass(frozen=True)
class Tokens:
    """What one model read and wrote in a stretch, at one price for a million each; None: nobody said the price."""

    model: str
    read: int
    written: int
    prices: tuple[int, int] | None
    estimated: bool = False

    @property
    def cost(self) -> int:
        if self.prices is None:
            return 0
        return half_up(self.read * self.prices[0] + self.written * self.prices[1], MILLION)


@dataclass(frozen=True)
class Stretch:
    """Days of one client under one version of its terms: `first` up to and without `until`."""

    workspace_id: int
    name: str
    first: int
    until: int
    terms: Priced
    units: int
    tokens: tuple[Tokens, ...] = ()
    is_main: bool = False


@dataclass(frozen=True)
class Month:
    """All that a month's sums need. `days`: of the whole month, also where the period was cut short."""

    begins: date
    days: int
    stretches: Sequence[Stretch]
    pool_cost: int
    rate: int = 0  # of the partner, in hundredths of a per cent


@dataclass(frozen=True)
class Line:
    """A line as it is stored; see `StatementLine`."""

    workspace_id: int
    name: str
    kind: str
    words: str
    first: date
    last: date
    quantity: int
    price: int | None = None
    units: int = 0
    revenue: int = 0
    cost: int = 0
    about_id: int | None = field(default=None)


def lines(month: Month) -> list[Line]:
    """Every line of the month, client by client in the order of its stretches."""
    shares = split(month.pool_cost, weights(month.stretches))
    pairs = zip(month.stretches, shares, strict=True)
    return [line for stretch, share in pairs for line in of_stretch(month, stretch, share)]


def weights(stretches: Sequence[Stretch]) -> list[int]:
    """By what the pool's cost is shared: units, but those of referred clients, who pay for themselves.

    While nobody has used anything it is the agency's own, and stands with its main workspace.
    """
    by_units = [0 if each.terms.way == Way.REFERRAL else max(each.units, 0) for each in stretches]
    return by_units if any(by_units) else [int(each.is_main) for each in stretches]


def split(whole: int, by: Sequence[int]) -> list[int]:
    """`whole` in parts that add up to it, by largest remainders; of equal ones the first gets more."""
    if whole < 0:
        return [-part for part in split(-whole, by)]
    total = sum(by)
    if not total:
        return [0] * len(by)
    parts = [whole * weight // total for weight in by]
    closest = sorted(range(len(by)), key=lambda n: (-(whole * by[n] % total), n))
    for n in closest[: whole - sum(parts)]:
        parts[n] += 1
    return parts


def by_days(whole: int, first: int, until: int, days: int) -> int:
    """The part of `whole` that falls on these days; parts of days side by side add up to that of all of them."""
    return whole * until // days - whole * first // days


def half_up(dividend: int, divisor: int) -> int:
    """Rounded to whole minor units, halves away from zero."""
    return (2 * abs(dividend) + divisor) // (2 * divisor) * (-1 if dividend < 0 else 1)


def of_stretch(month: Month, stretch: Stretch, share: int) -> Iterator[Line]:
    """Its units with their share of the pool's cost, its models, and what it pays."""
    first = month.begins + timedelta(days=stretch.first)
    last = month.begins + timedelta(days=stretch.until - 1)
    base = Line(stretch.workspace_id, stretch.name, Kind.USE, "", first, last, stretch.units)
    why = "paid for by the client" if stretch.terms.way == Way.REFERRAL else "share of plan and packs"
    if stretch.units or share or not stretch.is_main:  # the agency's own workspace may well be silent
        yield replace(base, words=f"{counted(stretch.units, 'unit')}, {why}", units=stretch.units, cost=share)
    cost = share
    for used in stretch.tokens:
        cost += used.cost
        yield replace(base, kind=Kind.MODEL, words=about(used), quantity=used.read + used.written, cost=used.cost)
    yield from paid(month, stretch, base, cost)


def about(used: Tokens) -> str:
    told = f"{used.model[:120]}: {used.read:,} tokens read, {used.written:,} written"
    return told + (", estimated in part" if used.estimated else "") + ("" if used.prices else ", no price entered")


def paid(month: Month, stretch: Stretch, base: Line, cost: int) -> Iterator[Line]:
    """What the client pays for the stretch, or what the agency earns by it."""
    terms, days = stretch.terms, stretch.until - stretch.first
    of_days = "" if days == month.days else f", {counted(days, 'day')} of {month.days}"
    if terms.way == Way.MULTIPLE:
        amount = half_up(cost * terms.multiple, ONCE)
        words = f"Cost × {terms.multiple // ONCE}.{terms.multiple % ONCE:02}"
        yield replace(base, kind=Kind.MULTIPLE, words=words, quantity=cost, price=terms.multiple, revenue=amount)
    if terms.way not in (Way.FLAT, Way.REFERRAL):
        return
    fee = by_days(terms.fee, stretch.first, stretch.until, month.days)
    if terms.way == Way.REFERRAL:
        amount = half_up(fee * month.rate, WHOLE)
        words = f"Commission, {per_cent(month.rate)} of what the client pays Bureau{of_days}"
        yield replace(base, kind=Kind.COMMISSION, words=words, quantity=fee, price=month.rate, revenue=amount)
        return
    yield replace(base, kind=Kind.FEE, words=f"Fee{of_days}", quantity=days, price=terms.fee, revenue=fee)
    included = by_days(terms.included, stretch.first, stretch.until, month.days)
    if (beyond := stretch.units - included) > 0:
        words = f"{counted(beyond, 'unit')} beyond {included:,} in the fee"
        amount = half_up(beyond * terms.extra_price, THOUSAND)
        yield replace(base, kind=Kind.EXTRA, words=words, quantity=beyond, price=terms.extra_price, revenue=amount)


def per_cent(rate: int) -> str:
    """Hundredths of a per cent, for people: 20 %, 12.5 %."""
    return f"{rate / 100:g} %"


def counted(amount: int, what: str) -> str:
    return f"{amount:,} {what}" if amount == 1 else f"{amount:,} {what}s"


@dataclass(frozen=True)
class Sum:
    """What lines add up to."""

    units: int = 0
    revenue: int = 0
    cost: int = 0

    @property
    def profit(self) -> int:
        return self.revenue - self.cost

    @property
    def margin(self) -> float | None:
        """Profit by revenue; None without revenue."""
        return self.profit / self.revenue if self.revenue > 0 else None

    def __add__(self, other: "Sum | Line") -> "Sum":
        return Sum(self.units + other.units, self.revenue + other.revenue, self.cost + other.cost)

    def __sub__(self, other: "Sum") -> "Sum":
        return Sum(self.units - other.units, self.revenue - other.revenue, self.cost - other.cost)


def total(every: Sequence[Line]) -> Sum:
    return Sum(*(sum(getattr(line, part) for line in every) for part in ("units", "revenue", "cost")))


def by_client(every: Sequence[Line]) -> dict[int, Sum]:
    """What each client's lines add up to, in their order."""
    sums: dict[int, Sum] = {}
    for line in every:
        sums[line.workspace_id] = sums.get(line.workspace_id, Sum()) + line
    return sums
