"""Hold, settle and release as they stand in `_pool`, and what was there before carried over."""

from django.db import migrations

from billing.migrations._pool import HOLD, PERIODS, RELEASE, SETTLE, WALLS

ANEW = """
DROP FUNCTION billing_hold_units(bigint, bigint, bigint, timestamptz, timestamptz, text, text, integer, timestamptz);
"""

# What was there before has no such amounts yet: the pool after each row, marks instead of days, the running periods' limits.
CARRY_OVER = """
ALTER TABLE billing_ledgerentry DISABLE TRIGGER append_only;
UPDATE billing_ledgerentry l SET pool_after = s.after
    FROM (SELECT id, sum(units) OVER (PARTITION BY agency_id, period_start ORDER BY id) AS after FROM billing_ledgerentry) s
    WHERE s.id = l.id;
ALTER TABLE billing_ledgerentry ENABLE TRIGGER append_only;
DELETE FROM billing_usageday;
INSERT INTO billing_unrolled (agency_id, entry_id) SELECT agency_id, id FROM billing_ledgerentry;
UPDATE billing_plan SET since = '2000-01-01T00:00:00Z';
UPDATE billing_poolperiod c SET quota = billing_quota(c.agency_id, c."end");
"""

TENANCY = """
ALTER TABLE billing_alert ADD CONSTRAINT billing_alert_tenancy FOREIGN KEY (workspace_id, agency_id)
    REFERENCES workspaces_workspace (id, agency_id) DEFERRABLE INITIALLY IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_allocation"), ("workspaces", "0005_allocation")]
    operations = [
        migrations.RunSQL(PERIODS),
        migrations.RunSQL(WALLS),
        migrations.RunSQL(ANEW + HOLD),
        migrations.RunSQL(SETTLE),
        migrations.RunSQL(RELEASE),
        migrations.RunSQL(CARRY_OVER),
        migrations.RunSQL(TENANCY),
    ]
