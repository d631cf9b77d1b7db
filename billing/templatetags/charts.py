"""Meters and columns as small SVG, drawn with attributes and classes: the pages allow no inline style.

Every chart stands beside its table; the drawing itself is hidden from screen readers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django import template

from billing import money
from billing.clients import Allocation, Row
from billing.example import Example
from billing.models import Statement
from billing.periods import Period
from billing.usage import Day, Meter, Part, Pool
from workspaces.models import Workspace

register = template.Library()
WIDTH, HEIGHT = 1000.0, 200.0
GAP = 3  # between two bars of a stacked meter
MOST_BARS = 20  # of a stacked meter; more would be too thin to see
OTHERS = 1  # the tone of what is drawn as one


@dataclass(frozen=True)
class Bar:
    """One rectangle, in the drawing's own units, with the class that colours it."""

    x: float
    y: float
    width: float
    height: float
    tone: int
    label: str


@dataclass(frozen=True)
class Column:
    """One day, with its bars from the ground up."""

    label: str
    bars: list[Bar]


@register.inclusion_tag("billing/_meter.html")
def pool_meter(pool: Pool, now: datetime) -> dict[str, object]:
    """The pool, stacked by workspace, with a mark where an even pace would stand today."""
    whole = max(pool.limit or 0, pool.used, 1)
    bars = stacked([(part.tone, part.used) for part in pool.parts], whole)
    return {"bars": bars, "reserved": behind(bars, pool.reserved, whole), **pace_of(pool.period, pool.limit, now)}


@register.inclusion_tag("billing/_meter.html")
def allocation_meter(allocation: Allocation, now: datetime) -> dict[str, object]:
    """Any resource's pool, stacked by client; what is reserved stands behind what is used."""
    whole = max(allocation.limit or 0, allocation.used, 1)
    bars = stacked([(row.tone, row.drawn) for row in sorted(allocation.rows, key=lambda row: -row.drawn)], whole)
    reserved = behind(bars, allocation.reserved, whole) if allocation.limit is not None else None
    return {"bars": bars, "reserved": reserved, **pace_of(allocation.period, allocation.limit, now)}


@register.inclusion_tag("billing/_meter.html")
def client_meter(row: Row, allocation: Allocation) -> dict[str, object]:
    """One client's use against its cap, or without one against the pool, with a mark at its guarantee."""
    whole = max(row.walls.at_most or allocation.limit or allocation.used, row.used, row.guaranteed, 1)
    width = WIDTH * row.used / whole
    mark = WIDTH * row.guaranteed / whole if row.guaranteed else None
    return {"bars": [Bar(0, 0, width, 1, row.tone, "")] if width else [], "pace": mark, "small": True}


@register.inclusion_tag("billing/_meter.html")
def cap_meter(meter: Meter) -> dict[str, object]:
    """One workspace's use against its cap."""
    whole = max(meter.cap or 0, meter.used, 1)
    width = WIDTH * meter.used / whole
    return {"bars": [Bar(0, 0, width, 1, 2, "")] if width else [], "pace": None}


@register.inclusion_tag("billing/_meter.html")
def example_meter(example: Example) -> dict[str, object]:
    """The public example's pool; above it, what is wanted fills the whole drawing."""
    whole = max(example.pool, example.wanted)
    pool_ends = WIDTH * example.pool / whole if example.missing else None
    return {"bars": stacked([(taker.tone, taker.used) for taker in example.takers], whole), "pace": pool_ends}


def stacked(parts: Sequence[tuple[int, float]], whole: float) -> list[Bar]:
    """Bars of (tone, amount) beside each other; the smallest ones of many are drawn as one."""
    drawn = [*parts[:MOST_BARS], (OTHERS, sum(amount for _, amount in parts[MOST_BARS:]))]
    bars: list[Bar] = []
    x = 0.0
    for tone, amount in drawn:
        width = WIDTH * amount / whole
        bars.append(Bar(x, 0, max(width - GAP, 0), 1, tone, ""))
        x += width
    return [bar for bar in bars if bar.width]


