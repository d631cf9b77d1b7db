"""Hold, settle and release, as database functions small enough to read aloud: no race can pass the limit, a cap or a
guarantee, and nothing is charged twice.

Each has a procedure `…_promptly` around it. It commits without waiting for the log, which frees the rows that everybody
wants, then waits for the log once with a tiny commit of its own, and only then answers. Nothing that was answered is
lost in a crash. It cannot run inside a transaction: there the function serves.
"""

PERIODS = """
-- Message units that the plan and its packs give for the period; what never lapses is the stock, on top of it.
CREATE FUNCTION billing_quota(p_agency bigint, p_end timestamptz) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN a.message_limit IS NOT NULL THEN least(2000000000, a.message_limit::bigint + coalesce((
        SELECT sum(o.amount - o.returned) FROM billing_addon o
        WHERE o.agency_id = p_agency AND o.resource = 'messages' AND o.lasts <> 'forever'
          AND o.added_at < p_end AND o.ends_at >= p_end), 0)) END::integer
    FROM agencies_agency a WHERE a.id = p_agency
$$;

-- What a period took of the packs that never lapse: they wait until its own units are used up.
CREATE FUNCTION billing_drawn(p_quota integer, p_stock integer, p_taken bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_quota IS NULL THEN 0 ELSE greatest(0, least(p_stock, p_taken - p_quota)) END
$$;

-- What other periods left of them. One that was ended or refunded counts as far as it was used: the rest was returned.
CREATE FUNCTION billing_stock(p_agency bigint, p_start timestamptz) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT least(2000000000, greatest(0, coalesce((
        SELECT sum(o.amount - o.returned)::bigint FROM billing_addon o
        WHERE o.agency_id = p_agency AND o.resource = 'messages' AND o.lasts = 'forever'), 0)
      - coalesce((
        SELECT sum(billing_drawn(c.quota, c.stock, c.used::bigint + c.held)) FROM billing_poolperiod c
        WHERE c.agency_id = p_agency AND c.start <> p_start), 0)))::integer
$$;

-- The newest period has the stock; an older one keeps what it drew, so no unit is drawn by both. The rows are locked.
CREATE FUNCTION billing_hand_over(p_agency bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE billing_poolperiod c SET stock = billing_drawn(c.quota, c.stock, c.used::bigint + c.held)
        WHERE c.agency_id = p_agency AND c.stock > billing_drawn(c.quota, c.stock, c.used::bigint + c.held)
          AND c.start < (SELECT max(start) FROM billing_poolperiod WHERE agency_id = p_agency);
    UPDATE billing_poolperiod c SET stock = billing_stock(p_agency, c.start)
        WHERE c.agency_id = p_agency
          AND c.start = (SELECT max(start) FROM billing_poolperiod WHERE agency_id = p_agency);
$$;

-- Writes the limits of the running period, if it was used before, and of whatever comes after it. What was used of a
-- quota stays in it when that becomes smaller: else the units would be taken from the stock, afterwards. Locks go from
-- the oldest period to the newest; what holds nothing and has no stock will not change any more.
CREATE FUNCTION billing_refresh_periods(p_agency bigint, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM billing_poolperiod WHERE agency_id = p_agency AND ("end" > p_now OR held > 0 OR stock > 0)
        ORDER BY start FOR NO KEY UPDATE;
    UPDATE billing_poolperiod c SET quota = made.quota + greatest(0, least(c.quota, c.used + c.held) - made.quota)
        FROM (SELECT id, billing_quota(p_agency, "end") AS quota FROM billing_poolperiod
              WHERE agency_id = p_agency AND "end" > p_now) made
        WHERE c.id = made.id;
    PERFORM billing_hand_over(p_agency);
END $$;

-- Makes a period's counter on first use. The agency's row orders it with whoever changes the limits.
CREATE FUNCTION billing_open_period(p_agency bigint, p_start timestamptz, p_end timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM agencies_agency WHERE id = p_agency FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM billing_poolperiod WHERE agency_id = p_agency AND start = p_start) THEN
        RETURN;  -- another caller was first; no pool's row may be locked before the workspace's
    END IF;
    PERFORM FROM billing_poolperiod WHERE agency_id = p_agency AND (held > 0 OR stock > 0)
        ORDER BY start FOR NO KEY UPDATE;
    INSERT INTO billing_poolperiod (agency_id, start, "end", used, held, quota, stock)
        VALUES (p_agency, p_start, p_end, 0, 0, billing_quota(p_agency, p_end), 0);
    PERFORM billing_hand_over(p_agency);
END $$;

-- After an exchange ended: what its period gave back of the stock goes to the newest one.
CREATE FUNCTION billing_give_back(p_agency bigint, p_start timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM billing_poolperiod WHERE agency_id = p_agency AND start > p_start ORDER BY start FOR NO KEY UPDATE;
    IF FOUND THEN PERFORM billing_hand_over(p_agency); END IF;
END $$;
"""

