"""Units of a day for all chatbots of a workspace, and for all workspaces of an agency, kept by the database.

Whoever writes days of usage writes them too: the rollup, one that was begun before this migration, and a new time zone.
"""

KEPT = """
CREATE FUNCTION billing_usage_total() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO billing_usagetotal (agency_id, workspace_id, day, kind, units)
        SELECT agency_id, workspace_id, day, kind, -sum(units) FROM old_rows
        GROUP BY GROUPING SETS ((agency_id, workspace_id, day, kind), (agency_id, day, kind))
        ON CONFLICT (agency_id, coalesce(workspace_id, 0), day, kind)
            DO UPDATE SET units = billing_usagetotal.units + excluded.units;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO billing_usagetotal (agency_id, workspace_id, day, kind, units)
        SELECT agency_id, workspace_id, day, kind, sum(units) FROM new_rows
        GROUP BY GROUPING SETS ((agency_id, workspace_id, day, kind), (agency_id, day, kind))
        ON CONFLICT (agency_id, coalesce(workspace_id, 0), day, kind)
            DO UPDATE SET units = billing_usagetotal.units + excluded.units;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER usage_added AFTER INSERT ON billing_usageday
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION billing_usage_total();
CREATE TRIGGER usage_changed AFTER UPDATE ON billing_usageday
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION billing_usage_total();
CREATE TRIGGER usage_taken_away AFTER DELETE ON billing_usageday
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION billing_usage_total();
"""
