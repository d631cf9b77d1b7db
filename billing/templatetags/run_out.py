"""The pool's way through its period: what was used, what is expected with its band, and where it ends."""

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django import template

from billing.forecast import Forecast, Part
from billing.templatetags.charts import HEIGHT, WIDTH

register = template.Library()


@register.inclusion_tag("billing/_run_out_chart.html")
def run_out_chart(seen: Forecast, behind: list[tuple[date, int]], time_zone: str, now: datetime) -> dict[str, object]:
    """Days from left to right, units from the ground up."""
    begin, zone = seen.period.start.timestamp(), ZoneInfo(time_zone)
    length = seen.period.end.timestamp() - begin
    top = round_above(max(seen.limit, *(int(step.high) for step in seen.steps)))

    def at(moment: float, units: float) -> tuple[float, float]:
        return WIDTH * min(1.0, max(0.0, (moment - begin) / length)), HEIGHT * (1 - units / top)

    def over(day: date) -> float:
        """The moment at which that day ends."""
        return datetime.combine(date.fromordinal(day.toordinal() + 1), time(), zone).timestamp()

    here = at(now.timestamp(), seen.used)
    used = [at(begin, 0), *(at(over(day), units) for day, units in behind), here]
    high = [here, *(at(over(step.day), step.high) for step in seen.steps)]
    low = [here, *(at(over(step.day), step.low) for step in seen.steps)]
    return {
        "behind": points(used),
        "ahead": points([here, *(at(over(step.day), step.used) for step in seen.steps)]),
        "band": points([*high, *reversed(low)]),
        "limit": f"{at(begin, seen.limit)[1]:.2f}",
        "top": top,
        "seen": seen,
    }


def round_above(highest: int) -> int:
    """The next number of two digits and noughts, so that little of the drawing stays empty."""
    power = int(10 ** max(0, len(str(highest)) - 2))
    return (highest // power + 1) * power


def points(pairs: Iterable[tuple[float, float]]) -> str:
    """As SVG writes them."""
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in pairs)


@register.filter
def whole_per_cent(part: Part) -> str:
    """A client's part of the pace."""
    return f"{part.share * 100:.0f} %"