WALLS = """
-- A workspace's cap, with what it was granted on top for a while; null draws on the shared pool. These two are written
-- in PL/pgSQL since that keeps their plans: SQL functions of this kind are planned anew by every hold.
CREATE FUNCTION billing_message_cap(p_workspace bigint, p_now timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT w.message_cap + coalesce((
        SELECT sum(r.granted) FROM workspaces_caprequest r
        WHERE r.workspace_id = w.id AND r.resource = 'messages' AND r.granted IS NOT NULL
          AND (r.ends_at IS NULL OR r.ends_at > p_now)), 0)
    FROM workspaces_workspace w WHERE w.id = p_workspace);
END $$;

-- What the other workspaces' guarantees still reserve: as far as it is not used yet, and while they are open. Volatile,
-- so that each hold sees what was committed until it had the pool's row.
CREATE FUNCTION billing_reserved(p_agency bigint, p_but bigint, p_start timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT coalesce(sum(greatest(0, w.message_guarantee - coalesce(c.used + c.held, 0))), 0)
    FROM workspaces_workspace w LEFT JOIN billing_workspaceperiod c ON c.workspace_id = w.id AND c.start = p_start
    WHERE w.agency_id = p_agency AND w.message_guarantee IS NOT NULL AND w.id <> p_but
      AND w.paused_at IS NULL AND w.archived_at IS NULL);
END $$;
"""

