"""Everything on this floor as it stands. A row that names a workspace names that workspace's agency: the database
refuses any other pair.

It takes the place of the eight migrations before it, which stay for databases that have some of them only.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from agencies.migrations._models import CreateModels

TENANCY = """
ALTER TABLE workspaces_workspace ADD CONSTRAINT workspace_with_its_agency UNIQUE (id, agency_id);
ALTER TABLE workspaces_invitation ADD CONSTRAINT invitation_tenancy FOREIGN KEY (workspace_id, agency_id)
    REFERENCES workspaces_workspace (id, agency_id) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE agencies_auditentry ADD CONSTRAINT auditentry_tenancy FOREIGN KEY (workspace_id, agency_id)
    REFERENCES workspaces_workspace (id, agency_id) DEFERRABLE INITIALLY IMMEDIATE;
"""


class Migration(migrations.Migration):

    replaces = [
        ('workspaces', '0001_initial'),
        ('workspaces', '0002_tenancy'),
        ('workspaces', '0003_closing'),
        ('workspaces', '0004_grants'),
        ('workspaces', '0005_allocation'),
        ('workspaces', '0006_handle_conversations'),
        ('workspaces', '0007_manage_look'),
        ('workspaces', '0008_conversations'),
    ]

    initial = True

    dependencies = [
        ('agencies', '0001_squashed_0011_forget_meetings'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name='Workspace',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='workspaces', to='agencies.agency')),
                    ('name', models.CharField(max_length=80)),
                    ('is_main', models.BooleanField(default=False)),
                    ('message_cap', models.PositiveIntegerField(blank=True, null=True)),
                    ('source_cap', models.PositiveIntegerField(blank=True, null=True)),
                    ('seat_cap', models.PositiveIntegerField(blank=True, null=True)),
                    ('message_guarantee', models.PositiveIntegerField(blank=True, null=True)),
                    ('source_guarantee', models.PositiveIntegerField(blank=True, null=True)),
                    ('seat_guarantee', models.PositiveIntegerField(blank=True, null=True)),
                    ('at_limit', models.CharField(choices=[('notice', 'A notice'), ('qa', 'Answers from Q&A only'), ('lead', 'A form to leave a message'), ('person', 'A person, who writes back')], default='notice', max_length=10)),
                    ('reply_within', models.PositiveSmallIntegerField(default=10)),
                    ('kept_days', models.PositiveIntegerField(blank=True, null=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('request_key', models.UUIDField(editable=False, null=True)),
                    ('withheld', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                    ('paused_at', models.DateTimeField(null=True)),
                    ('archived_at', models.DateTimeField(null=True)),
                    ('deleted_at', models.DateTimeField(null=True)),
                    ('erased_at', models.DateTimeField(null=True)),
                ],
                options={
                    'permissions': [('see', 'See the workspace, its chatbots and its people'), ('see_analytics', 'See how much is used, and when'), ('embed', "Open a chatbot's page, and see its address"), ('create_chatbots', 'Create and clone chatbots'), ('manage_settings', "Change a chatbot's settings"), ('manage_look', "Change a chatbot's look"), ('manage_sources', 'Add and change data sources'), ('delete', 'Delete chatbots and data sources'), ('handle_conversations', 'Read and handle what visitors leave'), ('manage_members', 'Invite members, change their roles and remove them'), ('see_audit', 'Read the audit log')],
                    'default_permissions': ('change', 'view'),
                    'indexes': [models.Index(models.F('agency'), models.OrderBy(models.F('is_main'), descending=True), django.db.models.functions.text.Lower('name'), models.F('id'), condition=models.Q(('archived_at', None)), name='workspaces_in_order'), models.Index(condition=models.Q(('message_guarantee__isnull', False)), fields=['agency'], name='guaranteed_messages')],
                    'constraints': [models.UniqueConstraint(models.F('agency'), django.db.models.functions.text.Lower('name'), condition=models.Q(('deleted_at', None)), name='workspace_name_once_per_agency'), models.CheckConstraint(condition=models.Q(('is_main', False), models.Q(('archived_at', None), ('deleted_at', None), ('paused_at', None)), _connector='OR'), name='main_workspace_stays_open'), models.CheckConstraint(condition=models.Q(('deleted_at', None), ('archived_at__isnull', False), _connector='OR'), name='deleted_after_archived'), models.CheckConstraint(condition=models.Q(('erased_at', None), ('deleted_at__isnull', False), _connector='OR'), name='erased_after_deleted'), models.UniqueConstraint(condition=models.Q(('is_main', True)), fields=('agency',), name='one_main_workspace_per_agency'), models.UniqueConstraint(fields=('agency', 'request_key'), name='workspace_once_per_request'), models.CheckConstraint(condition=models.Q(('message_cap', None), ('message_guarantee', None), ('message_guarantee__lte', models.F('message_cap')), _connector='OR'), name='message_guarantee_fits_under_the_cap'), models.CheckConstraint(condition=models.Q(('source_cap', None), ('source_guarantee', None), ('source_guarantee__lte', models.F('source_cap')), _connector='OR'), name='source_guarantee_fits_under_the_cap'), models.CheckConstraint(condition=models.Q(('seat_cap', None), ('seat_guarantee', None), ('seat_guarantee__lte', models.F('seat_cap')), _connector='OR'), name='seat_guarantee_fits_under_the_cap'), models.CheckConstraint(condition=models.Q(('at_limit__in', ['notice', 'qa', 'lead', 'person'])), name='at_limit_is_known'), models.CheckConstraint(condition=models.Q(('reply_within__range', (1, 1440))), name='reply_within_a_day'), models.CheckConstraint(condition=models.Q(('kept_days', None), ('kept_days__gte', 1), _connector='OR'), name='kept_for_a_day_or_more')],
                },
            ),
            migrations.CreateModel(
                name='WorkspaceUserObjectPermission',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                    ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='workspaces.workspace')),
                ],
                options={
                    'unique_together': {('user', 'permission', 'content_object')},
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Membership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='workspaces.workspace')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                    ('role', models.CharField(choices=[('manager', 'Manager'), ('editor', 'Editor'), ('agent', 'Agent'), ('viewer', 'Viewer')], max_length=10)),
                    ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('workspace', 'user'), name='member_once_per_workspace'), models.CheckConstraint(condition=models.Q(('role__in', ['manager', 'editor', 'agent', 'viewer'])), name='member_role_is_known')],
                },
            ),
            migrations.CreateModel(
                name='CapRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cap_requests', to='workspaces.workspace')),
                    ('resource', models.CharField(choices=[('messages', 'Messages'), ('sources', 'Data sources'), ('seats', 'Seats')], max_length=10)),
                    ('note', models.CharField(blank=True, max_length=300)),
                    ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('granted', models.PositiveIntegerField(null=True)),
                    ('ends_at', models.DateTimeField(null=True)),
                    ('reason', models.CharField(blank=True, max_length=300)),
                    ('decided_at', models.DateTimeField(null=True)),
                    ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('granted__isnull', False)), fields=['workspace'], name='cap_grants')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('decided_at', None)), fields=('workspace', 'resource'), name='one_open_request_per_resource'), models.CheckConstraint(condition=models.Q(('resource__in', ['messages', 'sources', 'seats'])), name='cap_request_resource_is_known'), models.CheckConstraint(condition=models.Q(('granted', None), models.Q(('decided_at__isnull', False), ('granted__gt', 0)), _connector='OR'), name='granted_is_decided'), models.CheckConstraint(condition=models.Q(('ends_at', None), ('granted__isnull', False), _connector='OR'), name='only_a_grant_ends')],
                },
            ),
            migrations.CreateModel(
                name='Invitation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='agencies.agency')),
                    ('workspace', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='workspaces.workspace')),
                    ('email', models.EmailField(max_length=254)),
                    ('role', models.CharField(choices=[('manager', 'Manager'), ('editor', 'Editor'), ('agent', 'Agent'), ('viewer', 'Viewer'), ('owner', 'Owner'), ('admin', 'Admin'), ('analyst', 'Analyst')], max_length=10)),
                    ('token_hash', models.CharField(max_length=64, unique=True)),
                    ('invited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('expires_at', models.DateTimeField()),
                    ('accepted_at', models.DateTimeField(null=True)),
                    ('revoked_at', models.DateTimeField(null=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(models.F('workspace'), django.db.models.functions.text.Lower('email'), condition=models.Q(('accepted_at', None), ('revoked_at', None)), name='one_open_invitation_per_email_and_workspace'), models.UniqueConstraint(models.F('agency'), django.db.models.functions.text.Lower('email'), condition=models.Q(('accepted_at', None), ('revoked_at', None), ('workspace', None)), name='one_open_team_invitation_per_email'), models.CheckConstraint(condition=models.Q(('accepted_at', None), ('revoked_at', None), _connector='OR'), name='invitation_is_accepted_or_revoked_not_both'), models.CheckConstraint(condition=models.Q(models.Q(('role__in', ['owner', 'admin', 'analyst']), ('workspace', None)), models.Q(('role__in', ['manager', 'editor', 'agent', 'viewer']), ('workspace__isnull', False)), _connector='OR'), name='invitation_role_fits_its_place')],
                },
            ),
            migrations.CreateModel(
                name='FreedSeat',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='freed_seats', to='agencies.agency')),
                    ('email', models.EmailField(max_length=254)),
                    ('held', models.JSONField()),
                    ('freed_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('freed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('given_back_at', models.DateTimeField(null=True)),
                ],
            ),
        ),
        migrations.RunSQL(TENANCY),
    ]
