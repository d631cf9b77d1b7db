"""Paused, archived and deleted workspaces; invitations into the team; freed seats; toggles."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# The constraint below is checked at once, since a table with checks still waiting cannot be altered.
FILL = """
UPDATE workspaces_invitation i SET agency_id = w.agency_id FROM workspaces_workspace w WHERE w.id = i.workspace_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""
TENANCY = [
    # A row that names a workspace names that workspace's agency: the database refuses any other pair.
    ("workspaces_invitation", "invitation_tenancy"),
    ("agencies_auditentry", "auditentry_tenancy"),
]


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0002_audit'),
        ('workspaces', '0002_tenancy'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FreedSeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('held', models.JSONField()),
                ('freed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('given_back_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AlterModelOptions(
            name='workspace',
            options={'default_permissions': ('change', 'view'), 'permissions': [('see', 'See the workspace, its chatbots and its people'), ('see_analytics', 'See how much is used, and when'), ('embed', "Open a chatbot's page, and see its address"), ('create_chatbots', 'Create and clone chatbots'), ('manage_settings', "Change a chatbot's settings"), ('manage_sources', 'Add and change data sources'), ('delete', 'Delete chatbots and data sources'), ('manage_members', 'Invite members, change their roles and remove them'), ('see_audit', 'Read the audit log')]},
        ),
        migrations.RemoveConstraint(
            model_name='workspace',
            name='workspace_name_once_per_agency',
        ),
        migrations.AddField(
            model_name='invitation',
            name='agency',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='agencies.agency'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='invitation',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='workspace',
            name='archived_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='workspace',
            name='deleted_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='workspace',
            name='erased_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='workspace',
            name='paused_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='workspace',
            name='withheld',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None),
        ),
        migrations.AlterField(
            model_name='invitation',
            name='role',
            field=models.CharField(choices=[('manager', 'Manager'), ('editor', 'Editor'), ('agent', 'Agent'), ('viewer', 'Viewer'), ('owner', 'Owner'), ('admin', 'Admin'), ('analyst', 'Analyst')], max_length=10),
        ),
        migrations.AlterField(
            model_name='invitation',
            name='workspace',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='workspaces.workspace'),
        ),
        migrations.AddIndex(
            model_name='workspace',
            index=models.Index(models.F('agency'), models.OrderBy(models.F('is_main'), descending=True), django.db.models.functions.text.Lower('name'), models.F('id'), condition=models.Q(('archived_at', None)), name='workspaces_in_order'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(models.F('agency'), django.db.models.functions.text.Lower('email'), condition=models.Q(('accepted_at', None), ('revoked_at', None), ('workspace', None)), name='one_open_team_invitation_per_email'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role__in', ['owner', 'admin', 'analyst']), ('workspace', None)), models.Q(('role__in', ['manager', 'editor', 'agent', 'viewer']), ('workspace__isnull', False)), _connector='OR'), name='invitation_role_fits_its_place'),
        ),
        migrations.AddConstraint(
            model_name='workspace',
            constraint=models.UniqueConstraint(models.F('agency'), django.db.models.functions.text.Lower('name'), condition=models.Q(('deleted_at', None)), name='workspace_name_once_per_agency'),
        ),
        migrations.AddConstraint(
            model_name='workspace',
            constraint=models.CheckConstraint(condition=models.Q(('is_main', False), models.Q(('archived_at', None), ('deleted_at', None), ('paused_at', None)), _connector='OR'), name='main_workspace_stays_open'),
        ),
        migrations.AddConstraint(
            model_name='workspace',
            constraint=models.CheckConstraint(condition=models.Q(('deleted_at', None), ('archived_at__isnull', False), _connector='OR'), name='deleted_after_archived'),
        ),
        migrations.AddConstraint(
            model_name='workspace',
            constraint=models.CheckConstraint(condition=models.Q(('erased_at', None), ('deleted_at__isnull', False), _connector='OR'), name='erased_after_deleted'),
        ),
        migrations.AddField(
            model_name='freedseat',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='freed_seats', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='freedseat',
            name='freed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        *[
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (workspace_id, agency_id) "
                "REFERENCES workspaces_workspace (id, agency_id) DEFERRABLE INITIALLY IMMEDIATE",
                f"ALTER TABLE {table} DROP CONSTRAINT {name}",
            )
            for table, name in TENANCY
        ],
    ]
