"""The audit log, append-only by a trigger; support's visits; the second factor."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION agencies_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is append-only.';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON agencies_auditentry
    FOR EACH ROW EXECUTE FUNCTION agencies_audit_is_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0001_initial'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='agency',
            options={'default_permissions': ('change', 'view'), 'permissions': [('see', 'See the workspace, its chatbots and its people'), ('see_analytics', 'See how much is used, and when'), ('embed', "Open a chatbot's page, and see its address"), ('create_chatbots', 'Create and clone chatbots'), ('manage_settings', "Change a chatbot's settings"), ('manage_sources', 'Add and change data sources'), ('delete', 'Delete chatbots and data sources'), ('manage_members', 'Invite members, change their roles and remove them'), ('see_audit', 'Read the audit log'), ('see_agency', 'See the agency, all its workspaces and the pool'), ('manage_workspaces', 'Add, rename and narrow workspaces, set caps, move chatbots, free seats'), ('close_workspaces', 'Pause, archive, restore and delete workspaces'), ('manage_staff', 'Invite staff, change their roles and remove them'), ('require_second_factor', 'Require a second factor of staff'), ('apply', 'Ask for the agency model')], 'verbose_name_plural': 'agencies'},
        ),
        migrations.AddField(
            model_name='agency',
            name='second_factor_required_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='last_active_on',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('workspace_id', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('actor_name', models.CharField(max_length=254)),
                ('acting_as', models.CharField(max_length=20)),
                ('action', models.CharField(max_length=30)),
                ('target', models.CharField(blank=True, max_length=300)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('reason', models.TextField(blank=True)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audit_entries', to='agencies.agency')),
            ],
            options={
                'verbose_name_plural': 'audit log',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['agency', '-id'], name='audit_of_an_agency'), models.Index(fields=['workspace_id', '-id'], name='audit_of_a_workspace'), models.Index(fields=['agency', 'at'], name='audit_by_day')],
            },
        ),
        migrations.CreateModel(
            name='SupportVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('began_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ends_at', models.DateTimeField()),
                ('left_at', models.DateTimeField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='support_visits', to='agencies.agency')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='support_visits', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('by',), name='one_visit_at_a_time'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='visit_has_a_reason'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('began_at'))), name='visit_ends_after_its_start')],
            },
        ),
        migrations.RunSQL(
            APPEND_ONLY,
            "DROP TRIGGER append_only ON agencies_auditentry; DROP FUNCTION agencies_audit_is_append_only",
        ),
    ]
