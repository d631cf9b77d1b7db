"""Everything on this floor as it stands: the tables, the append-only audit log, support's hours to begin with.

It takes the place of the eleven migrations before it, which stay for databases that have some of them only.
"""

import agencies.addresses
import agencies.zones
import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
import uuid
from datetime import time

from django.conf import settings
from django.db import migrations, models

from agencies.migrations._models import CreateModels

ONLY, WORKDAYS = 1, range(5)
APPEND_ONLY = """
CREATE FUNCTION agencies_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is append-only.';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON agencies_auditentry
    FOR EACH ROW EXECUTE FUNCTION agencies_audit_is_append_only();
"""
# A meeting and an entry name an application together with that one's agency.
TENANCY = """
ALTER TABLE agencies_application ADD CONSTRAINT agencies_application_with_its_agency UNIQUE (id, agency_id);
ALTER TABLE agencies_meeting ADD CONSTRAINT agencies_meeting_tenancy FOREIGN KEY (application_id, agency_id)
    REFERENCES agencies_application (id, agency_id) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE agencies_applicationentry ADD CONSTRAINT agencies_applicationentry_tenancy
    FOREIGN KEY (application_id, agency_id) REFERENCES agencies_application (id, agency_id)
    DEFERRABLE INITIALLY IMMEDIATE;
"""


def open_office(apps, schema_editor):
    availability, _ = apps.get_model("agencies", "Availability").objects.get_or_create(pk=ONLY)
    hours = apps.get_model("agencies", "OfficeHours")
    for weekday in WORKDAYS:
        hours.objects.get_or_create(availability=availability, weekday=weekday, opens=time(9), closes=time(17))


