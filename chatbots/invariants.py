"""What must always hold of conversations: charged if, and only if, words are stored; children in their workspace.

Free are only answers from a Q&A, when no units were left, and notices. What was erased on purpose is `Forgotten`.
"""

from django.db import connection

CHARGES = {
    "a charge without its message": """
        SELECT l.id FROM billing_ledgerentry l
        LEFT JOIN chatbots_message m ON m.id = l.message_id AND m.hold_id = l.hold_id
        LEFT JOIN workspaces_workspace w ON w.id = m.workspace_id
        WHERE (m.id IS NULL OR m.text = '' OR w.agency_id <> l.agency_id)  -- a moved chatbot's old units stay put
          AND EXISTS (SELECT FROM chatbots_chatbot c WHERE c.id = l.chatbot_id)
          AND NOT EXISTS (SELECT FROM chatbots_forgotten f WHERE f.conversation_id = l.conversation_id)
    """,
    "a message without its charge": """
        SELECT m.id FROM chatbots_message m
        WHERE m.hold_id IS NOT NULL AND NOT EXISTS (SELECT FROM billing_ledgerentry l WHERE l.message_id = m.id)
    """,
    "a free line that is no question with its answer from a Q&A": """
        SELECT m.id FROM chatbots_message m
        WHERE m.hold_id IS NULL AND m.author <> 'notice'
          AND (m.text = '' OR (m.author = 'ai' AND jsonb_array_length(m.cited) <> 1)
          OR NOT EXISTS (SELECT FROM chatbots_message o WHERE o.free_key = m.free_key AND o.author <> m.author
                         AND o.conversation_id = m.conversation_id))
    """,
    "a free answer to a message that was held for": """
        SELECT m.id FROM chatbots_message m
        JOIN workspaces_workspace w ON w.id = m.workspace_id
        JOIN billing_hold h ON h.agency_id = w.agency_id AND h.key = m.free_key
        WHERE m.hold_id IS NULL AND h.settled_at IS NOT NULL
    """,
    "a conversation that was forgotten and is there": """
        SELECT f.id FROM chatbots_forgotten f JOIN chatbots_conversation c ON c.id = f.conversation_id
    """,
    "a reply of a person that no ledger row calls one": """
        SELECT m.id FROM chatbots_message m JOIN billing_ledgerentry l ON l.message_id = m.id
        WHERE (m.author = 'person') <> (l.kind = 'human')
    """,
    "a left message of another chatbot's conversation": """
        SELECT d.id FROM chatbots_lead d JOIN chatbots_conversation c ON c.id = d.conversation_id
        WHERE c.chatbot_id <> d.chatbot_id OR c.workspace_id <> d.workspace_id
    """,
}
PARENTS = {  # child table → (its column, the parent's table)
    "chatbots_datasource": ("chatbot_id", "chatbots_chatbot"),
    "chatbots_page": ("source_id", "chatbots_datasource"),
    "chatbots_upload": ("source_id", "chatbots_datasource"),
    "chatbots_passage": ("source_id", "chatbots_datasource"),
    "chatbots_conversation": ("chatbot_id", "chatbots_chatbot"),
    "chatbots_message": ("conversation_id", "chatbots_conversation"),
    "chatbots_lead": ("chatbot_id", "chatbots_chatbot"),
    "chatbots_note": ("conversation_id", "chatbots_conversation"),
    "chatbots_reading": ("conversation_id", "chatbots_conversation"),
    "chatbots_rightanswer": ("chatbot_id", "chatbots_chatbot"),
}
# The metrics count each line of the ledger once, rolled up or still marked, whatever became of the conversation since;
# and what is said of all chatbots, or of all workspaces, is the sum of each one's.
COUNTED = """
    SELECT m.chatbot_id FROM (
        SELECT agency_id, chatbot_id, sum(visitor) AS visitor, sum(ai) AS ai, sum(human) AS human FROM (
            SELECT agency_id, chatbot_id, visitor_messages - free_messages AS visitor, ai_replies - free_replies AS ai,
                   human_replies AS human FROM chatbots_metricsday WHERE chatbot_id > 0
            UNION ALL
            SELECT agency_id, chatbot_id, (kind = 'visitor')::int, (kind IN ('answered', 'unanswered', 'said'))::int,
                   (kind = 'person')::int FROM chatbots_metricsmark WHERE NOT is_free
        ) parts GROUP BY 1, 2
    ) m LEFT JOIN (
        SELECT agency_id, chatbot_id, count(*) FILTER (WHERE kind = 'visitor') AS visitor,
               count(*) FILTER (WHERE kind = 'ai') AS ai, count(*) FILTER (WHERE kind = 'human') AS human
        FROM billing_ledgerentry WHERE corrects_id IS NULL GROUP BY 1, 2
    ) l ON l.agency_id = m.agency_id AND l.chatbot_id = m.chatbot_id
    WHERE (m.visitor, m.ai, m.human) IS DISTINCT FROM
          (coalesce(l.visitor, 0)::numeric, coalesce(l.ai, 0)::numeric, coalesce(l.human, 0)::numeric)
"""
SUMMED = """
    SELECT agency_id FROM (
        SELECT agency_id, day,
               CASE WHEN workspace_id IS NULL THEN 'all' WHEN chatbot_id = 0 THEN 'workspace' ELSE 'chatbot' END AS of,
               sum(conversations + 3 * visitors + 5 * visitor_messages + 7 * ai_replies + 11 * human_replies
                   + 13 * answered + 17 * unanswered + 19 * handed_over + 23 * thumbs_up + 29 * thumbs_down
                   + 31 * leads) AS figures
        FROM chatbots_metricsday GROUP BY 1, 2, 3
    ) sums GROUP BY agency_id, day HAVING count(*) <> 3 OR min(figures) <> max(figures)
"""
METRICS = {
    "metrics that are not those of the ledger, of chatbot": COUNTED,
    "metrics of all workspaces that are not the sum of each, of agency": SUMMED,
}


def breaches() -> list[str]:
    """A sentence for each charge without words, each line without a charge, each row in another's workspace, and
    metrics that do not add up.
    """
    queries = {**CHARGES, **METRICS}
    charges = [f"{what}: {pk}" for what, query in queries.items() for pk in ids(query)]
    return charges + [f"{child} {pk}: another workspace than its parent's" for child in PARENTS for pk in strays(child)]


def strays(child: str) -> list[int]:
    """Rows whose workspace is not that of their parent."""
    column, parent = PARENTS[child]
    query = "SELECT c.id FROM {} c JOIN {} p ON p.id = c.{} WHERE c.workspace_id <> p.workspace_id"
    return ids(query.format(child, parent, column))


def ids(query: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]
