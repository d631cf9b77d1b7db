"""What is said about an application, withdrawing it, and suspending an account.

An entry names its application together with the agency, as everywhere.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

TENANCY = """
ALTER TABLE agencies_applicationentry ADD CONSTRAINT agencies_applicationentry_tenancy
    FOREIGN KEY (application_id, agency_id) REFERENCES agencies_application (id, agency_id)
    DEFERRABLE INITIALLY IMMEDIATE;
"""
BACK = """
ALTER TABLE agencies_applicationentry DROP CONSTRAINT agencies_applicationentry_tenancy;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0008_opens'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApplicationEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('question', 'Question'), ('answer', 'Answer'), ('note', 'Note')], max_length=10)),
                ('text', models.TextField(max_length=2000)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name_plural': 'application entries',
                'ordering': ['pk'],
                'default_permissions': (),
            },
        ),
        migrations.RemoveConstraint(
            model_name='application',
            name='application_decision_has_a_who_and_a_when',
        ),
        migrations.AddField(
            model_name='agency',
            name='suspended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='agency',
            name='suspended_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='agency',
            name='suspended_reason',
            field=models.TextField(blank=True, max_length=1000),
        ),
        migrations.AlterField(
            model_name='application',
            name='decision',
            field=models.CharField(blank=True, choices=[('approved', 'Approved'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='agency',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('suspended_at', None), ('suspended_by', None), ('suspended_reason', '')), models.Q(('suspended_at__isnull', False), ('suspended_by__isnull', False), models.Q(('suspended_reason', ''), _negated=True)), _connector='OR'), name='a_suspension_has_a_who_a_when_and_a_why'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('decision__in', ('approved', 'declined', 'withdrawn'))), _connector='OR'), name='application_decision_has_a_who_and_a_when'),
        ),
        migrations.AddField(
            model_name='applicationentry',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='application_entries', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='applicationentry',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='agencies.application'),
        ),
        migrations.AddField(
            model_name='applicationentry',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='applicationentry',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='an_application_entry_says_something'),
        ),
        migrations.AddConstraint(
            model_name='applicationentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('question', 'answer', 'note'))), name='application_entry_kind_is_known'),
        ),
        migrations.RunSQL(TENANCY, BACK),
    ]