class Migration(migrations.Migration):

    replaces = [
        ('agencies', '0001_initial'),
        ('agencies', '0002_audit'),
        ('agencies', '0003_end_sessions'),
        ('agencies', '0004_handle_conversations'),
        ('agencies', '0005_buy'),
        ('agencies', '0006_manage_look'),
        ('agencies', '0007_meetings'),
        ('agencies', '0008_opens'),
        ('agencies', '0009_path'),
        ('agencies', '0010_launch'),
        ('agencies', '0011_forget_meetings'),
    ]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('email', models.EmailField(max_length=254, unique=True)),
                    ('name', models.CharField(blank=True, max_length=80)),
                    ('is_active', models.BooleanField(default=True)),
                    ('is_staff', models.BooleanField(default=False, verbose_name='support')),
                    ('date_joined', models.DateTimeField(default=django.utils.timezone.now)),
                    ('last_active_on', models.DateField(editable=False, null=True)),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='one_user_per_email_in_any_letters')],
                },
            ),
            migrations.CreateModel(
                name='Agency',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80)),
                    ('time_zone', models.CharField(default='UTC', max_length=63)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('approved_at', models.DateTimeField(blank=True, null=True)),
                    ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('launched_at', models.DateTimeField(blank=True, null=True)),
                    ('launched_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('message_limit', models.PositiveIntegerField(default=0, null=True)),
                    ('source_limit', models.PositiveIntegerField(default=0, null=True)),
                    ('seat_limit', models.PositiveIntegerField(default=0, null=True)),
                    ('workspace_limit', models.PositiveIntegerField(default=0, null=True)),
                    ('chatbot_limit', models.PositiveIntegerField(default=0, null=True)),
                    ('second_factor_required_at', models.DateTimeField(blank=True, null=True)),
                    ('suspended_at', models.DateTimeField(blank=True, null=True)),
                    ('suspended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('suspended_reason', models.TextField(blank=True, max_length=1000)),
                ],
                options={
                    'verbose_name_plural': 'agencies',
                    'permissions': [('see', 'See the workspace, its chatbots and its people'), ('see_analytics', 'See how much is used, and when'), ('embed', "Open a chatbot's page, and see its address"), ('create_chatbots', 'Create and clone chatbots'), ('manage_settings', "Change a chatbot's settings"), ('manage_look', "Change a chatbot's look"), ('manage_sources', 'Add and change data sources'), ('delete', 'Delete chatbots and data sources'), ('handle_conversations', 'Read and handle what visitors leave'), ('manage_members', 'Invite members, change their roles and remove them'), ('see_audit', 'Read the audit log'), ('see_agency', 'See the agency, all its workspaces and the pool'), ('manage_workspaces', 'Add, rename and narrow workspaces, set caps, move chatbots, free seats'), ('close_workspaces', 'Pause, archive, restore and delete workspaces'), ('manage_staff', 'Invite staff, change their roles and remove them'), ('require_second_factor', 'Require a second factor of staff'), ('apply', 'Ask for the agency model'), ('buy', 'Buy add-ons')],
                    'default_permissions': ('change', 'view'),
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('suspended_at', None), ('suspended_by', None), ('suspended_reason', '')), models.Q(('suspended_at__isnull', False), ('suspended_by__isnull', False), models.Q(('suspended_reason', ''), _negated=True)), _connector='OR'), name='a_suspension_has_a_who_a_when_and_a_why'), models.CheckConstraint(condition=models.Q(('launched_at', None), ('approved_at__isnull', False), _connector='OR'), name='only_an_approved_agency_launches'), models.CheckConstraint(condition=models.Q(('launched_by', None), ('launched_at__isnull', False), _connector='OR'), name='who_launched_did_it_some_time')],
                },
            ),
            migrations.CreateModel(
                name='AgencyUserObjectPermission',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('permission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='auth.permission')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                    ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='agencies.agency')),
                ],
                options={
                    'unique_together': {('user', 'permission', 'content_object')},
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Staff',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='staff', to='agencies.agency')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='staff_of', to=settings.AUTH_USER_MODEL)),
                    ('role', models.CharField(choices=[('owner', 'Owner'), ('admin', 'Admin'), ('analyst', 'Analyst')], max_length=10)),
                    ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'verbose_name_plural': 'staff',
                    'constraints': [models.UniqueConstraint(fields=('agency', 'user'), name='staff_once_per_agency'), models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'admin', 'analyst'])), name='staff_role_is_known')],
                },
            ),
            migrations.CreateModel(
                name='Application',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='applications', to='agencies.agency')),
                    ('website', models.URLField(blank=True, max_length=300)),
                    ('clients', models.PositiveIntegerField(verbose_name='clients expected')),
                    ('messages', models.PositiveIntegerField(verbose_name='messages expected a month')),
                    ('goals', models.TextField(blank=True, max_length=2000)),
                    ('submitted_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('submitted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('decision', models.CharField(blank=True, choices=[('approved', 'Approved'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], max_length=10)),
                    ('reason', models.TextField(blank=True, max_length=1000)),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['submitted_at'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('decided_at', None)), fields=('agency',), name='one_waiting_application_per_agency'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('decision__in', ('approved', 'declined', 'withdrawn'))), _connector='OR'), name='application_decision_has_a_who_and_a_when')],
                },
            ),
            migrations.CreateModel(
                name='ApplicationEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='application_entries', to='agencies.agency')),
                    ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='agencies.application')),
                    ('kind', models.CharField(choices=[('question', 'Question'), ('answer', 'Answer'), ('note', 'Note')], max_length=10)),
                    ('text', models.TextField(max_length=2000)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name_plural': 'application entries',
                    'ordering': ['pk'],
                    'default_permissions': (),
                    'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='an_application_entry_says_something'), models.CheckConstraint(condition=models.Q(('kind__in', ('question', 'answer', 'note'))), name='application_entry_kind_is_known')],
                },
            ),
            migrations.CreateModel(
                name='AuditEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='audit_entries', to='agencies.agency')),
                    ('workspace_id', models.BigIntegerField(null=True)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('actor_name', models.CharField(max_length=254)),
                    ('acting_as', models.CharField(max_length=20)),
                    ('action', models.CharField(max_length=30)),
                    ('target', models.CharField(blank=True, max_length=300)),
                    ('before', models.JSONField(default=dict)),
                    ('after', models.JSONField(default=dict)),
                    ('reason', models.TextField(blank=True)),
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
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='support_visits', to='agencies.agency')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='support_visits', to=settings.AUTH_USER_MODEL)),
                    ('reason', models.CharField(max_length=300)),
                    ('began_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('ends_at', models.DateTimeField()),
                    ('left_at', models.DateTimeField(null=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('by',), name='one_visit_at_a_time'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='visit_has_a_reason'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('began_at'))), name='visit_ends_after_its_start')],
                },
            ),
            migrations.CreateModel(
                name='Mail',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('recipient', models.EmailField(max_length=254)),
                    ('subject', models.CharField(max_length=300)),
                    ('text', models.TextField()),
                    ('html', models.TextField(blank=True)),
                    ('calendar', models.TextField(blank=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('delivered_at', models.DateTimeField(blank=True, null=True)),
                    ('given_up_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'verbose_name_plural': 'mail',
                    'indexes': [models.Index(condition=models.Q(('delivered_at', None), ('given_up_at', None)), fields=['next_attempt_at'], name='mail_waiting')],
                },
            ),
            migrations.CreateModel(
                name='Availability',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('time_zone', models.CharField(default='UTC', max_length=63, validators=[agencies.zones.known_zone])),
                    ('notice_hours', models.PositiveSmallIntegerField(default=24, validators=[django.core.validators.MaxValueValidator(720)], verbose_name='minimum notice, in hours')),
                    ('horizon_days', models.PositiveSmallIntegerField(default=21, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(120)], verbose_name='how far ahead, in days')),
                    ('place', models.CharField(blank=True, help_text='Stands in invitations: a link to a call, or a number.', max_length=300, verbose_name='where you meet')),
                    ('mail_to', models.EmailField(blank=True, help_text='Empty: everybody of support who may change meetings.', max_length=254, validators=[agencies.addresses.plain_address], verbose_name='who hears of meetings')),
                ],
                options={
                    'verbose_name_plural': 'availability',
                    'default_permissions': ('change', 'view'),
                    'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_availability'), models.CheckConstraint(condition=models.Q(('horizon_days__gte', 1), ('horizon_days__lte', 120)), name='horizon_is_near')],
                },
            ),
            migrations.CreateModel(
                name='OfficeHours',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('availability', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hours', to='agencies.availability')),
                    ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')])),
                    ('opens', models.TimeField()),
                    ('closes', models.TimeField()),
                ],
                options={
                    'verbose_name_plural': 'office hours',
                    'ordering': ['weekday', 'opens'],
                    'constraints': [models.CheckConstraint(condition=django.db.models.lookups.GreaterThanOrEqual(django.db.models.expressions.CombinedExpression(models.F('closes'), '-', models.F('opens')), models.Value(datetime.timedelta(seconds=1800))), name='hours_hold_a_meeting', violation_error_message='It must close at least half an hour after it opens: that long is a meeting.'), models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='weekday_is_known')],
                },
            ),
            migrations.CreateModel(
                name='DayOff',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField(unique=True)),
                    ('note', models.CharField(blank=True, max_length=100)),
                ],
                options={
                    'verbose_name_plural': 'days off',
                    'ordering': ['day'],
                },
            ),
            migrations.CreateModel(
                name='Meeting',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('request_key', models.UUIDField(editable=False, unique=True)),
                    ('starts_at', models.DateTimeField()),
                    ('ends_at', models.DateTimeField()),
                    ('time_zone', models.CharField(max_length=63, verbose_name="visitor's time zone")),
                    ('name', models.CharField(max_length=80)),
                    ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                    ('company', models.CharField(max_length=80)),
                    ('website', models.URLField(blank=True, max_length=300)),
                    ('clients', models.PositiveIntegerField(verbose_name='clients')),
                    ('messages', models.PositiveIntegerField(verbose_name='messages expected a month')),
                    ('goals', models.TextField(blank=True, max_length=2000)),
                    ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='meetings', to='agencies.agency')),
                    ('application', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='meetings', to='agencies.application')),
                    ('booked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('booked_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('chosen_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('came_from', models.CharField(editable=False, max_length=64)),
                    ('sequence', models.PositiveSmallIntegerField(default=0, editable=False)),
                    ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                    ('cancelled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('reason', models.CharField(blank=True, max_length=500, verbose_name="support's reason")),
                    ('reminded_day_before_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('reminded_hour_before_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('erased_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ],
                options={
                    'ordering': ['starts_at'],
                    'default_permissions': ('change', 'view'),
                    'indexes': [models.Index(condition=models.Q(('cancelled_at', None)), fields=['starts_at'], name='meetings_to_come'), models.Index(condition=models.Q(('cancelled_at', None)), fields=['came_from'], name='meetings_of_an_address')],
                    'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('cancelled_at', None)), expressions=[(models.Func(models.F('starts_at'), models.F('ends_at'), function='tstzrange', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&')], name='one_meeting_at_a_time'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='meeting_ends_after_its_start'), models.CheckConstraint(condition=models.Q(models.Q(('agency', None), ('application', None)), models.Q(('agency__isnull', False), ('booked_by__isnull', False)), _connector='OR'), name='meeting_of_an_agency_has_a_who'), models.CheckConstraint(condition=models.Q(('cancelled_at__isnull', False), models.Q(('cancelled_by', None), ('reason', '')), _connector='OR'), name='meeting_is_cancelled_with_a_when'), models.CheckConstraint(condition=models.Q(('erased_at', None), models.Q(('came_from', ''), ('company', ''), ('email', ''), ('goals', ''), ('name', ''), ('reason', ''), ('website', '')), _connector='OR'), name='erased_meeting_names_nobody')],
                },
            ),
        ),
        migrations.RunSQL(APPEND_ONLY),
        migrations.RunSQL(TENANCY),
        migrations.RunPython(open_office, migrations.RunPython.noop),
    ]
