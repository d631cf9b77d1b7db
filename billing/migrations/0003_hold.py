"""The hold, as one database function: small enough to read aloud, and no race can pass the limit or the cap."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION billing_hold_units(
    p_agency bigint, p_workspace bigint, p_chatbot bigint, p_start timestamptz, p_end timestamptz,
    p_key text, p_fingerprint text, p_units integer, p_now timestamptz, OUT outcome text, OUT hold_id bigint
) LANGUAGE plpgsql AS $$
DECLARE
    known billing_hold;
BEGIN
    -- A period's counters are made on first use.
    INSERT INTO billing_poolperiod (agency_id, start, "end", used, held)
        VALUES (p_agency, p_start, p_end, 0, 0) ON CONFLICT DO NOTHING;
    INSERT INTO billing_workspaceperiod (agency_id, workspace_id, start, used, held)
        VALUES (p_agency, p_workspace, p_start, 0, 0) ON CONFLICT DO NOTHING;

    -- The key decides who runs: a second caller waits here for the first.
    INSERT INTO billing_hold (agency_id, workspace_id, chatbot_id, period_start, key, fingerprint, units, held_at)
        VALUES (p_agency, p_workspace, p_chatbot, p_start, p_key, p_fingerprint, p_units, p_now)
        ON CONFLICT (agency_id, key) DO NOTHING RETURNING id INTO hold_id;
    IF hold_id IS NULL THEN
        SELECT * INTO known FROM billing_hold WHERE agency_id = p_agency AND key = p_key FOR UPDATE;
        hold_id := known.id;
        IF known.fingerprint <> p_fingerprint OR known.workspace_id <> p_workspace THEN outcome := 'reused'; RETURN; END IF;
        IF known.released_at IS NULL THEN outcome := 'replayed'; RETURN; END IF;
        UPDATE billing_hold SET released_at = NULL, held_at = p_now, period_start = p_start, units = p_units
            WHERE id = hold_id;
    END IF;

    -- First the workspace's cap, then the agency's pool, whose row everybody wants, last.
    UPDATE billing_workspaceperiod c SET held = c.held + p_units FROM workspaces_workspace w
        WHERE c.workspace_id = p_workspace AND c.start = p_start AND w.id = p_workspace AND w.agency_id = p_agency
          AND (w.message_cap IS NULL OR c.used + c.held + p_units <= w.message_cap);
    IF NOT FOUND THEN
        outcome := 'capped';
    ELSE
        UPDATE billing_poolperiod c SET held = c.held + p_units FROM agencies_agency a
            WHERE c.agency_id = p_agency AND c.start = p_start AND a.id = p_agency
              AND (a.message_limit IS NULL OR c.used + c.held + p_units <= a.message_limit);
        IF FOUND THEN outcome := 'held'; RETURN; END IF;
        outcome := 'exhausted';
        UPDATE billing_workspaceperiod SET held = held - p_units WHERE workspace_id = p_workspace AND start = p_start;
    END IF;
    DELETE FROM billing_hold WHERE id = hold_id;
    hold_id := NULL;
END $$;
"""

APPEND_ONLY = """
CREATE FUNCTION billing_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The ledger is append-only: a correction is a new row with a reason.';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON billing_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION billing_ledger_is_append_only();
"""

PLANS = [
    # code, name, messages, sources, seats, sub-workspaces, chatbots
    ("free", "Free", 250, 10, 0, 0, 2),
    ("trial", "Agency trial", 1000, 50, 5, 3, 10),
    ("agency", "Agency", 10000, 200, 20, 25, 100),
]


def open_catalogue(apps, schema_editor):
    plan = apps.get_model("billing", "Plan")
    for code, name, messages, sources, seats, workspaces, chatbots in PLANS:
        plan.objects.create(
            code=code,
            name=name,
            messages=messages,
            sources=sources,
            seats=seats,
            workspaces=workspaces,
            chatbots=chatbots,
        )


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_initial")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION billing_hold_units"),
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER append_only ON billing_ledgerentry; DROP FUNCTION billing_ledger_is_append_only",
        ),
        migrations.RunPython(open_catalogue, migrations.RunPython.noop),
    ]
