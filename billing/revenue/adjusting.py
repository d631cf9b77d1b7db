"""What changed in closed months: a statement and all adjustments about it together say what the ledger says."""

from collections import defaultdict

from django.db.models import Q, Subquery
from django.db.models.expressions import RawSQL

from agencies.models import Agency
from billing.models import Statement, StatementLine
from billing.periods import Period
from billing.revenue import gathering, sums
from billing.revenue.calendars import Calendar
from billing.revenue.sums import Line, Sum

# Units of closed months that the counters, or lines and adjustments together, say otherwise than the other.
CHANGED = """
    SELECT DISTINCT coalesce(now.statement_id, booked.statement_id) FROM (
        SELECT s.id AS statement_id, w.workspace_id, sum(w.used) AS units
        FROM billing_statement s JOIN billing_workspaceperiod w
          ON w.agency_id = s.agency_id AND w.start >= s.start AND w.start < s."end"
        WHERE s.agency_id = %s GROUP BY 1, 2 HAVING sum(w.used) <> 0
    ) now FULL JOIN (
        SELECT coalesce(about_id, statement_id) AS statement_id, workspace_id, sum(units) AS units
        FROM billing_statementline WHERE agency_id = %s GROUP BY 1, 2 HAVING sum(units) <> 0
    ) booked USING (statement_id, workspace_id)
    WHERE now.units IS DISTINCT FROM booked.units
"""


def adjustments(known: Calendar, period: Period) -> list[Line]:
    """What closed months come to now, less what they and their adjustments say already; a line for each client."""
    found: list[Line] = []
    for statement in changed(known.agency):
        gathered = gathering.gather(known, Period(statement.start, statement.end), closed=statement)
        lines = sums.lines(gathered.month)
        come_to, (booked, names) = sums.by_client(lines), booked_of(statement)
        names = {line.workspace_id: line.name for line in lines} | names
        for pk in sorted(come_to.keys() | booked.keys()):
            if (differs := come_to.get(pk, Sum()) - booked.get(pk, Sum())) != Sum():
                found.append(adjustment(statement, pk, names[pk], differs, period))
    return found


def adjustment(statement: Statement, workspace_id: int, name: str, differs: Sum, period: Period) -> Line:
    return Line(
        workspace_id,
        name,
        StatementLine.Kind.ADJUSTMENT,
        f"Month {statement.number}, from {statement.start:%-d %B %Y}: changed after it was closed",
        period.start.date(),
        period.last_day.date(),
        differs.units,
        units=differs.units,
        revenue=differs.revenue,
        cost=differs.cost,
        about_id=statement.pk,
    )


def changed(agency: Agency) -> list[Statement]:
    """Closed months whose units are others now, and the last one: what a model used may come in late by seconds."""
    keys, every = RawSQL(CHANGED, [agency.pk, agency.pk]), Statement.objects.filter(agency=agency)  # noqa: S611 - fixed
    last = every.order_by("-end").values("pk")[:1]
    return list(every.filter(Q(pk__in=keys) | Q(pk=Subquery(last))).order_by("number").prefetch_related("costs"))


def booked_of(statement: Statement) -> tuple[dict[int, Sum], dict[int, str]]:
    """What lines of a month and adjustments about it say together, by client; and what the clients are called there."""
    own = Q(statement=statement) & ~Q(kind=StatementLine.Kind.ADJUSTMENT)
    lines = StatementLine.objects.filter(own | Q(about=statement)).order_by("pk")
    booked: dict[int, Sum] = defaultdict(Sum)
    names: dict[int, str] = {}
    for pk, name, *parts in lines.values_list("workspace_id", "name", "units", "revenue", "cost"):
        booked[pk] += Sum(*parts)
        names.setdefault(pk, name)
    return booked, names
