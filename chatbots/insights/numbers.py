"""How well it goes, as plain values: read from the rollups alone, a row a day, whatever the number of messages."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Sum

from agencies.models import Agency
from billing.models import UsageDay, UsageTotal
from chatbots.models import MetricsDay
from chatbots.models.metrics import EVERY
from workspaces.models import Workspace


@dataclass(frozen=True)
class Scope:
    """Whose numbers: a chatbot's in one workspace, those of a workspace, or of a whole agency.

    A chatbot that was moved left its earlier numbers where it was.
    """

    agency: Agency
    workspace: Workspace | None = None
    chatbot_id: int | None = None

    @property
    def named(self) -> dict[str, int]:
        """The values of the rollup's columns; 0 stands for all."""
        place = self.workspace.pk if self.workspace else 0
        return {"agency": self.agency.pk, "place": place, "chatbot": self.chatbot_id or 0}

    @property
    def condition(self) -> str:
        """SQL that holds of the rows of this scope: those of one chatbot, or the ones that sum up all of them."""
        where = "agency_id = %(agency)s AND chatbot_id = %(chatbot)s"
        anywhere = self.chatbot_id and not self.workspace  # of one chatbot in all the places where it was
        return where if anywhere else f"{where} AND coalesce(workspace_id, 0) = %(place)s"


@dataclass(frozen=True)
class Span:
    """Days of the agency's calendar, both included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def days(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range(self.length))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def before(self) -> "Span":
        """As many days, just before."""
        return Span(self.first - timedelta(days=self.length), self.first - timedelta(days=1))


@dataclass(frozen=True)
class Numbers:
    """What happened. `visitors` are browsers that wrote something, each once however many days it came."""

    conversations: int = 0  # that began
    visitors: int = 0
    visitor_messages: int = 0
    ai_replies: int = 0
    human_replies: int = 0
    units: int = 0
    answered: int = 0  # AI replies that name a source
    unanswered: int = 0  # AI replies that say there is none; small talk is neither
    handed_over: int = 0  # conversations in which a person was asked for, or took over
    thumbs_up: int = 0
    thumbs_down: int = 0
    leads: int = 0

    @property
    def replies_by_bot(self) -> float | None:
        """The chatbots' share of all replies."""
        return share(self.ai_replies, self.ai_replies + self.human_replies)

    @property
    def answered_share(self) -> float | None:
        """Of the questions that needed a source, how many had one."""
        return share(self.answered, self.answered + self.unanswered)


Told = dict[str, int]
Used = QuerySet[UsageDay] | QuerySet[UsageTotal]
NOTHING = Numbers()
SUMMED = [field.name for field in fields(Numbers) if field.name not in ("visitors", "units")]
# A visitor who was here on an earlier day of the span was counted then.
FRESH = "sum(visitors - coalesce((SELECT sum(n) FROM unnest(returned[1:day - {first}]) n), 0))"
VISITORS = FRESH.format(first="%(first)s::date")
OF_EITHER = FRESH.format(first="CASE WHEN day < %(split)s THEN %(first)s::date ELSE %(split)s::date END")
GROUPED = f"""
    SELECT {{key}}, {", ".join(f"sum({name})" for name in SUMMED)}, {VISITORS}
    FROM chatbots_metricsday WHERE {{condition}} AND day BETWEEN %(first)s AND %(last)s GROUP BY 1
"""  # noqa: S608 (nothing but the constants above)


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def of(scope: Scope, span: Span) -> Numbers:
    """All of the span."""
    taken = used(scope, span).aggregate(total=Sum("units", default=0))["total"]
    return joined(told(scope, span, by="0"), {0: taken})[0]


@dataclass(frozen=True)
class Compared:
    """A span and the one it is compared with; each day of the span, and its units by `LedgerEntry.Kind`."""

    now: Numbers
    before: Numbers
    days: list[tuple[date, Numbers]]
    kinds: dict[str, int]


