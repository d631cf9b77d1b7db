"""The rollup after a short and a long history, and what it spares a page."""

from collections.abc import Callable
from time import perf_counter

from django.db import connection
from django.utils import timezone

from agencies.models import Agency
from billing import rollups as product
from billing import usage
from tests.bench.pool import houses
from tests.bench.pool.databases import Database

NEW = 10_000
Pair = tuple[list[float], list[float]]


def rollups(some: Database, many: Database, *, rounds: int) -> Pair:
    """Seconds for 10,000 new rows after the long history, and after the short one, in turn."""
    times: dict[str, list[float]] = {some.name: [], many.name: []}
    for turn in range(rounds + 1):
        for place in (some, many) if turn % 2 else (many, some):
            place.use()
            write_new()
            seconds = timed(product.roll_up)
            if turn:
                times[place.name].append(seconds)
    return times[many.name], times[some.name]


def write_new() -> None:
    """Rows of the last hour, with their marks, committed, none rolled up."""
    at = timezone.now()
    first = houses.prepare_holds(NEW // 2, at)
    line = '[{"message": %s, "kind": "visitor", "words": 4, "units": 1, "rule": "", "speaker": ""}, '
    line += '{"message": %s, "kind": "ai", "words": 14, "units": 1, "rule": "", "speaker": ""}]'
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(billing_settle_hold(id, held_at, held_at, 1, format(%s, 2 * id, 2 * id + 1)::jsonb)) "
            "FROM billing_hold WHERE id >= %s AND settled_at IS NULL",
            [line, first],
        )
        cursor.execute("VACUUM ANALYZE billing_unrolled")


def dashboard(place: Database, *, rounds: int) -> Pair:
    """Seconds for 30 days by workspace, from the ledger's rows and from the rollup as the page asks for it."""
    place.use()
    agency = Agency.objects.get(name=houses.HOT)
    raw: list[float] = []
    rolled: list[float] = []
    for _ in range(rounds):
        raw.append(timed(lambda: from_rows(agency)))
        rolled.append(timed(lambda: usage.days_of_agency(agency, timezone.now(), apart=busiest(agency))))
    return raw, rolled


def busiest(agency: Agency) -> list[int]:
    toned, _ = usage.most_used(agency, usage.units_by_workspace(agency, timezone.now()))
    return [workspace.pk for workspace, _ in toned]


def from_rows(agency: Agency) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (at AT TIME ZONE 'UTC')::date, workspace_id, sum(units) FROM billing_ledgerentry "
            "WHERE agency_id = %s AND at >= now() - interval '30 days' GROUP BY 1, 2",
            [agency.pk],
        )
        cursor.fetchall()


def timed(call: Callable[[], object]) -> float:
    began = perf_counter()
    call()
    return perf_counter() - began