HOLD = """
CREATE FUNCTION billing_hold_units(
    p_agency bigint, p_workspace bigint, p_chatbot bigint, p_start timestamptz, p_end timestamptz,
    p_key text, p_fingerprint text, p_units integer, p_now timestamptz, OUT outcome text, OUT hold_id bigint
) LANGUAGE plpgsql AS $$
DECLARE
    known billing_hold;
    has_cap boolean;
    guarantee integer;
    taken integer;
    left_over bigint;
BEGIN
    -- A look that writes nothing: most refusals end here. Counters of the period are made on first use.
    SELECT w.message_cap IS NOT NULL,
        CASE WHEN w.paused_at IS NULL AND w.archived_at IS NULL THEN w.message_guarantee END,
        CASE
        WHEN w.message_cap IS NOT NULL AND coalesce(c.used + c.held, 0) + p_units > billing_message_cap(w.id, p_now)
            THEN 'capped'
        WHEN p.quota::bigint + p.stock - p.used - p.held < p_units THEN 'exhausted'
        WHEN p.id IS NULL OR c.id IS NULL THEN 'new' END
    INTO has_cap, guarantee, outcome
    FROM workspaces_workspace w
    LEFT JOIN billing_workspaceperiod c ON c.workspace_id = w.id AND c.start = p_start
    LEFT JOIN billing_poolperiod p ON p.agency_id = p_agency AND p.start = p_start
    WHERE w.id = p_workspace;
    IF outcome IN ('capped', 'exhausted') THEN
        IF NOT EXISTS (SELECT FROM billing_hold WHERE agency_id = p_agency AND key = p_key) THEN RETURN; END IF;
    END IF;

    -- The key decides who runs: a second caller waits here for the first.
    LOOP
        INSERT INTO billing_hold (agency_id, workspace_id, chatbot_id, period_start, key, fingerprint, units, held_at)
            VALUES (p_agency, p_workspace, p_chatbot, p_start, p_key, p_fingerprint, p_units, p_now)
            ON CONFLICT (agency_id, key) DO NOTHING RETURNING id INTO hold_id;
        EXIT WHEN hold_id IS NOT NULL;
        SELECT * INTO known FROM billing_hold WHERE agency_id = p_agency AND key = p_key FOR UPDATE;
        EXIT WHEN FOUND;  -- else the first was held anew, refused, and is gone
    END LOOP;
    IF hold_id IS NULL THEN
        hold_id := known.id;
        IF known.fingerprint <> p_fingerprint OR known.workspace_id <> p_workspace THEN outcome := 'reused'; RETURN; END IF;
        IF known.released_at IS NULL THEN outcome := 'replayed'; RETURN; END IF;
        UPDATE billing_hold SET released_at = NULL, held_at = p_now, period_start = p_start, units = p_units
            WHERE id = hold_id;
    END IF;
    IF outcome IS NOT NULL THEN  -- new here, or refused and held anew
        IF NOT EXISTS (SELECT FROM billing_poolperiod WHERE agency_id = p_agency AND start = p_start) THEN
            PERFORM billing_open_period(p_agency, p_start, p_end);
        END IF;
        INSERT INTO billing_workspaceperiod (agency_id, workspace_id, start, used, held)
            VALUES (p_agency, p_workspace, p_start, 0, 0) ON CONFLICT DO NOTHING;
    END IF;

    -- First the workspace's cap; then the pool, whose row everybody wants; then what it must keep for the others, unless
    -- this is guaranteed to the workspace itself: promises that are too many for what is left must not block each other.
    -- Whoever changes another workspace's counter waits for the pool's row after it, so none is read too low.
    UPDATE billing_workspaceperiod c SET held = c.held + p_units WHERE c.workspace_id = p_workspace AND c.start = p_start
        AND (NOT has_cap OR c.used + c.held + p_units <= billing_message_cap(p_workspace, p_now))
        RETURNING c.used + c.held INTO taken;
    IF NOT FOUND THEN
        outcome := 'capped';
    ELSE
        UPDATE billing_poolperiod p SET held = p.held + p_units WHERE p.agency_id = p_agency AND p.start = p_start
            AND (p.quota IS NULL OR p.used + p.held + p_units <= p.quota::bigint + p.stock)
            RETURNING p.quota::bigint + p.stock - p.used - p.held INTO left_over;
        IF FOUND THEN
            IF left_over IS NULL OR taken <= guarantee
                OR billing_reserved(p_agency, p_workspace, p_start) <= left_over THEN
                outcome := 'held'; RETURN;
            END IF;
            UPDATE billing_poolperiod SET held = held - p_units WHERE agency_id = p_agency AND start = p_start;
            outcome := 'reserved';
        ELSE
            outcome := 'exhausted';
        END IF;
        UPDATE billing_workspaceperiod SET held = held - p_units WHERE workspace_id = p_workspace AND start = p_start;
    END IF;
    DELETE FROM billing_hold WHERE id = hold_id;
    hold_id := NULL;
END $$;

CREATE PROCEDURE billing_hold_units_promptly(
    p_agency bigint, p_workspace bigint, p_chatbot bigint, p_start timestamptz, p_end timestamptz,
    p_key text, p_fingerprint text, p_units integer, p_now timestamptz, INOUT outcome text, INOUT hold_id bigint
) LANGUAGE plpgsql AS $$
DECLARE
    done record;
    setting text := set_config('synchronous_commit', 'off', true);  -- for this transaction
    flushed pg_lsn;
BEGIN
    done := billing_hold_units(
        p_agency, p_workspace, p_chatbot, p_start, p_end, p_key, p_fingerprint, p_units, p_now);
    outcome := done.outcome;
    hold_id := done.hold_id;
    IF outcome = 'held' THEN
        COMMIT;
        flushed := pg_logical_emit_message(true, 'bureau', '');
    END IF;
END $$;
"""

