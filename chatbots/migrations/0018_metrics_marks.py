"""Whoever stores a line, begins a conversation, rates an answer, asks for a person or leaves words is marked for the
metrics, in the same transaction. Triggers do it: many places write these rows, and none may forget.

What is there already is marked here, once; of what was erased before, the ledger still tells who spoke and when.
"""

from django.db import migrations

from chatbots.migrations._marks import FUNCTIONS, SUMS, TRIGGERS

INTO = """
INSERT INTO chatbots_metricsmark (agency_id, workspace_id, chatbot_id, kind, at, times, is_free, is_visitor,
                                  heard_before, first_ms, full_ms, terms)
"""
# The workspace is that of the ledger, where there is a row: a chatbot may have moved since.
PAST = f"""
{INTO}
SELECT w.agency_id, w.id, c.chatbot_id, chatbots_metrics_kind(m.author, m.found, m.cited), m.at, 1, m.hold_id IS NULL,
       m.author = 'visitor' AND NOT c.by_program,
       max(m.at) FILTER (WHERE m.author = 'visitor') OVER
           (PARTITION BY m.conversation_id ORDER BY m.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
       m.first_ms, m.full_ms,
       CASE m.author WHEN 'ai' THEN chatbots_metrics_sources(m.cited)
                     WHEN 'visitor' THEN array_remove(ARRAY[m.language::text], '') ELSE '{{}}' END
FROM chatbots_message m JOIN chatbots_conversation c ON c.id = m.conversation_id
LEFT JOIN billing_ledgerentry l ON l.message_id = m.id
JOIN workspaces_workspace w ON w.id = coalesce(l.workspace_id, m.workspace_id)
WHERE m.author <> 'notice';

{INTO}
SELECT l.agency_id, l.workspace_id, l.chatbot_id,
       CASE l.kind WHEN 'ai' THEN 'said' WHEN 'human' THEN 'person' ELSE l.kind END, l.at, 1, false, false,
       NULL, NULL, NULL, '{{}}'
FROM billing_ledgerentry l
WHERE l.message_id IS NOT NULL AND NOT EXISTS (SELECT FROM chatbots_message m WHERE m.id = l.message_id);

{INTO}
SELECT w.agency_id, w.id, c.chatbot_id, CASE m.rating WHEN 1 THEN 'up' ELSE 'down' END, m.at, 1, false, false,
       NULL, NULL, NULL, '{{}}'
FROM chatbots_message m JOIN chatbots_conversation c ON c.id = m.conversation_id
LEFT JOIN billing_ledgerentry l ON l.message_id = m.id
JOIN workspaces_workspace w ON w.id = coalesce(l.workspace_id, m.workspace_id)
WHERE m.rating IS NOT NULL;

{INTO}
SELECT w.agency_id, w.id, c.chatbot_id, kind, at, 1, false, false, NULL, NULL, NULL, chatbots_metrics_page(page)
FROM (
    SELECT workspace_id, chatbot_id, 'begun' AS kind, started_at AS at, page_url AS page FROM chatbots_conversation
    UNION ALL
    SELECT workspace_id, chatbot_id, 'handed', coalesce(wanted_at, claimed_at, asked_at), '' FROM chatbots_conversation
        WHERE wanted_at IS NOT NULL OR claimed_at IS NOT NULL
    UNION ALL
    SELECT workspace_id, chatbot_id, 'lead', at, '' FROM chatbots_lead
) c JOIN workspaces_workspace w ON w.id = c.workspace_id;

UPDATE chatbots_conversation c SET heard_at = m.at
FROM (SELECT conversation_id, max(at) AS at FROM chatbots_message WHERE author = 'visitor' GROUP BY 1) m
WHERE m.conversation_id = c.id;
"""  # noqa: S608 (nothing but the constants above)
GONE = """
DROP TRIGGER metrics_message ON chatbots_message;
DROP TRIGGER metrics_rating ON chatbots_message;
DROP TRIGGER metrics_begun ON chatbots_conversation;
DROP TRIGGER metrics_page ON chatbots_conversation;
DROP TRIGGER metrics_handed ON chatbots_conversation;
DROP TRIGGER metrics_lead ON chatbots_lead;
DROP FUNCTION chatbots_mark_message();
DROP FUNCTION chatbots_mark_rating();
DROP FUNCTION chatbots_mark_row();
DROP FUNCTION chatbots_metrics_page(text);
DROP FUNCTION chatbots_metrics_sources(jsonb);
DROP FUNCTION chatbots_metrics_kind(text, boolean, jsonb);
DROP AGGREGATE chatbots_tally(int, int);
DROP FUNCTION chatbots_tally_one(int[], int, int);
DROP FUNCTION chatbots_add(int[], int[]);
"""


class Migration(migrations.Migration):
    dependencies = [("chatbots", "0017_metrics"), ("billing", "0012_support")]
    operations = [
        migrations.RunSQL(FUNCTIONS + SUMS + TRIGGERS, GONE),
        migrations.RunSQL(PAST, migrations.RunSQL.noop),
    ]
