"""The drawings of a report: how much was answered, and the days. Their numbers stand beside them."""

from datetime import date

from django import template

from billing.templatetags.charts import HEIGHT, WIDTH, Bar, Column, ceiling, stacked
from chatbots.reports.showing import Shown

register = template.Library()
ANSWERED, UNANSWERED = 2, 5  # tones


@register.inclusion_tag("billing/_meter.html")
def answered_meter(shown: Shown) -> dict[str, object]:
    """Of the questions that needed a source: answered, and not."""
    parts = [(ANSWERED, float(shown.answered)), (UNANSWERED, float(shown.unanswered))]
    return {"bars": stacked(parts, max(shown.answered + shown.unanswered, 1)), "pace": None}


@register.inclusion_tag("chatbots/reports/_days.html")
def report_days(days: list[tuple[date, int]]) -> dict[str, object]:
    top = ceiling(max((count for _, count in days), default=0))
    step = WIDTH / max(len(days), 1)
    columns = [
        Column(f"{day:%-d %B}: {count:,}", [bar(n * step, step * 0.72, HEIGHT * count / top)] if count else [])
        for n, (day, count) in enumerate(days)
    ]
    return {"columns": columns, "top": top, "days": days}


def bar(x: float, width: float, height: float) -> Bar:
    return Bar(round(x, 2), round(HEIGHT - height, 2), round(width, 2), round(height, 2), ANSWERED, "")
