"""What must always hold of units: queries that return nothing on a healthy database, each row a breach."""

from typing import Any

from django.db import connection

from billing.models import DirtyDay, UsageDay
from billing.pools import LEFT_BEHIND_AFTER

COUNTERS = """
    SELECT p.agency_id, p.start, p.used, coalesce(l.units, 0), coalesce(w.used, 0), p.held, coalesce(h.units, 0)
    FROM billing_poolperiod p
    LEFT JOIN (SELECT agency_id, period_start, sum(units) AS units FROM billing_ledgerentry GROUP BY 1, 2) l
      ON l.agency_id = p.agency_id AND l.period_start = p.start
    LEFT JOIN (SELECT agency_id, start, sum(used) AS used FROM billing_workspaceperiod GROUP BY 1, 2) w
      ON w.agency_id = p.agency_id AND w.start = p.start
    LEFT JOIN (SELECT agency_id, period_start, sum(units) AS units FROM billing_hold
               WHERE settled_at IS NULL AND released_at IS NULL GROUP BY 1, 2) h
      ON h.agency_id = p.agency_id AND h.period_start = p.start
    WHERE p.used <> coalesce(l.units, 0) OR p.used <> coalesce(w.used, 0) OR p.held <> coalesce(h.units, 0)
"""
UNCOUNTED = """
    SELECT DISTINCT l.agency_id, l.period_start FROM billing_ledgerentry l
    WHERE NOT EXISTS (SELECT FROM billing_poolperiod p WHERE p.agency_id = l.agency_id AND p.start = l.period_start)
"""
OPEN_FOR_LONG = """
    SELECT agency_id, key, held_at FROM billing_hold
    WHERE settled_at IS NULL AND released_at IS NULL AND held_at < now() - %s
"""
UNSETTLED = """
    SELECT l.id FROM billing_ledgerentry l JOIN billing_hold h ON h.id = l.hold_id
    WHERE h.settled_at IS NULL OR h.agency_id <> l.agency_id OR h.workspace_id <> l.workspace_id
"""


def breaches() -> list[str]:
    """A sentence for each breach of the counters, holds, ledger and rollup."""
    return [*counters(), *holds(), *rollups()]


def counters() -> list[str]:
    """Each counter is the sum of its ledger rows, of its workspaces, and of its open holds."""
    wrong = [
        f"agency {agency}, period {start:%Y-%m-%d}: {used} used, ledger {ledger}, workspaces {parts}; {held} held, "
        f"open holds {open_units}"
        for agency, start, used, ledger, parts, held, open_units in rows(COUNTERS)
    ]
    missing = [
        f"agency {agency}, period {start:%Y-%m-%d}: charges without a counter" for agency, start in rows(UNCOUNTED)
    ]
    return wrong + missing


def holds() -> list[str]:
    """No hold is left behind, and each charge stands on a settled hold of its own workspace."""
    old = [
        f"agency {a}: hold {key} is open since {at:%Y-%m-%d %H:%M}"
        for a, key, at in rows(OPEN_FOR_LONG, LEFT_BEHIND_AFTER)
    ]
    return old + [f"ledger row {pk} stands on no settled hold of its workspace" for (pk,) in rows(UNSETTLED)]


def rollups() -> list[str]:
    """Each day without a mark sums its ledger, for every workspace, chatbot and kind."""
    wrong = []
    marked = set(DirtyDay.objects.values_list("agency_id", "day"))
    columns = ("agency_id", "day", "workspace_id", "chatbot_id", "kind")
    rolled = {row[:5]: row[5:] for row in UsageDay.objects.values_list(*columns, "messages", "units")}
    for key, sums in ledger_by_day().items():
        if key[:2] not in marked and rolled.pop(key, None) != sums:
            wrong.append(
                f"agency {key[0]}, {key[1]}, workspace {key[2]}: the rollup is not the ledger's {sums[1]} units"
            )
        rolled.pop(key, None)
    wrong += [f"agency {key[0]}, {key[1]}: a rollup without a charge" for key in rolled if key[:2] not in marked]
    return wrong


def ledger_by_day() -> dict[tuple[object, ...], tuple[int, int]]:
    """(agency, day of its calendar, workspace, chatbot, kind) → (messages, units), straight from the ledger."""
    query = """
        SELECT l.agency_id, (l.at AT TIME ZONE a.time_zone)::date, l.workspace_id, l.chatbot_id, l.kind,
               count(*), sum(units)
        FROM billing_ledgerentry l JOIN agencies_agency a ON a.id = l.agency_id GROUP BY 1, 2, 3, 4, 5
    """
    return {row[:5]: (row[5], row[6]) for row in rows(query)}


def rows(query: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
