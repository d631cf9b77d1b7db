"""When people are there. Times are those of a clock on the wall of the chatbot's time zone, also when that is moved."""

from datetime import datetime
from zoneinfo import ZoneInfo

from chatbots.models import Chatbot

DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
MIDNIGHT = "24:00"  # as the end of a span: the day ends with it


def is_open(chatbot: Chatbot, now: datetime) -> bool:
    """Whether `now` lies in the chatbot's hours: from the first minute of a span, up to and without its last one.

    Without hours it is always open. A day that is not named is a day off.
    """
    if not chatbot.hours:
        return True
    there = now.astimezone(ZoneInfo(zone_of(chatbot)))
    spans = chatbot.hours.get(list(DAYS)[there.weekday()], [])
    return any(begins <= f"{there:%H:%M}" < ends for begins, ends in spans)


def notice(chatbot: Chatbot, now: datetime) -> str:
    """What a visitor reads outside of the hours; empty inside of them, and where nothing was written for it."""
    return "" if is_open(chatbot, now) else str(chatbot.away_notice)


def zone_of(chatbot: Chatbot) -> str:
    """The chatbot's time zone, without one its agency's."""
    return str(chatbot.time_zone or chatbot.workspace.agency.time_zone)
