"""Figures and small charts of pages of numbers, drawn with attributes and classes: no inline style is allowed.

Every chart stands beside its table; the drawing itself is hidden from screen readers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django import template

from billing.templatetags.charts import HEIGHT, WIDTH, Bar, ceiling
from chatbots.insights import figures
from chatbots.insights.figures import COUNT, SHARE, Figure, Point
from chatbots.insights.patterns import Patterns, Terms

register = template.Library()
T = TypeVar("T")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BARELY = 0.005
HEATS = 5  # shades of the busiest hours
SPARK = 100.0, 24.0  # width and height of a line without axes


@dataclass(frozen=True)
class Cell:
    """One hour of a weekday."""

    hour: int
    number: int
    heat: int


@register.filter
def value(figure: Figure) -> str:
    """The number as it is read."""
    if figure.value is None:
        return "–"
    return said(figure.value, figure.kind)


@register.filter
def was(figure: Figure) -> str:
    """The number of the days before."""
    return "–" if figure.before is None else said(figure.before, figure.kind)


def said(number: float, kind: str) -> str:
    if kind == COUNT:
        return f"{number:,.0f}"
    return f"{number * 100:.0f} %" if kind == SHARE else figures.seconds(number)


@register.filter
def change(figure: Figure) -> str:
    """How much it grew: +12 %, or of a share +3 points."""
    if figure.change is None:
        return "new" if figure.is_new else ""
    grown = round(figure.change * 100)
    unit = "%" if figure.kind != SHARE else "point" if abs(grown) == 1 else "points"
    return f"{'+' if grown > 0 else '−'}{abs(grown):,} {unit}" if grown else ""


@register.filter
def per_cent(part: float | None) -> str:
    """A share as it is read; what rounds to nothing and is not, is below 1 %."""
    if part is None:
        return "–"
    return "< 1 %" if 0 < part < BARELY else f"{part * 100:.0f} %"


@register.filter
def part_of(number: int, whole: int) -> str:
    return per_cent(number / whole if whole else None)


@register.filter
def at(found: Mapping[int, T], key: int) -> T:
    return found[key]


@register.filter
def page_link(page: str) -> str:
    """The address of a page that was counted without its scheme."""
    return f"https://{page}"


@register.inclusion_tag("chatbots/insights/_columns.html")
def columns(points: Sequence[Point]) -> dict[str, object]:
    """A column for each day or hour."""
    top = ceiling(max((point.value for point in points), default=0))
    step = WIDTH / max(len(points), 1)
    bars = []
    for n, point in enumerate(points):
        height = HEIGHT * point.value / top
        bars.append(Bar(n * step + step * 0.14, HEIGHT - height, step * 0.72, height, 2, point.title))
    middle = points[len(points) // 2] if len(points) > 2 else None
    return {"bars": bars, "top": top, "first": points[0], "middle": middle, "last": points[-1]}


@register.simple_tag
def week(patterns: Patterns) -> list[tuple[str, list[Cell]]]:
    """Each weekday with its hours; the busiest hour is the hottest."""
    most = max(patterns.busiest, 1)
    return [
        (WEEKDAYS[day], [Cell(hour, n, -(-HEATS * n // most)) for hour, n in enumerate(row)])
        for day, row in enumerate(patterns.week)
    ]


@register.simple_tag
def busiest(patterns: Patterns) -> str:
    """The hottest cell in words."""
    day, hour = max(((d, h) for d in range(7) for h in range(24)), key=lambda at: patterns.week[at[0]][at[1]])
    return f"{WEEKDAYS[day]} {hour:02}:00 – {hour + 1:02}:00"


@register.inclusion_tag("billing/_meter.html")
def term_meter(times: int, terms: Terms) -> dict[str, object]:
    """One value beside the most frequent one."""
    most = max((n for _, n in terms.rows), default=1)
    return {"bars": [Bar(0, 0, WIDTH * times / most, 1, 2, "")], "pace": None, "small": True}


@register.inclusion_tag("chatbots/insights/_spark.html")
def spark(numbers: Sequence[int]) -> dict[str, object]:
    """A line from the first day to the last."""
    width, height = SPARK
    most, step = max([*numbers, 1]), width / max(len(numbers) - 1, 1)
    ys = [height - 1 - (height - 2) * number / most for number in numbers]
    return {"points": " ".join(f"{n * step:.1f},{y:.1f}" for n, y in enumerate(ys)), "most": max(numbers, default=0)}
