"""Meters and columns as small SVG, drawn with attributes and classes: the pages allow no inline style.

Every chart stands beside its table; the drawing itself is hidden from screen readers.
"""

from dataclasses import dataclass
from datetime import datetime

from django import template

from billing.usage import Day, Meter, Part, Pool
from workspaces.models import Workspace

register = template.Library()
WIDTH, HEIGHT = 1000.0, 200.0


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
    bars: list[Bar] = []
    x = 0.0
    for part in pool.parts:
        width = WIDTH * part.used / whole
        bars.append(Bar(x, 0, max(width - 3, 0), 1, part.tone, str(part.workspace)))
        x += width
    passed = (now - pool.period.start) / (pool.period.end - pool.period.start)
    pace = None if pool.limit is None else WIDTH * passed
    day, days = (now - pool.period.start).days + 1, (pool.period.end - pool.period.start).days
    return {"bars": [bar for bar in bars if bar.width], "pace": pace, "day": day, "days": days}


@register.inclusion_tag("billing/_meter.html")
def cap_meter(meter: Meter) -> dict[str, object]:
    """One workspace's use against its cap."""
    whole = max(meter.cap or 0, meter.used, 1)
    width = WIDTH * meter.used / whole
    return {"bars": [Bar(0, 0, width, 1, 2, "")] if width else [], "pace": None}


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


def stack(day: Day, toned: list[tuple[Workspace, int]], x: float, width: float, top: int) -> list[Bar]:
    parts = [(tone, day.by.get(workspace.pk, 0)) for workspace, tone in toned] if toned else [(2, day.units)]
    bars: list[Bar] = []
    y = HEIGHT
    for tone, units in parts:
        height = HEIGHT * units / top
        y -= height
        if units:
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
def per_cent(part: Part) -> str:
    """A part's share of everything used."""
    return f"{part.share * 100:.0f} %"


@register.simple_tag
def unit_of(day: Day, workspace: Workspace) -> str:
    """A workspace's units on that day, for the chart's table."""
    return f"{day.by.get(workspace.pk, 0):,}"
