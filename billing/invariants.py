"""What must always hold of units: queries that return nothing on a healthy database, each row a breach."""

from typing import Any

from django.db import connection

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
# Corrected rows never cost less than nothing, and a correction stands in the place and period of its row.
OVERCORRECTED = """
    SELECT l.id FROM billing_ledgerentry l
    JOIN (SELECT corrects_id, sum(units) AS units FROM billing_ledgerentry WHERE corrects_id IS NOT NULL GROUP BY 1) c
      ON c.corrects_id = l.id
    WHERE l.units + c.units < 0
    UNION SELECT c.id FROM billing_ledgerentry c JOIN billing_ledgerentry l ON l.id = c.corrects_id
    WHERE (c.agency_id, c.workspace_id, c.chatbot_id, c.kind, c.period_start)
       <> (l.agency_id, l.workspace_id, l.chatbot_id, l.kind, l.period_start)
"""
ROLLED = """
    SELECT coalesce(l.agency_id, u.agency_id), coalesce(l.day, u.day), coalesce(l.workspace_id, u.workspace_id),
           coalesce(l.units, 0), coalesce(u.units, 0)
    FROM (
        SELECT e.agency_id, (e.at AT TIME ZONE a.time_zone)::date AS day, e.workspace_id, e.chatbot_id, e.kind,
               count(*) FILTER (WHERE e.corrects_id IS NULL) AS messages, sum(e.units) AS units
        FROM billing_ledgerentry e JOIN agencies_agency a ON a.id = e.agency_id
        WHERE NOT EXISTS (SELECT FROM billing_unrolled m WHERE m.entry_id = e.id) GROUP BY 1, 2, 3, 4, 5
    ) l FULL JOIN billing_usageday u USING (agency_id, day, workspace_id, chatbot_id, kind)
    WHERE (l.messages, l.units) IS DISTINCT FROM (u.messages::bigint, u.units::bigint)
"""

TOTALS = """
    SELECT coalesce(u.agency_id, t.agency_id), coalesce(u.day, t.day), coalesce(u.units, 0), coalesce(t.units, 0)
    FROM (
        SELECT agency_id, workspace_id, day, kind, sum(units) AS units FROM billing_usageday
        GROUP BY GROUPING SETS ((agency_id, workspace_id, day, kind), (agency_id, day, kind))
    ) u FULL JOIN billing_usagetotal t ON t.agency_id = u.agency_id AND t.day = u.day AND t.kind = u.kind
        AND coalesce(t.workspace_id, 0) = coalesce(u.workspace_id, 0)
    WHERE coalesce(u.units, 0) <> coalesce(t.units, 0)
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
    """No hold is left behind, each charge stands on a settled hold of its own workspace, each correction on its row."""
    old = [
        f"agency {a}: hold {key} is open since {at:%Y-%m-%d %H:%M}"
        for a, key, at in rows(OPEN_FOR_LONG, LEFT_BEHIND_AFTER)
    ]
    loose = [f"ledger row {pk} stands on no settled hold of its workspace" for (pk,) in rows(UNSETTLED)]
    return old + loose + [f"ledger row {pk} is corrected wrongly" for (pk,) in rows(OVERCORRECTED)]


def rollups() -> list[str]:
    """Each day sums its ledger rows without a mark, for every workspace, chatbot and kind; and all of them its days."""
    days = [
        f"agency {agency}, {day}, workspace {workspace}: the rollup says {rolled} units, the ledger {units}"
        for agency, day, workspace, units, rolled in rows(ROLLED)
    ]
    totals = [
        f"agency {agency}, {day}: all chatbots have {total} units, each of them {units}"
        for agency, day, units, total in rows(TOTALS)
    ]
    return days + totals


def rows(query: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
