"""Lets rows elsewhere name a workspace together with its agency, so that the two always belong together."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE workspaces_workspace ADD CONSTRAINT workspace_with_its_agency UNIQUE (id, agency_id)",
            "ALTER TABLE workspaces_workspace DROP CONSTRAINT workspace_with_its_agency",
        )
    ]
