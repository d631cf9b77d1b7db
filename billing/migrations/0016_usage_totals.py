"""Units of a day for all chatbots of a workspace, and for all workspaces of an agency, kept by the database.

Whoever writes days of usage writes them too: the rollup, one that was begun before this migration, and a new time zone.
"""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

from billing.migrations._totals import KEPT

PAST = """
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
        migrations.RunSQL(KEPT + PAST, GONE),
    ]
