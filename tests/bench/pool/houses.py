"""The agencies of the benchmark: one that takes all the traffic, one whose pool is used up, a hundred that share it."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from agencies.models import Agency
from billing import pools
from billing.models import Hold, Plan, PoolPeriod, Subscription, WorkspacePeriod
from workspaces.models import Workspace

HOT, EXHAUSTED, HUNDRED = "Hot", "Exhausted", [f"Agency {n}" for n in range(100)]
CLIENTS = 20
SOME_HOLDS = 20_000


def open_all() -> None:
    """Agencies on an unlimited plan, so to speak: their pool is never used up, but the limit is looked at."""
    now = timezone.now()
    plan = Plan.objects.create(code="bench", name="Bench", messages=2_000_000_000)
    for name in (HOT, EXHAUSTED, *HUNDRED):
        agency = Agency.objects.create(name=name, approved_at=now, created_at=now, message_limit=2_000_000_000)
        Subscription.objects.create(agency=agency, plan=plan, started_at=now - timedelta(days=5))
        clients = CLIENTS if name == HOT else 1
        Workspace.objects.bulk_create(Workspace(agency=agency, name=f"Client {n}") for n in range(clients))
        first = agency.workspaces.earliest("pk")
        pools.release(pools.hold(first, chatbot_id=1, key="first", fingerprint="", units=1, now=now), now=now)
    PoolPeriod.objects.filter(agency__name=EXHAUSTED).update(quota=0)
    prepare_holds(SOME_HOLDS, now)  # so that plans are made for tables that are not empty
    Hold.objects.filter(released_at=None).update(released_at=now)
    forget_holds()


def workspaces_of(names: list[str]) -> list[Workspace]:
    """With their agency and its subscription, as the public door loads them."""
    found = Workspace.objects.filter(agency__name__in=names).select_related("agency__subscription")
    return list(found.order_by("pk"))


def check() -> None:
    """Raises unless every counter is the sum of its ledger rows, its open holds and its workspaces."""
    wrong = """
        SELECT p.agency_id FROM billing_poolperiod p
        LEFT JOIN (SELECT agency_id, start, sum(held) AS held, sum(used) AS used FROM billing_workspaceperiod
                   GROUP BY 1, 2) w ON w.agency_id = p.agency_id AND w.start = p.start
        LEFT JOIN (SELECT agency_id, period_start, sum(units) AS units FROM billing_hold
                   WHERE settled_at IS NULL AND released_at IS NULL GROUP BY 1, 2) h
          ON h.agency_id = p.agency_id AND h.period_start = p.start
        WHERE p.held <> coalesce(h.units, 0) OR p.held <> coalesce(w.held, 0) OR p.used <> coalesce(w.used, 0)
           OR p.used + p.held > p.quota::bigint + p.stock
    """
    with connection.cursor() as cursor:
        cursor.execute(wrong)
        if breaches := cursor.fetchall():
            raise RuntimeError(f"Counters do not add up for the agencies {breaches}")


def forget_holds() -> None:
    """Release what a slice held, so that the next one finds the house as the first did."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM billing_hold WHERE settled_at IS NULL AND released_at IS NULL")
    PoolPeriod.objects.exclude(held=0).update(held=0)
    WorkspacePeriod.objects.exclude(held=0).update(held=0)


def prepare_holds(count: int, at: datetime) -> int:
    """Open holds of the hot agency, all held at `at`, spread over its clients; the id of the first."""
    start = PoolPeriod.objects.get(agency__name=HOT).start
    clients = [workspace.pk for workspace in workspaces_of([HOT])]
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM billing_hold")
        first = int(cursor.fetchone()[0])
        cursor.execute(
            """
            INSERT INTO billing_hold (id, agency_id, workspace_id, chatbot_id, period_start, key, fingerprint, units,
                held_at)
            SELECT %(first)s + n, %(agency)s, (%(clients)s)[1 + n %% %(many)s], 1, %(start)s, 'p' || (%(first)s + n),
                '', 3, %(at)s FROM generate_series(0, %(count)s - 1) n
            """,
            {
                "first": first,
                "agency": Agency.objects.get(name=HOT).pk,
                "clients": clients,
                "many": len(clients),
                "start": start,
                "at": at,
                "count": count,
            },
        )
        cursor.execute("SELECT setval(pg_get_serial_sequence('billing_hold', 'id'), %s)", [first + count])
        count_holds(cursor)
    return first


def count_holds(cursor: object) -> None:
    cursor.execute(  # type: ignore[attr-defined]
        """
        INSERT INTO billing_workspaceperiod (agency_id, workspace_id, start, used, held)
        SELECT agency_id, workspace_id, period_start, 0, 0 FROM billing_hold
        WHERE settled_at IS NULL AND released_at IS NULL GROUP BY 1, 2, 3 ON CONFLICT DO NOTHING;
        UPDATE billing_workspaceperiod c SET held = h.units FROM (
            SELECT workspace_id, period_start, sum(units) AS units FROM billing_hold
            WHERE settled_at IS NULL AND released_at IS NULL GROUP BY 1, 2) h
        WHERE h.workspace_id = c.workspace_id AND h.period_start = c.start;
        UPDATE billing_poolperiod c SET held = h.units FROM (
            SELECT agency_id, period_start, sum(units) AS units FROM billing_hold
            WHERE settled_at IS NULL AND released_at IS NULL GROUP BY 1, 2) h
        WHERE h.agency_id = c.agency_id AND h.period_start = c.start
        """
    )
