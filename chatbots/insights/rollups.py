"""Sums marks into the days of metrics: of each chatbot, each workspace and the agency, by the agency's calendar.

As in the ledger's rollup, one statement deletes marks and adds them: each counts once, in whatever order they commit,
however often this runs. What a mark needs stands in it, so what was deleted in between counts too.
"""

import logging
from zoneinfo import ZoneInfoNotFoundError

from django.db import DatabaseError, connection, transaction

from agencies.models import Agency
from chatbots.insights.waiting import SLOT
from chatbots.models import MetricsMark

log = logging.getLogger(__name__)

AT_ONCE = 20_000  # marks in one transaction
MOST_TERMS = 100  # pages, or sources, of one day in one scope; whoever makes up more of them fills no disk
LONGEST_PAUSE = 400  # days since a visitor's last line that are told apart; a span is shorter

FILTERS = {  # column → which marks it counts
    "conversations": "kind = 'begun'",
    "visitors": "is_visitor AND is_first_today",
    "visitor_messages": "kind = 'visitor'",
    "ai_replies": "kind IN ('answered', 'unanswered', 'said')",
    "human_replies": "kind = 'person'",
    "free_messages": "kind = 'visitor' AND is_free",
    "free_replies": "kind IN ('answered', 'unanswered', 'said') AND is_free",
    "answered": "kind = 'answered'",
    "unanswered": "kind = 'unanswered'",
    "handed_over": "kind = 'handed'",
    "thumbs_up": "kind = 'up'",
    "thumbs_down": "kind = 'down'",
    "leads": "kind = 'lead'",
}
TALLIES = {  # array → which of its slots a mark belongs to
    "begun_by_hour": "CASE WHEN kind = 'begun' THEN hour END",
    "asked_by_hour": "CASE WHEN kind = 'visitor' THEN hour END",
    "returned": f"CASE WHEN is_visitor AND is_first_today AND pause <= {LONGEST_PAUSE} THEN pause END",
    "first_words": SLOT.format(ms="first_ms"),
    "full_answers": SLOT.format(ms="full_ms"),
}
SCOPE = "agency_id, workspace_id, chatbot_id, day"
SUMS = ", ".join(
    [
        *(f"coalesce(sum(times) FILTER (WHERE {which}), 0)" for which in FILTERS.values()),
        *(f"chatbots_tally({slot}, times)" for slot in TALLIES.values()),
    ]
)
ADDED = ", ".join(
    [
        *(f"{name} = chatbots_metricsday.{name} + excluded.{name}" for name in FILTERS),
        *(f"{name} = chatbots_add(chatbots_metricsday.{name}, excluded.{name})" for name in TALLIES),
    ]
)
SCOPES = "(agency_id, day, workspace_id, chatbot_id{0}), (agency_id, day, workspace_id{0}), (agency_id, day{0})"
ADD_NEW = f"""
    WITH taken AS (
        DELETE FROM chatbots_metricsmark WHERE id IN (
            SELECT id FROM chatbots_metricsmark WHERE agency_id = %(agency)s ORDER BY id LIMIT %(most)s
        ) RETURNING *, at AT TIME ZONE %(zone)s AS local, (heard_before AT TIME ZONE %(zone)s)::date AS heard_on
    ), told AS (
        SELECT *, local::date AS day, extract(hour FROM local)::int + 1 AS hour, local::date - heard_on AS pause,
               heard_on IS NULL OR heard_on < local::date AS is_first_today,
               CASE WHEN kind IN ('begun', 'page') THEN 'page' WHEN kind = 'visitor' THEN 'language' ELSE 'source' END
                   AS dimension
        FROM taken
    ), days AS (
        INSERT INTO chatbots_metricsday ({SCOPE}, {", ".join([*FILTERS, *TALLIES])})
        SELECT agency_id, workspace_id, coalesce(chatbot_id, 0), day, {SUMS}
        FROM told GROUP BY GROUPING SETS ({SCOPES.format("")})
        ON CONFLICT (agency_id, coalesce(workspace_id, 0), chatbot_id, day) DO UPDATE SET {ADDED}
    ), terms AS (
        INSERT INTO chatbots_metricsterm ({SCOPE}, dimension, value, times)
        SELECT agency_id, workspace_id, coalesce(chatbot_id, 0), day, dimension, value, sum(times)
        FROM told, unnest(terms) value GROUP BY GROUPING SETS ({SCOPES.format(", dimension, value")})
        ON CONFLICT (agency_id, coalesce(workspace_id, 0), chatbot_id, dimension, day, value)
            DO UPDATE SET times = chatbots_metricsterm.times + excluded.times
        RETURNING id
    )
    SELECT (SELECT count(*) FROM taken), (SELECT coalesce(array_agg(id), '{{}}') FROM terms)
"""  # noqa: S608 (nothing but the constants above)
# Of the scopes and days that got terms now, what is more than MOST_TERMS becomes one row of others, the rarest first.
FOLD = f"""
    WITH touched AS (
        SELECT DISTINCT agency_id, coalesce(workspace_id, 0) AS place, chatbot_id, dimension, day
        FROM chatbots_metricsterm WHERE id = ANY(%(touched)s)
    ), ranked AS (
        SELECT t.id, row_number() OVER (PARTITION BY place, t.chatbot_id, t.dimension, t.day
                                        ORDER BY t.times DESC, t.id) AS rank
        FROM chatbots_metricsterm t JOIN touched k ON t.agency_id = k.agency_id AND t.chatbot_id = k.chatbot_id
            AND coalesce(t.workspace_id, 0) = k.place AND t.dimension = k.dimension AND t.day = k.day
        WHERE t.value <> ''
    ), gone AS (
        DELETE FROM chatbots_metricsterm WHERE id IN (SELECT id FROM ranked WHERE rank > %(most)s) RETURNING *
    )
    INSERT INTO chatbots_metricsterm ({SCOPE}, dimension, value, times)
    SELECT {SCOPE}, dimension, '', sum(times) FROM gone GROUP BY {SCOPE}, dimension
    ON CONFLICT (agency_id, coalesce(workspace_id, 0), chatbot_id, dimension, day, value)
        DO UPDATE SET times = chatbots_metricsterm.times + excluded.times
"""  # noqa: S608


def roll_up() -> list[int]:
    """Add every mark that was written since the last time; the ids of the agencies that had some.

    Marks that cannot be summed stay, and the others go on: one agency must not stop everybody's numbers.
    """
    done = []
    for agency_id in list(MetricsMark.objects.values_list("agency_id", flat=True).distinct()):
        try:
            while roll_up_agency(agency_id) == AT_ONCE:
                pass
        except (DatabaseError, ZoneInfoNotFoundError):
            log.exception("The metrics of agency %s cannot be rolled up.", agency_id)
        else:
            done.append(agency_id)
    return done


@transaction.atomic
def roll_up_agency(agency_id: int) -> int:
    """Add what is new of one agency, up to 20,000 marks; how many. The agency row orders two runs."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency_id)
    with connection.cursor() as cursor:
        cursor.execute(ADD_NEW, {"agency": agency.pk, "zone": agency.time_zone, "most": AT_ONCE})
        taken, touched = cursor.fetchone()
        if touched:
            cursor.execute(FOLD, {"touched": touched, "most": MOST_TERMS})
    return int(taken)