def compared(scope: Scope, span: Span, before: Span) -> Compared:
    """What `of` and `by_day` say of both spans, in two queries. `before` lies before `span`."""
    whole = Span(before.first, span.last)
    rows = used(scope, whole).values_list("day", "kind").annotate(total=Sum("units")).order_by()
    units, kinds = Counter[date](), Counter[str]()
    for day, kind, taken in rows:
        units[day] += taken
        kinds[kind] += taken if day in span else 0
    query = GROUPED.replace(VISITORS, f"{OF_EITHER}, sum(visitors)").format(key="day", condition=scope.condition)
    days: dict[date, Numbers] = {day: Numbers(units=taken) for day, taken in units.items()}
    fresh = Counter[date]()
    with connection.cursor() as cursor:
        cursor.execute(query, {**scope.named, "first": whole.first, "last": whole.last, "split": span.first})
        for day, *sums, new, came in cursor.fetchall():
            fresh[day] = new
            days[day] = Numbers(**dict(zip(SUMMED, sums, strict=True)), visitors=came, units=units[day])
    now, earlier = ({day: each for day, each in days.items() if day in part} for part in (span, before))
    every = [(day, now.get(day, NOTHING)) for day in span.days]
    return Compared(added(now, fresh), added(earlier, fresh), every, {kind: n for kind, n in kinds.items() if n})


def added(days: dict[date, Numbers], fresh: Counter[date]) -> Numbers:
    """All of these days, each visitor counted once."""
    names = [*SUMMED, "units"]
    sums = {name: sum(getattr(each, name) for each in days.values()) for name in names}
    return Numbers(**sums, visitors=sum(fresh[day] for day in days))


def by_day(scope: Scope, span: Span) -> list[tuple[date, Numbers]]:
    """Each day of the span, also those on which nothing happened. Who came on two days is a visitor of both."""
    units = summed(used(scope, span), by="day")
    known = joined(told(scope, span, by="day", visitors="sum(visitors)"), units)
    return [(day, known.get(day, NOTHING)) for day in span.days]


def by_workspace(agency: Agency, span: Span) -> dict[int, Numbers]:
    """{workspace id: its numbers} of those in which something happened."""
    condition = "agency_id = %(agency)s AND chatbot_id = 0 AND workspace_id IS NOT NULL"
    totals = UsageTotal.objects.filter(agency=agency, workspace__isnull=False, day__range=(span.first, span.last))
    found = told(Scope(agency), span, by="workspace_id", condition=condition)
    return joined(found, summed(totals, by="workspace_id"))


def trends(agency: Agency, span: Span, workspaces: Collection[int]) -> dict[int, list[int]]:
    """{workspace id: visitor messages of each day of the span} of these workspaces."""
    lines = {pk: [0] * span.length for pk in workspaces}
    rows = MetricsDay.objects.filter(agency=agency, chatbot_id=EVERY, workspace__in=lines)
    rows = rows.filter(day__range=(span.first, span.last))
    for pk, day, asked in rows.values_list("workspace_id", "day", "visitor_messages"):
        lines[pk][(day - span.first).days] = asked
    return lines


def by_chatbot(scope: Scope, span: Span) -> dict[int, Numbers]:
    """{chatbot id: its numbers} of those in which something happened, deleted ones too."""
    place = " AND workspace_id = %(place)s" if scope.workspace else ""
    condition = f"agency_id = %(agency)s AND chatbot_id > 0{place}"
    found = told(scope, span, by="chatbot_id", condition=condition)
    return joined(found, summed(days_of_use(scope, span), by="chatbot_id"))


def told(scope: Scope, span: Span, *, by: str, condition: str = "", visitors: str = VISITORS) -> dict[Any, Told]:
    """{key: what the days of metrics say}, in one query."""
    query = GROUPED.replace(VISITORS, visitors).format(key=by, condition=condition or scope.condition)
    with connection.cursor() as cursor:
        cursor.execute(query, {**scope.named, "first": span.first, "last": span.last})
        return {key: dict(zip([*SUMMED, "visitors"], row, strict=True)) for key, *row in cursor.fetchall()}


def joined(found: dict[Any, Told], units: dict[Any, int]) -> dict[Any, Numbers]:
    """The same, with the units of the ledger's rollup."""
    return {key: Numbers(**found.get(key, {}), units=units.get(key, 0)) for key in {**found, **units}}


def used(scope: Scope, span: Span) -> Used:
    """The rows of the ledger's rollup: of a chatbot, else those that sum up all chatbots."""
    if scope.chatbot_id:
        return days_of_use(scope, span).filter(chatbot_id=scope.chatbot_id)
    totals = UsageTotal.objects.filter(agency=scope.agency, day__range=(span.first, span.last))
    return totals.filter(workspace=scope.workspace)


def days_of_use(scope: Scope, span: Span) -> QuerySet[UsageDay]:
    """The rows of each chatbot."""
    rows = UsageDay.objects.filter(agency=scope.agency, day__range=(span.first, span.last))
    return rows.filter(workspace=scope.workspace) if scope.workspace else rows


def summed(rows: Used, *, by: str) -> dict[Any, int]:
    return dict(rows.values_list(by).annotate(total=Sum("units")).order_by())