def behind(bars: list[Bar], amount: float, whole: float) -> Bar | None:
    """What is reserved, behind what is used, as far as the pool goes."""
    x = bars[-1].x + bars[-1].width + GAP if bars else 0.0
    width = min(WIDTH * amount / whole, WIDTH - x)
    return Bar(x, 0, width, 1, OTHERS, "") if width > 0 else None


def pace_of(period: Period | None, limit: int | None, now: datetime) -> dict[str, object]:
    """Where an even pace would stand, which day of the period it is, and of how many."""
    if period is None or limit is None:
        return {"pace": None}
    passed = (now - period.start) / (period.end - period.start)
    return {"pace": WIDTH * passed, "day": (now - period.start).days + 1, "days": (period.end - period.start).days}


@register.inclusion_tag("billing/_columns.html")
def day_columns(days: list[Day], toned: list[tuple[Workspace, int]]) -> dict[str, object]:
    """Columns of the days, stacked by workspace; in one colour when there is nothing to stack by."""
    highest = max((day.units for day in days), default=0)
    top = ceiling(highest)
    step = WIDTH / max(len(days), 1)
    columns = [
        Column(f"{day.day:%-d %B}: {day.units:,}", stack(day, toned, n * step, step * 0.72, top))
        for n, day in enumerate(days)
    ]
    return {"columns": columns, "top": top, "days": days, "empty": not highest}


@register.inclusion_tag("billing/revenue/_columns.html")
def month_columns(months: Iterable[Statement]) -> dict[str, object]:
    """Revenue beside cost of closed months, the oldest first. What is below nothing has no column."""
    every = list(reversed(list(months)))
    top = ceiling(max((max(each.revenue, each.cost) for each in every), default=0))
    step = WIDTH / max(len(every), 6)
    columns = []
    for n, each in enumerate(every):
        heights = [HEIGHT * max(amount, 0) / top for amount in (each.revenue, each.cost)]
        bars = [
            Bar((n + part * 0.36) * step, HEIGHT - height, step * 0.34, height, tone, "")
            for part, (height, tone) in enumerate(zip(heights, (2, 1), strict=True))
        ]
        columns.append(Column(f"{each.start:%-d %B %Y}: {money.shown(each.revenue, each.currency)}", bars))
    return {"columns": columns, "top": money.shown(top, every[-1].currency) if every else "", "months": every}


def stack(day: Day, toned: list[tuple[Workspace, int]], x: float, width: float, top: int) -> list[Bar]:
    parts = [(tone, day.by.get(workspace.pk, 0)) for workspace, tone in toned] if toned else [(2, day.units)]
    parts.append((OTHERS, day.units - sum(units for _, units in parts)))
    bars: list[Bar] = []
    y = HEIGHT
    for tone, units in parts:
        height = HEIGHT * max(units, 0) / top
        y -= height
        if units > 0:  # a day of corrections may be below nothing
            bars.append(Bar(round(x, 2), round(y, 2), round(width, 2), round(height, 2), tone, ""))
    return bars


def ceiling(highest: int) -> int:
    """The next round number: 1, 2 or 5 times a power of ten."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power >= max(highest, 1):
                return factor * power
        power *= 10


@register.filter
def per_cent(part: Part | Row) -> str:
    """A part's share of everything used."""
    return f"{part.share * 100:.0f} %"


@register.simple_tag
def unit_of(day: Day, workspace: Workspace) -> str:
    """A workspace's units on that day, for the chart's table."""
    return f"{day.by.get(workspace.pk, 0):,}"


@register.simple_tag
def rest_of(day: Day, toned: list[tuple[Workspace, int]]) -> str:
    """The units of that day which belong to none of these workspaces."""
    return f"{day.units - sum(day.by.get(workspace.pk, 0) for workspace, _ in toned):,}"
