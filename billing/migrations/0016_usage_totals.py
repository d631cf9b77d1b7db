"""Units of a day for all chatbots of a workspace, and for all workspaces of an agency, kept by the database.

Whoever writes days of usage writes them too: the rollup, one that was begun before this migration, and a new time zone.
"""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models


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
INSERT INTO billing_usagetotal (agency_id, workspace_id, day, kind, units)
SELECT agency_id, workspace_id, day, kind, sum(units) FROM billing_usageday
GROUP BY GROUPING SETS ((agency_id, workspace_id, day, kind), (agency_id, day, kind));
"""
GONE = """
DROP TRIGGER usage_added ON billing_usageday;
DROP TRIGGER usage_changed ON billing_usageday;
DROP TRIGGER usage_taken_away ON billing_usageday;
DROP FUNCTION billing_usage_total();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0010_launch'),
        ('billing', '0015_partner_rights'),
        ('workspaces', '0008_conversations'),
    ]

    operations = [
        migrations.CreateModel(
            name='UsageTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('kind', models.CharField(choices=[('visitor', 'Visitor message'), ('ai', 'AI reply'), ('human', 'Human reply')], max_length=10)),
                ('units', models.IntegerField()),
                ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                ('workspace', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['agency', 'day'], name='usage_of_all_workspaces')],
                'constraints': [models.UniqueConstraint(models.F('agency'), django.db.models.functions.comparison.Coalesce('workspace', models.Value(0), output_field=models.BigIntegerField()), models.F('day'), models.F('kind'), name='usage_total_once_per_day')],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE billing_usagetotal ADD CONSTRAINT billing_usagetotal_tenancy "
            "FOREIGN KEY (workspace_id, agency_id) REFERENCES workspaces_workspace (id, agency_id) "
            "DEFERRABLE INITIALLY IMMEDIATE",
            "ALTER TABLE billing_usagetotal DROP CONSTRAINT billing_usagetotal_tenancy",
        ),
        migrations.RunSQL(KEPT, GONE),
    ]
