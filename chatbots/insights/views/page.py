"""What a page of numbers shows, whatever its scope."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from agencies.access import Request
from agencies.permissions import Can
from chatbots.insights import figures, numbers, patterns
from chatbots.insights.figures import Figure, Point
from chatbots.insights.forms import spans as forms
from chatbots.insights.forms.spans import BY_HOUR, MEASURES
from chatbots.insights.lines import Reader
from chatbots.insights.numbers import Numbers, Scope, Span
from chatbots.insights.patterns import Patterns
from chatbots.insights.spans import CHOICES, Chosen
from chatbots.insights.views.places import Place
from chatbots.models import MetricsTerm

Days = list[tuple[Any, Numbers]]


@dataclass(frozen=True)
class Line:
    """A day of the table, with the addresses of the rows behind it."""

    day: Any
    numbers: Numbers
    conversations: str
    ledger: str


@dataclass(frozen=True)
class Bot:
    """A chatbot of the workspace with its numbers; a former one has no page."""

    pk: int
    name: str
    is_here: bool
    numbers: Numbers


def page_of(request: Request, scope: Scope) -> dict[str, Any]:
    """All that the templates need; without days that make sense, the form alone."""
    form = forms.of(request.GET)
    place, now = Place(scope, request.may), timezone.now()
    page: dict[str, Any] = {
        "form": form,
        "chosen": (chosen := form.chosen(scope.agency, now=now)),
        "choices": [(key, label) for key, label in CHOICES.items() if key != "own"],
        "place": place,
        "zone": scope.agency.time_zone,
    }
    return page | figures_of(place, chosen, form) if chosen else page


def figures_of(place: Place, chosen: Chosen, form: forms.SpanForm) -> dict[str, Any]:
    scope, span = place.scope, chosen.span
    found, found_before = patterns.both(scope, span, chosen.before)
    told, kinds = numbers.compared(scope, span, chosen.before), MetricsTerm.Dimension
    top = figures.of(told.now, told.before, found, found_before)
    languages, pages, sources = patterns.terms(scope, span, kinds.LANGUAGE, kinds.PAGE, kinds.SOURCE)
    return {
        "figures": [(figure, link(figure, place, span)) for figure in top],
        "is_empty": told.now == numbers.NOTHING,
        "points": by_hour(found, form.measure) if chosen.is_hourly else by_day(told.days, form.measure),
        "measures": [(key, label) for key, label in MEASURES.items() if not chosen.is_hourly or key in BY_HOUR],
        "days": [line(place, day, each) for day, each in reversed(told.days)],
        "hours": [(f"{n:02}:00", found.conversations[n], found.messages[n]) for n in range(patterns.HOURS)],
        "patterns": found,
        "kinds": told.kinds,
        "languages": languages,
        "pages": pages,
        "sources": sources,
        "silent": patterns.silent_sources(scope, span) if scope.workspace else [],
        "bots": bots(place, span) if scope.workspace and not scope.chatbot_id else [],
        "query": form.days_query(),
    }


def link(figure: Figure, place: Place, span: Span) -> str:
    """Where the rows of a figure are."""
    if figure.behind == figures.LEDGER:
        return place.ledger(span, kind=figure.only)
    if figure.behind == figures.CONVERSATIONS:
        return place.conversations(span, **({figure.only: "on"} if figure.only else {}))
    return ""


def by_day(days: Days, measure: str) -> list[Point]:
    label = MEASURES[measure].lower()
    return [
        Point(f"{day:%-d %b}", value, f"{day:%a %-d %b %Y}: {value:,} {label}")
        for day, each in days
        for value in [max(getattr(each, measure), 0)]
    ]


def by_hour(found: Patterns, measure: str) -> list[Point]:
    counts = found.conversations if measure == "conversations" else found.messages
    label = MEASURES[measure if measure in BY_HOUR else BY_HOUR[0]].lower()
    return [Point(f"{hour:02}:00", n, f"{hour:02}:00: {n:,} {label}") for hour, n in enumerate(counts)]


def line(place: Place, day: Any, each: Numbers) -> Line:
    span = Span(day, day)
    return Line(day, each, place.conversations(span), place.ledger(span))


def bots(place: Place, span: Span) -> list[Bot]:
    """Every chatbot in which something happened, the busiest first."""
    reader = Reader(place.scope.agency, place.scope.workspace, is_client=Can.SEE_AGENCY not in place.may)
    found = numbers.by_chatbot(place.scope, span)
    known = reader.chatbots().in_bulk(found)
    rows = [
        Bot(pk, reader.name(pk, known), pk in known and known[pk].workspace == place.scope.workspace, each)
        for pk, each in found.items()
    ]
    return sorted(rows, key=lambda row: -row.numbers.visitor_messages)