SETTLE = """
-- `p_lines`: [{message, kind, words, units, rule, speaker}]. False when the hold was ended, or held anew, meanwhile.
CREATE FUNCTION billing_settle_hold(
    p_hold bigint, p_held_at timestamptz, p_now timestamptz, p_conversation bigint, p_lines jsonb, OUT ended boolean
) LANGUAGE plpgsql AS $$
DECLARE
    h billing_hold;
    charged integer := (SELECT coalesce(sum((line ->> 'units')::integer), 0) FROM jsonb_array_elements(p_lines) line);
    pool_used integer;
    pool_stock integer;
BEGIN
    SELECT * INTO h FROM billing_hold WHERE id = p_hold FOR NO KEY UPDATE;
    ended := FOUND AND h.held_at = p_held_at AND h.settled_at IS NULL AND h.released_at IS NULL;
    IF NOT ended THEN RETURN; END IF;
    UPDATE billing_hold SET settled_at = p_now WHERE id = p_hold;
    UPDATE billing_workspaceperiod SET held = held - h.units, used = used + charged
        WHERE workspace_id = h.workspace_id AND start = h.period_start;
    UPDATE billing_poolperiod SET held = held - h.units, used = used + charged
        WHERE agency_id = h.agency_id AND start = h.period_start RETURNING used, stock INTO pool_used, pool_stock;
    IF pool_stock > 0 THEN PERFORM billing_give_back(h.agency_id, h.period_start); END IF;
    WITH line AS (
        SELECT *, pool_used - charged + sum(units) OVER (ORDER BY n) AS pool_after
        FROM rows FROM (jsonb_to_recordset(p_lines) AS
            (message bigint, kind text, words integer, units integer, rule text, speaker text))
            WITH ORDINALITY AS l (message, kind, words, units, rule, speaker, n)
    ), written AS (
        INSERT INTO billing_ledgerentry (agency_id, workspace_id, chatbot_id, conversation_id, hold_id, message_id, kind,
            speaker, words, units, rule, period_start, at, pool_after, reason)
        SELECT h.agency_id, h.workspace_id, h.chatbot_id, p_conversation, h.id, message, kind,
            coalesce(speaker, ''), words, units, rule, h.period_start, p_now, pool_after, '' FROM line ORDER BY n
        RETURNING id
    )
    INSERT INTO billing_unrolled (agency_id, entry_id) SELECT h.agency_id, id FROM written;
END $$;

CREATE PROCEDURE billing_settle_hold_promptly(
    p_hold bigint, p_held_at timestamptz, p_now timestamptz, p_conversation bigint, p_lines jsonb, INOUT ended boolean
) LANGUAGE plpgsql AS $$
DECLARE
    setting text := set_config('synchronous_commit', 'off', true);
    flushed pg_lsn;
BEGIN
    ended := billing_settle_hold(p_hold, p_held_at, p_now, p_conversation, p_lines);
    IF ended THEN
        COMMIT;
        flushed := pg_logical_emit_message(true, 'bureau', '');
    END IF;
END $$;
"""

RELEASE = """
CREATE FUNCTION billing_release_hold(p_hold bigint, p_held_at timestamptz, p_now timestamptz, OUT ended boolean)
LANGUAGE plpgsql AS $$
DECLARE
    h billing_hold;
    pool_stock integer;
BEGIN
    SELECT * INTO h FROM billing_hold WHERE id = p_hold FOR NO KEY UPDATE;
    ended := FOUND AND h.held_at = p_held_at AND h.settled_at IS NULL AND h.released_at IS NULL;
    IF NOT ended THEN RETURN; END IF;
    UPDATE billing_hold SET released_at = p_now WHERE id = p_hold;
    UPDATE billing_workspaceperiod SET held = held - h.units
        WHERE workspace_id = h.workspace_id AND start = h.period_start;
    UPDATE billing_poolperiod SET held = held - h.units
        WHERE agency_id = h.agency_id AND start = h.period_start RETURNING stock INTO pool_stock;
    IF pool_stock > 0 THEN PERFORM billing_give_back(h.agency_id, h.period_start); END IF;
END $$;

CREATE PROCEDURE billing_release_hold_promptly(
    p_hold bigint, p_held_at timestamptz, p_now timestamptz, INOUT ended boolean
) LANGUAGE plpgsql AS $$
DECLARE
    setting text := set_config('synchronous_commit', 'off', true);
    flushed pg_lsn;
BEGIN
    ended := billing_release_hold(p_hold, p_held_at, p_now);
    IF ended THEN
        COMMIT;
        flushed := pg_logical_emit_message(true, 'bureau', '');
    END IF;
END $$;
"""
