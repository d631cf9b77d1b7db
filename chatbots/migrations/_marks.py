"""Marks for the metrics, and what sums them up, by `0018_metrics_marks` and the squashed migration."""

FUNCTIONS = """
CREATE FUNCTION chatbots_metrics_page(url text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    -- without what stands behind the path: it may say who somebody is
    SELECT CASE WHEN url = '' THEN '{}' ELSE ARRAY[left(regexp_replace(url, '^https?://|[?#].*$', '', 'g'), 200)] END
$$;
CREATE FUNCTION chatbots_metrics_sources(cited jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT ARRAY(SELECT DISTINCT left(title, 200) FROM jsonb_array_elements_text(cited) title WHERE title <> '')
$$;
CREATE FUNCTION chatbots_metrics_kind(author text, found boolean, cited jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN author <> 'ai' THEN author WHEN NOT found THEN 'unanswered'
                WHEN jsonb_array_length(cited) > 0 THEN 'answered' ELSE 'said' END
$$;

CREATE FUNCTION chatbots_mark_message() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE talk record;
BEGIN
    SELECT c.chatbot_id, c.by_program, c.heard_at, w.agency_id INTO talk
    FROM chatbots_conversation c JOIN workspaces_workspace w ON w.id = c.workspace_id WHERE c.id = NEW.conversation_id;
    INSERT INTO chatbots_metricsmark (agency_id, workspace_id, chatbot_id, kind, at, times, is_free, is_visitor,
                                      heard_before, first_ms, full_ms, terms)
    VALUES (talk.agency_id, NEW.workspace_id, talk.chatbot_id,
            chatbots_metrics_kind(NEW.author, NEW.found, NEW.cited), NEW.at, 1, NEW.hold_id IS NULL,
            NEW.author = 'visitor' AND NOT talk.by_program, talk.heard_at, NEW.first_ms, NEW.full_ms,
            CASE NEW.author WHEN 'ai' THEN chatbots_metrics_sources(NEW.cited)
                            WHEN 'visitor' THEN array_remove(ARRAY[NEW.language::text], '') ELSE '{}' END);
    IF NEW.author = 'visitor' THEN
        UPDATE chatbots_conversation SET heard_at = NEW.at WHERE id = NEW.conversation_id;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION chatbots_mark_rating() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN  -- on the day of the answer, and where it was charged: a thumb that is taken back leaves the place it was given
    INSERT INTO chatbots_metricsmark (agency_id, workspace_id, chatbot_id, kind, at, times, is_free, is_visitor, terms)
    SELECT w.agency_id, w.id, c.chatbot_id, CASE thumb.rating WHEN 1 THEN 'up' ELSE 'down' END, NEW.at, thumb.times,
           false, false, '{}'
    FROM (VALUES (OLD.rating, -1), (NEW.rating, 1)) thumb (rating, times)
    JOIN chatbots_conversation c ON c.id = NEW.conversation_id
    JOIN workspaces_workspace w ON w.id = coalesce(
        (SELECT l.workspace_id FROM billing_ledgerentry l WHERE l.message_id = NEW.id), NEW.workspace_id)
    WHERE thumb.rating IS NOT NULL;
    RETURN NULL;
END $$;

CREATE FUNCTION chatbots_mark_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE at timestamptz; page text := '';
BEGIN
    IF TG_ARGV[0] = 'lead' THEN at := NEW.at;
    ELSIF TG_ARGV[0] = 'handed' THEN at := coalesce(NEW.wanted_at, NEW.claimed_at);
    ELSE at := NEW.started_at; page := NEW.page_url;
    END IF;
    INSERT INTO chatbots_metricsmark (agency_id, workspace_id, chatbot_id, kind, at, times, is_free, is_visitor, terms)
    SELECT agency_id, NEW.workspace_id, NEW.chatbot_id, TG_ARGV[0], at, 1, false, false, chatbots_metrics_page(page)
    FROM workspaces_workspace WHERE id = NEW.workspace_id;
    RETURN NULL;
END $$;
"""

SUMS = """
CREATE FUNCTION chatbots_tally_one(state int[], slot int, times int) RETURNS int[] LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF slot IS NOT NULL THEN state[slot] := coalesce(state[slot], 0) + times; END IF;
    RETURN state;
END $$;
-- how often each slot came, as an array; it begins at 1, whatever slot comes first
CREATE AGGREGATE chatbots_tally(int, int) (SFUNC = chatbots_tally_one, STYPE = int[], INITCOND = '{0}');
CREATE FUNCTION chatbots_add(a int[], b int[]) RETURNS int[] LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(coalesce(x, 0) + coalesce(y, 0) ORDER BY place), '{}')
    FROM unnest(a, b) WITH ORDINALITY both_of (x, y, place)
$$;
"""

TRIGGERS = """
CREATE TRIGGER metrics_message AFTER INSERT ON chatbots_message
    FOR EACH ROW WHEN (NEW.author <> 'notice') EXECUTE FUNCTION chatbots_mark_message();
CREATE TRIGGER metrics_rating AFTER UPDATE OF rating ON chatbots_message
    FOR EACH ROW WHEN (OLD.rating IS DISTINCT FROM NEW.rating) EXECUTE FUNCTION chatbots_mark_rating();
CREATE TRIGGER metrics_begun AFTER INSERT ON chatbots_conversation
    FOR EACH ROW EXECUTE FUNCTION chatbots_mark_row('begun');
CREATE TRIGGER metrics_page AFTER UPDATE OF page_url ON chatbots_conversation
    FOR EACH ROW WHEN (OLD.page_url = '' AND NEW.page_url <> '') EXECUTE FUNCTION chatbots_mark_row('page');
CREATE TRIGGER metrics_handed AFTER UPDATE OF wanted_at, claimed_at ON chatbots_conversation
    FOR EACH ROW WHEN (OLD.wanted_at IS NULL AND OLD.claimed_at IS NULL
                       AND (NEW.wanted_at IS NOT NULL OR NEW.claimed_at IS NOT NULL))
    EXECUTE FUNCTION chatbots_mark_row('handed');
CREATE TRIGGER metrics_lead AFTER INSERT ON chatbots_lead
    FOR EACH ROW EXECUTE FUNCTION chatbots_mark_row('lead');
"""
