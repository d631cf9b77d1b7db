"""Moments as people read them: short, in the reader's zone, with the exact moment and its zone on hover."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from agencies import zones

register = template.Library()

TIME, DAY, YEAR = "H:i", "j M", " Y"
EXACT = "l, j F Y, H:i:s"
FORMS = {"full": "j M Y, H:i", "second": "j M Y, H:i:s", "day": "j M Y"}
AGE = "age"  # how long ago, in words


@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime, form: str = "", *, zone: str = "", css: str = "") -> SafeString:
    """As short as it is plain: today's is a time of day, this year's has no year. `form` is one of FORMS, for rows
    that are kept or compared, or AGE; `zone` is for what goes by a calendar of its own, whoever reads it.
    """
    name = zone or zones.of_reader(context["request"])
    here = ZoneInfo(name)
    local, now = at.astimezone(here), timezone.now().astimezone(here)
    shown = timesince(local, now) if form == AGE else date_format(local, FORMS[form] if form else short(local, now))
    exact = f"{date_format(local, EXACT)} ({name})"
    mark = format_html(' class="{}"', css) if css else ""
    return format_html('<time{} datetime="{}" title="{}">{}</time>', mark, iso(local), exact, shown)


@register.simple_tag(takes_context=True)
def day(context: Context, at: datetime, *, css: str = "") -> SafeString:
    """The day of a moment, where its time of day says nothing."""
    return moment(context, at, "day", css=css)


@register.simple_tag(takes_context=True)
def zone(context: Context) -> str:
    """In which zone `moment` shows them, for the head of a column."""
    return zones.of_reader(context["request"])


def short(local: datetime, today: datetime) -> str:
    if local.date() == today.date():
        return TIME
    return f"{DAY}{'' if local.year == today.year else YEAR}, {TIME}"


def iso(local: datetime) -> str:
    return local.isoformat(timespec="seconds")
