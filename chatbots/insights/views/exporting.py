"""The tables of a page of numbers, as rows for CSV."""

from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from chatbots.insights import numbers, patterns, questions
from chatbots.insights.lines import Reader
from chatbots.insights.numbers import Numbers, Scope, Span
from chatbots.models import MetricsTerm

Rows = Iterable[list[object]]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
COLUMNS = {
    "Conversations": "conversations",
    "Visitors": "visitors",
    "Visitor messages": "visitor_messages",
    "AI replies": "ai_replies",
    "Human replies": "human_replies",
    "Units": "units",
    "Answered": "answered",
    "Unanswered": "unanswered",
    "Handed to a person": "handed_over",
    "Thumbs up": "thumbs_up",
    "Thumbs down": "thumbs_down",
    "Left messages": "leads",
}
ALL = 10**6


def cells(of: Numbers) -> list[object]:
    return [getattr(of, name) for name in COLUMNS.values()]


def days(scope: Scope, span: Span) -> Rows:
    return ([day.isoformat(), *cells(each)] for day, each in numbers.by_day(scope, span))


def hours(scope: Scope, span: Span) -> Rows:
    week = patterns.of(scope, span).week
    return ([WEEKDAYS[day], f"{hour:02}:00", n] for day, row in enumerate(week) for hour, n in enumerate(row))


def chatbots(scope: Scope, span: Span) -> Rows:
    """A client learns no more of a chatbot that is elsewhere now than that it was here."""
    known = Reader(scope.agency, scope.workspace, is_client=scope.workspace is not None)
    found = numbers.by_chatbot(scope, span)
    names = known.chatbots().in_bulk(found)
    return ([known.name(pk, names), *cells(each)] for pk, each in found.items())


def terms(dimension: str) -> Callable[[Scope, Span], Rows]:
    def rows(scope: Scope, span: Span) -> Rows:
        (found,) = patterns.terms(scope, span, dimension, most=ALL)
        others: Rows = [["All others", found.others]] if found.others else []
        return [*([value, times] for value, times in found.rows), *others]

    return rows


def asked(scope: Scope, span: Span) -> Rows:
    zone = ZoneInfo(scope.agency.time_zone)
    for each in questions.of(scope, span, shown=ALL).top:
        last_at = each.last_at.astimezone(zone).isoformat("T", "seconds")
        yield [each.text, each.chatbot.name, each.times, each.unanswered, last_at]


SHEETS: dict[str, tuple[list[str], Callable[[Scope, Span], Any]]] = {
    "days": (["Day", *COLUMNS], days),
    "hours": (["Weekday", "Hour", "Visitor messages"], hours),
    "chatbots": (["Chatbot", *COLUMNS], chatbots),
    "languages": (["Language", "Visitor messages"], terms(MetricsTerm.Dimension.LANGUAGE)),
    "pages": (["Page", "Conversations"], terms(MetricsTerm.Dimension.PAGE)),
    "sources": (["Source", "Answers"], terms(MetricsTerm.Dimension.SOURCE)),
    "questions": (["Question", "Chatbot", "Times", "Unanswered", "Last asked"], asked),
}
