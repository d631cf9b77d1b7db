"""When visitors write, how long they wait, in which languages, from which pages, and which sources answer them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Left

from chatbots.insights import waiting
from chatbots.insights.numbers import Scope, Span
from chatbots.insights.waiting import Waits
from chatbots.models import DataSource, MetricsDay, MetricsTerm, Page
from chatbots.models.metrics import EVERY, EVERYWHERE, LONGEST_TERM

Row = TypeVar("Row", MetricsDay, MetricsTerm)
HOURS = 24
SHOWN = 10  # of each list
NEVER_SHOWN = 20


@dataclass(frozen=True)
class Patterns:
    """`week`: visitor messages by weekday, from Monday, and hour. The next two: by hour, of all days together."""

    week: list[list[int]]
    conversations: list[int]
    messages: list[int]
    first_words: Waits
    full_answers: Waits

    @property
    def busiest(self) -> int:
        return max(max(day) for day in self.week)


@dataclass(frozen=True)
class Terms:
    """The most frequent values with their numbers, how many times others came, and all times."""

    rows: list[tuple[str, int]]
    others: int
    total: int


def of(scope: Scope, span: Span) -> Patterns:
    return both(scope, span, span)[0]


def both(scope: Scope, span: Span, before: Span) -> tuple[Patterns, Patterns]:
    """Those of a span and of one before it, in one query: one row a day."""
    names = ("day", "begun_by_hour", "asked_by_hour", "first_words", "full_answers")
    whole = Span(before.first, span.last)
    days = list(rows(MetricsDay.objects.all(), scope, whole).values_list(*names))
    return summed(row for row in days if row[0] in span), summed(row for row in days if row[0] in before)


def summed(days: Iterable[tuple[Any, ...]]) -> Patterns:
    week = [[0] * HOURS for _ in range(7)]
    conversations, messages = [0] * HOURS, [0] * HOURS
    first_words, full_answers = [0] * waiting.SLOTS, [0] * waiting.SLOTS
    for day, begun, asked, first, full in days:
        add(week[day.weekday()], asked)
        add(conversations, begun)
        add(messages, asked)
        add(first_words, first)
        add(full_answers, full)
    return Patterns(week, conversations, messages, waiting.of_slots(first_words), waiting.of_slots(full_answers))


def add(sums: list[int], counts: list[int | None]) -> None:
    for n, count in enumerate(counts):
        sums[n] += count or 0


def rows(every: QuerySet[Row], scope: Scope, span: Span) -> QuerySet[Row]:
    """The rows of a scope and a span, by the expression that is indexed."""
    found = every.filter(agency=scope.agency, chatbot_id=scope.chatbot_id or EVERY, day__range=(span.first, span.last))
    if scope.chatbot_id and not scope.workspace:
        return found
    return found.alias(place=EVERYWHERE).filter(place=scope.workspace.pk if scope.workspace else 0)


def terms(scope: Scope, span: Span, *dimensions: str, most: int = SHOWN) -> list[Terms]:
    """The values of each of these dimensions, the most frequent first. One query."""
    found = rows(MetricsTerm.objects.filter(dimension__in=dimensions), scope, span)
    sums = found.values_list("dimension", "value").annotate(sum=Sum("times")).order_by(F("sum").desc(), "value")
    by_value: dict[str, dict[str, int]] = {dimension: {} for dimension in dimensions}
    for dimension, value, times in sums:
        by_value[dimension][value] = times
    return [most_frequent(values, most) for values in by_value.values()]


def most_frequent(values: dict[str, int], most: int) -> Terms:
    total = sum(values.values())
    named = [(value, times) for value, times in values.items() if value][:most]
    return Terms(named, total - sum(times for _, times in named), total)


def silent_sources(scope: Scope, span: Span) -> list[DataSource]:
    """Sources of today that answered nothing on these days; of a website, none of its pages did. The first ones."""
    answered = MetricsTerm.objects.filter(
        agency=scope.agency,
        chatbot_id=OuterRef("chatbot_id"),
        dimension=MetricsTerm.Dimension.SOURCE,
        day__range=(span.first, span.last),
    )
    its_pages = Page.objects.filter(source=OuterRef(OuterRef("pk"))).values(named=Left("title", LONGEST_TERM))
    its_own = Q(Exists(answered.filter(value=OuterRef("title"))))
    of_website = Q(Exists(answered.filter(value__in=its_pages)), kind=DataSource.Kind.WEBSITE)
    known = DataSource.objects.filter(workspace=scope.workspace, learned_at__isnull=False)
    if scope.chatbot_id:
        known = known.filter(chatbot_id=scope.chatbot_id)
    silent = known.exclude(its_own | of_website).select_related("chatbot")
    return list(silent.order_by("chatbot__name", "title", "pk")[:NEVER_SHOWN])
