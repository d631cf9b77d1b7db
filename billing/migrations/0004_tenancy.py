"""A row names a workspace and that workspace's agency: the database refuses any other pair, whatever the query."""

from django.db import migrations

TABLES = ["billing_workspaceperiod", "billing_hold", "billing_ledgerentry", "billing_usageday"]


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_hold"), ("workspaces", "0002_tenancy")]
    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_tenancy FOREIGN KEY (workspace_id, agency_id) "
            "REFERENCES workspaces_workspace (id, agency_id) DEFERRABLE INITIALLY IMMEDIATE",
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_tenancy",
        )
        for table in TABLES
    ]
