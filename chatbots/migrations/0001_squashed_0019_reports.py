"""Everything on this floor as it stands. A child names its parent and that parent's workspace: the database refuses
any other pair, and when a chatbot moves to another workspace, what belongs to it follows.

It takes the place of the nineteen migrations before it, which stay for databases that have some of them only.
"""

import chatbots.models.bots
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

from agencies.migrations._models import CreateModels
from chatbots.migrations import _editions, _marks

KEYS = [  # (table, what else it is named with)
    ("chatbots_chatbot", "workspace"),
    ("chatbots_datasource", "workspace"),
    ("chatbots_conversation", "workspace"),
    ("chatbots_page", "workspace"),
    ("chatbots_blueprint", "agency"),
    ("chatbots_blueprintpush", "agency"),
]
TENANCY = [  # (constraint, table, column, parent)
    ("chatbots_datasource_tenancy", "chatbots_datasource", "chatbot_id", "chatbots_chatbot"),
    ("chatbots_passage_tenancy", "chatbots_passage", "source_id", "chatbots_datasource"),
    ("chatbots_passage_page_tenancy", "chatbots_passage", "page_id", "chatbots_page"),
    ("chatbots_page_tenancy", "chatbots_page", "source_id", "chatbots_datasource"),
    ("chatbots_upload_tenancy", "chatbots_upload", "source_id", "chatbots_datasource"),
    ("chatbots_conversation_tenancy", "chatbots_conversation", "chatbot_id", "chatbots_chatbot"),
    ("chatbots_message_tenancy", "chatbots_message", "conversation_id", "chatbots_conversation"),
    ("chatbots_lead_tenancy", "chatbots_lead", "chatbot_id", "chatbots_chatbot"),
    ("chatbots_chatbotprovider_tenancy", "chatbots_chatbotprovider", "chatbot_id", "chatbots_chatbot"),
    ("chatbots_avatar_chatbot_tenancy", "chatbots_avatar", "chatbot_id", "chatbots_chatbot"),
    ("chatbots_settingschange_chatbot_tenancy", "chatbots_settingschange", "chatbot_id", "chatbots_chatbot"),
    ("chatbots_blueprintlink_chatbot_tenancy", "chatbots_blueprintlink", "chatbot_id", "chatbots_chatbot"),
    ("chatbots_identitysecret_tenancy", "chatbots_identitysecret", "chatbot_id", "chatbots_chatbot"),
    ("chatbots_note_tenancy", "chatbots_note", "conversation_id", "chatbots_conversation"),
    ("chatbots_reading_tenancy", "chatbots_reading", "conversation_id", "chatbots_conversation"),
    ("chatbots_rightanswer_tenancy", "chatbots_rightanswer", "chatbot_id", "chatbots_chatbot"),
    ("chatbots_embedding_tenancy", "chatbots_embedding", "chatbot_id", "chatbots_chatbot"),
]
# Both parents of a lead hand a new workspace on, in an order that nobody promises: this one is looked at once all moved.
LATER = """
ALTER TABLE chatbots_lead ADD CONSTRAINT chatbots_lead_talk_tenancy FOREIGN KEY (conversation_id, workspace_id)
    REFERENCES chatbots_conversation (id, workspace_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""
# Of one agency, whatever the workspace.
AGENCIES = [  # (constraint, table, column, parent)
    ("chatbots_settingschange_push_tenancy", "chatbots_settingschange", "push_id", "chatbots_blueprintpush"),
    ("chatbots_settingschange_workspace_tenancy", "chatbots_settingschange", "workspace_id", "workspaces_workspace"),
    ("chatbots_blueprintlink_workspace_tenancy", "chatbots_blueprintlink", "workspace_id", "workspaces_workspace"),
    ("chatbots_blueprintlink_blueprint_tenancy", "chatbots_blueprintlink", "blueprint_id", "chatbots_blueprint"),
    ("chatbots_blueprintpush_blueprint_tenancy", "chatbots_blueprintpush", "blueprint_id", "chatbots_blueprint"),
]
WORKSPACES = ["chatbots_savedview", "chatbots_metricsday", "chatbots_metricsterm"]  # which name one, or none


class Migration(migrations.Migration):

    replaces = [
        ('chatbots', '0001_initial'),
        ('chatbots', '0002_initial'),
        ('chatbots', '0003_tenancy'),
        ('chatbots', '0004_at_limit'),
        ('chatbots', '0005_knowledge'),
        ('chatbots', '0006_retrieval'),
        ('chatbots', '0007_keys'),
        ('chatbots', '0008_providers'),
        ('chatbots', '0009_settings'),
        ('chatbots', '0010_addresses'),
        ('chatbots', '0011_blueprints'),
        ('chatbots', '0012_identity'),
        ('chatbots', '0013_people'),
        ('chatbots', '0014_inbox'),
        ('chatbots', '0015_embeddings'),
        ('chatbots', '0016_onboarding'),
        ('chatbots', '0017_metrics'),
        ('chatbots', '0018_metrics_marks'),
        ('chatbots', '0019_reports'),
    ]

    initial = True

    dependencies = [
        ('agencies', '0001_squashed_0011_forget_meetings'),
        ('billing', '0001_squashed_0016_usage_totals'),
        ('workspaces', '0001_squashed_0008_conversations'),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name='Chatbot',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80)),
                    ('company', models.CharField(blank=True, max_length=80)),
                    ('avatar', models.CharField(blank=True, max_length=64)),
                    ('first_message', models.CharField(default='Hello! How can I help?', max_length=300)),
                    ('suggested', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=None)),
                    ('speech', models.CharField(blank=True, choices=[('', "The visitor's, where there is one"), ('en', 'English'), ('de', 'Deutsch'), ('es', 'Español'), ('fr', 'Français'), ('tr', 'Türkçe'), ('ar', 'العربية')], default='', max_length=5)),
                    ('language', models.CharField(choices=[('english', 'English'), ('german', 'German'), ('spanish', 'Spanish'), ('french', 'French'), ('turkish', 'Turkish'), ('arabic', 'Arabic'), ('simple', 'Another language')], default='english', max_length=20)),
                    ('instructions', models.TextField(blank=True, max_length=4000)),
                    ('tone', models.CharField(choices=[('plain', 'Plain and factual'), ('friendly', 'Friendly'), ('formal', 'Formal'), ('playful', 'Playful')], default='plain', max_length=10)),
                    ('without_answer', models.CharField(choices=[('say_so', 'Say so, and nothing more'), ('lead', 'Offer to leave a message'), ('person', 'Offer to talk to a person')], default='say_so', max_length=10)),
                    ('temperature', models.FloatField(default=0.2)),
                    ('answer_length', models.CharField(choices=[('short', 'Short: a sentence or two'), ('medium', 'Medium: a paragraph'), ('long', 'Long: several paragraphs')], default='medium', max_length=10)),
                    ('answers_in', models.CharField(blank=True, max_length=40)),
                    ('per_visitor', models.PositiveSmallIntegerField(default=12)),
                    ('per_day', models.PositiveIntegerField(default=3000)),
                    ('unit_cap', models.PositiveIntegerField(blank=True, null=True)),
                    ('accent', models.CharField(default='#3c4fe0', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-f]{6}$')])),
                    ('theme', models.CharField(choices=[('light', 'Light'), ('dark', 'Dark'), ('system', "As the visitor's system")], default='system', max_length=10)),
                    ('position', models.CharField(choices=[('right', 'Bottom right'), ('left', 'Bottom left')], default='right', max_length=10)),
                    ('size', models.CharField(choices=[('small', 'Small'), ('medium', 'Medium'), ('large', 'Large')], default='medium', max_length=10)),
                    ('radius', models.PositiveSmallIntegerField(default=16)),
                    ('launcher', models.CharField(choices=[('chat', 'Speech bubble'), ('question', 'Question mark'), ('hello', 'Waving hand'), ('avatar', "The chatbot's picture")], default='chat', max_length=10)),
                    ('font', models.CharField(choices=[('system', "The visitor's system"), ('sans', 'Sans serif'), ('serif', 'Serif'), ('mono', 'Fixed width')], default='system', max_length=10)),
                    ('teaser', models.CharField(blank=True, max_length=120)),
                    ('powered_by', models.BooleanField(default=True)),
                    ('hours', models.JSONField(blank=True, default=dict)),
                    ('time_zone', models.CharField(blank=True, max_length=64)),
                    ('away_notice', models.CharField(blank=True, max_length=300)),
                    ('allowed_domains', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=260), blank=True, default=list, size=None)),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chatbots', to='workspaces.workspace')),
                    ('public_id', models.CharField(default=chatbots.models.bots.new_public_id, editable=False, max_length=24, unique=True)),
                    ('edition', models.UUIDField(default=uuid.uuid4, editable=False)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('paused_at', models.DateTimeField(null=True)),
                    ('paused_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('locked', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list, size=None)),
                    ('request_key', models.UUIDField(editable=False, null=True)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('temperature__range', (0, 2))), name='temperature_is_0_to_2'), models.CheckConstraint(condition=models.Q(('accent__regex', '^#[0-9a-f]{6}$')), name='accent_is_a_colour'), models.CheckConstraint(condition=models.Q(('radius__lte', 28)), name='radius_is_0_to_28'), models.CheckConstraint(condition=models.Q(('per_day__gte', 1), ('per_visitor__gte', 1)), name='limits_let_somebody_in'), models.CheckConstraint(condition=models.Q(('suggested__len__lte', 6)), name='suggested_are_few'), models.CheckConstraint(condition=models.Q(('allowed_domains__len__lte', 50)), name='domains_are_not_endless'), models.UniqueConstraint(fields=('workspace', 'request_key'), name='chatbot_once_per_request'), models.CheckConstraint(condition=models.Q(('paused_by', None), ('paused_at__isnull', False), _connector='OR'), name='who_paused_a_chatbot_did_it_some_time')],
                },
            ),
            migrations.CreateModel(
                name='Blueprint',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='blueprints', to='agencies.agency')),
                    ('name', models.CharField(max_length=80)),
                    ('values', models.JSONField()),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['name', 'pk'],
                    'constraints': [models.UniqueConstraint(fields=('agency', 'name'), name='one_blueprint_of_a_name'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='blueprint_has_a_name')],
                },
            ),
            migrations.CreateModel(
                name='BlueprintLink',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('blueprint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='chatbots.blueprint')),
                    ('chatbot', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='blueprint_link', to='chatbots.chatbot')),
                ],
            ),
            migrations.CreateModel(
                name='BlueprintPush',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('blueprint', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pushes', to='chatbots.blueprint')),
                    ('settings', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('rolled_back_at', models.DateTimeField(null=True)),
                    ('rolled_back_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['-pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('rolled_back_by', None), ('rolled_back_at__isnull', False), _connector='OR'), name='who_rolled_back_did_it_some_time')],
                },
            ),
            migrations.CreateModel(
                name='Avatar',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('chatbot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='avatars', to='chatbots.chatbot')),
                    ('digest', models.CharField(max_length=64)),
                    ('image', models.BinaryField()),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('chatbot', 'digest'), name='one_row_per_picture')],
                },
            ),
            migrations.CreateModel(
                name='SettingsChange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('chatbot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='chatbots.chatbot')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('before', models.JSONField()),
                    ('after', models.JSONField()),
                    ('push', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='changes', to='chatbots.blueprintpush')),
                    ('undone_at', models.DateTimeField(null=True)),
                    ('undone_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['-pk'],
                    'indexes': [models.Index(fields=['chatbot', '-id'], name='changes_newest_first')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('undone_by', None), ('undone_at__isnull', False), _connector='OR'), name='who_undid_a_change_did_it_some_time'), models.UniqueConstraint(fields=('push', 'chatbot'), name='one_change_per_push_and_chatbot')],
                },
            ),
            migrations.CreateModel(
                name='Conversation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conversations', to='workspaces.workspace')),
                    ('chatbot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conversations', to='chatbots.chatbot')),
                    ('token_hash', models.CharField(max_length=64)),
                    ('by_program', models.BooleanField(default=False)),
                    ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('last_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('heard_at', models.DateTimeField(editable=False, null=True)),
                    ('page_url', models.CharField(blank=True, max_length=500)),
                    ('page_title', models.CharField(blank=True, max_length=200)),
                    ('time_zone', models.CharField(blank=True, max_length=64)),
                    ('visitor_id', models.CharField(blank=True, max_length=120)),
                    ('visitor_name', models.CharField(blank=True, max_length=80)),
                    ('visitor_email', models.EmailField(blank=True, max_length=254)),
                    ('asked_at', models.DateTimeField(null=True)),
                    ('wanted_at', models.DateTimeField(null=True)),
                    ('told_at', models.DateTimeField(null=True)),
                    ('waits_since', models.DateTimeField(null=True)),
                    ('claimed_at', models.DateTimeField(null=True)),
                    ('claimed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('resolved_at', models.DateTimeField(null=True)),
                    ('resolved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('assignee', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list, size=None)),
                ],
                options={
                    'indexes': [models.Index(fields=['workspace', '-last_at', '-id'], name='conversations_newest_first'), models.Index(condition=models.Q(('wanted_at__isnull', False)), fields=['workspace'], name='conversations_that_wait'), models.Index(condition=models.Q(('waits_since__isnull', False)), fields=['waits_since'], name='conversations_late_first')],
                    'constraints': [models.UniqueConstraint(fields=('chatbot', 'token_hash'), name='one_conversation_per_token'), models.CheckConstraint(condition=models.Q(('claimed_by', None), ('claimed_at__isnull', False), _connector='OR'), name='who_claimed_did_it_some_time'), models.CheckConstraint(condition=models.Q(('resolved_by', None), ('resolved_at__isnull', False), _connector='OR'), name='who_resolved_did_it_some_time'), models.CheckConstraint(condition=models.Q(models.Q(('claimed_at', None), ('wanted_at', None)), models.Q(('resolved_at', None), ('wanted_at', None)), models.Q(('claimed_at', None), ('resolved_at', None)), _connector='OR'), name='conversation_stands_in_one_state'), models.CheckConstraint(condition=models.Q(('waits_since', None), ('wanted_at__isnull', False), ('claimed_at__isnull', False), _connector='OR'), name='who_waits_wants_or_has_a_person'), models.CheckConstraint(condition=models.Q(('tags__len__lte', 10)), name='tags_are_few')],
                },
            ),
            migrations.CreateModel(
                name='Message',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='chatbots.conversation')),
                    ('author', models.CharField(choices=[('visitor', 'Visitor'), ('ai', 'Chatbot'), ('person', 'Person'), ('notice', 'Notice')], max_length=10)),
                    ('text', models.TextField()),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('hold_id', models.BigIntegerField(null=True)),
                    ('free_key', models.CharField(max_length=120, null=True)),
                    ('cited', models.JSONField(default=list)),
                    ('links', models.JSONField(default=dict)),
                    ('found', models.BooleanField(default=True)),
                    ('mishap', models.CharField(blank=True, choices=[('', 'None'), ('quoted', 'The model failed, and the sources were quoted instead'), ('broke_off', 'The model stopped in the middle of its answer')], max_length=10)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('rating', models.SmallIntegerField(null=True)),
                    ('language', models.CharField(blank=True, max_length=20)),
                    ('first_ms', models.PositiveIntegerField(null=True)),
                    ('full_ms', models.PositiveIntegerField(null=True)),
                ],
                options={
                    'ordering': ['pk'],
                    'indexes': [models.Index(condition=models.Q(('found', False)), fields=['workspace', '-id'], name='unanswered_lines'), models.Index(condition=models.Q(('rating', -1)), fields=['conversation'], name='lines_rated_down')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('rating', None), ('rating__in', [1, -1]), _connector='OR'), name='rating_is_up_or_down'), models.UniqueConstraint(fields=('hold_id', 'author'), name='one_line_per_author_and_hold'), models.UniqueConstraint(fields=('free_key', 'author'), name='one_line_per_author_and_free_key'), models.CheckConstraint(condition=models.Q(models.Q(('author', 'notice'), ('free_key', None), ('hold_id', None)), models.Q(models.Q(('author', 'notice'), _negated=True), ('free_key', None), ('hold_id__isnull', False)), models.Q(models.Q(('author', 'notice'), _negated=True), ('free_key__isnull', False), ('hold_id', None)), _connector='OR'), name='line_is_held_for_or_free')],
                },
            ),
            migrations.CreateModel(
                name='Lead',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leads', to='workspaces.workspace')),
                    ('chatbot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leads', to='chatbots.chatbot')),
                    ('conversation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='leads', to='chatbots.conversation')),
                    ('kind', models.CharField(choices=[('message', 'Message'), ('handover', 'Hand-over')], max_length=10)),
                    ('name', models.CharField(blank=True, max_length=80)),
                    ('email', models.EmailField(max_length=254)),
                    ('text', models.TextField()),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('request_key', models.UUIDField(editable=False)),
                    ('told_at', models.DateTimeField(null=True)),
                    ('handled_at', models.DateTimeField(null=True)),
                    ('handled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['-pk'],
                    'indexes': [models.Index(condition=models.Q(('handled_at', None)), fields=['workspace', '-id'], name='open_leads'), models.Index(condition=models.Q(('told_at', None)), fields=['at'], name='leads_to_tell_of')],
                    'constraints': [models.UniqueConstraint(fields=('chatbot', 'request_key'), name='lead_once_per_request'), models.CheckConstraint(condition=models.Q(('kind__in', ['message', 'handover'])), name='lead_kind_is_known'), models.CheckConstraint(condition=models.Q(('handled_by', None), ('handled_at__isnull', False), _connector='OR'), name='who_handled_a_lead_did_it_some_time')],
                },
            ),
            migrations.CreateModel(
                name='IdentitySecret',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('chatbot', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='identity_secret', to='chatbots.chatbot')),
                    ('secret', models.BinaryField()),
                    ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name='Embedding',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('chatbot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='embeddings', to='chatbots.chatbot')),
                    ('host', models.CharField(max_length=260)),
                    ('first_seen_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('last_seen_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'ordering': ['-last_seen_at', '-pk'],
                    'constraints': [models.UniqueConstraint(fields=('chatbot', 'host'), name='embedding_once_per_chatbot_and_host')],
                },
            ),
            migrations.CreateModel(
                name='ApiKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_keys', to='workspaces.workspace')),
                    ('name', models.CharField(max_length=80)),
                    ('prefix', models.CharField(editable=False, max_length=16)),
                    ('secret_hash', models.CharField(editable=False, max_length=64, unique=True)),
                    ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('last_used_at', models.DateTimeField(null=True)),
                    ('revoked_at', models.DateTimeField(null=True)),
                    ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('request_key', models.UUIDField(editable=False)),
                ],
                options={
                    'ordering': ['-pk'],
                    'constraints': [models.UniqueConstraint(fields=('workspace', 'request_key'), name='api_key_once_per_request'), models.CheckConstraint(condition=models.Q(('revoked_by', None), ('revoked_at__isnull', False), _connector='OR'), name='who_revoked_a_key_did_it_some_time')],
                },
            ),
            migrations.CreateModel(
                name='DataSource',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sources', to='workspaces.workspace')),
                    ('chatbot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sources', to='chatbots.chatbot')),
                    ('kind', models.CharField(choices=[('website', 'Website'), ('file', 'File'), ('text', 'Text'), ('qa', 'Q&A')], max_length=10)),
                    ('title', models.CharField(max_length=200)),
                    ('text', models.TextField(blank=True)),
                    ('status', models.CharField(choices=[('queued', 'Queued'), ('processing', 'Processing'), ('trained', 'Trained'), ('failed', 'Failed')], default='trained', max_length=10)),
                    ('failure', models.CharField(blank=True, max_length=300)),
                    ('failed_at', models.DateTimeField(null=True)),
                    ('learned_at', models.DateTimeField(null=True)),
                    ('url', models.URLField(blank=True, max_length=2000)),
                    ('reach', models.CharField(blank=True, choices=[('page', 'This page only'), ('sitemap', 'The pages of a sitemap'), ('site', 'This page and those it leads to')], max_length=10)),
                    ('include', models.TextField(blank=True)),
                    ('exclude', models.TextField(blank=True)),
                    ('schedule', models.CharField(choices=[('never', 'Never'), ('daily', 'Every day'), ('weekly', 'Every week'), ('monthly', 'Every month')], default='never', max_length=10)),
                    ('due_at', models.DateTimeField(null=True)),
                    ('run', models.UUIDField(editable=False, null=True)),
                    ('stepped_at', models.DateTimeField(null=True)),
                    ('spent', models.PositiveIntegerField(default=0)),
                    ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('request_key', models.UUIDField(editable=False, null=True)),
                ],
                options={
                    'ordering': ['-added_at', '-pk'],
                    'indexes': [models.Index(condition=models.Q(('run__isnull', False)), fields=['stepped_at'], name='learnings_going_on'), models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='sources_to_fetch_anew')],
                    'constraints': [models.UniqueConstraint(fields=('chatbot', 'request_key'), name='source_once_per_request'), models.UniqueConstraint(condition=models.Q(('url', ''), _negated=True), fields=('chatbot', 'url'), name='website_once_per_chatbot')],
                },
            ),
            migrations.CreateModel(
                name='Page',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pages', to='chatbots.datasource')),
                    ('url', models.CharField(max_length=2000)),
                    ('depth', models.PositiveSmallIntegerField(default=0)),
                    ('status', models.CharField(choices=[('found', 'Found'), ('learned', 'Learned'), ('skipped', 'Skipped'), ('failed', 'Failed')], default='found', max_length=10)),
                    ('failure', models.CharField(blank=True, max_length=300)),
                    ('title', models.CharField(blank=True, max_length=200)),
                    ('text', models.TextField(blank=True)),
                    ('content', models.CharField(blank=True, max_length=64)),
                    ('body', models.CharField(blank=True, max_length=64)),
                    ('etag', models.CharField(blank=True, max_length=200)),
                    ('last_modified', models.CharField(blank=True, max_length=100)),
                    ('links', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                    ('size', models.PositiveIntegerField(default=0)),
                    ('run', models.UUIDField(editable=False, null=True)),
                    ('tries', models.PositiveSmallIntegerField(default=0)),
                    ('fetched_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['pk'],
                    'constraints': [models.UniqueConstraint(fields=('source', 'url'), name='page_once_per_source')],
                },
            ),
            migrations.CreateModel(
                name='Upload',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('source', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='upload', to='chatbots.datasource')),
                    ('name', models.CharField(max_length=200)),
                    ('data', models.BinaryField()),
                ],
            ),
            migrations.CreateModel(
                name='Passage',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('chatbot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passages', to='chatbots.chatbot')),
                    ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='passages', to='chatbots.datasource')),
                    ('page', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='passages', to='chatbots.page')),
                    ('position', models.PositiveIntegerField()),
                    ('heading', models.CharField(blank=True, max_length=300)),
                    ('text', models.TextField()),
                ],
                options={
                    'ordering': ['source', 'position'],
                    'constraints': [models.UniqueConstraint(fields=('source', 'position'), name='passage_once_per_position')],
                },
            ),
            migrations.CreateModel(
                name='MetricsMark',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('chatbot_id', models.BigIntegerField()),
                    ('kind', models.CharField(choices=[('begun', 'A conversation began'), ('page', 'The page was told where it began'), ('visitor', "A visitor's message"), ('answered', 'The chatbot answered from its sources'), ('unanswered', "The chatbot's sources held no answer"), ('said', 'The chatbot said what needs no source'), ('person', 'A person replied'), ('handed', 'A person was asked for, or took over'), ('up', 'A thumb up'), ('down', 'A thumb down'), ('lead', 'A visitor left a message')], max_length=10)),
                    ('at', models.DateTimeField()),
                    ('times', models.SmallIntegerField(default=1)),
                    ('is_free', models.BooleanField(default=False)),
                    ('is_visitor', models.BooleanField(default=False)),
                    ('heard_before', models.DateTimeField(null=True)),
                    ('first_ms', models.IntegerField(null=True)),
                    ('full_ms', models.IntegerField(null=True)),
                    ('terms', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('times__in', [1, -1])), name='mark_counts_once')],
                },
            ),
            migrations.CreateModel(
                name='MetricsDay',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('workspace', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('chatbot_id', models.BigIntegerField(default=0)),
                    ('day', models.DateField()),
                    ('conversations', models.IntegerField(default=0)),
                    ('visitors', models.IntegerField(default=0)),
                    ('visitor_messages', models.IntegerField(default=0)),
                    ('ai_replies', models.IntegerField(default=0)),
                    ('human_replies', models.IntegerField(default=0)),
                    ('free_messages', models.IntegerField(default=0)),
                    ('free_replies', models.IntegerField(default=0)),
                    ('answered', models.IntegerField(default=0)),
                    ('unanswered', models.IntegerField(default=0)),
                    ('handed_over', models.IntegerField(default=0)),
                    ('thumbs_up', models.IntegerField(default=0)),
                    ('thumbs_down', models.IntegerField(default=0)),
                    ('leads', models.IntegerField(default=0)),
                    ('begun_by_hour', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)),
                    ('asked_by_hour', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)),
                    ('returned', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)),
                    ('first_words', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)),
                    ('full_answers', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)),
                ],
                options={
                    'indexes': [models.Index(fields=['agency', 'chatbot_id', 'day'], name='metrics_of_all_workspaces')],
                    'constraints': [models.UniqueConstraint(models.F('agency'), django.db.models.functions.comparison.Coalesce('workspace', models.Value(0), output_field=models.BigIntegerField()), models.F('chatbot_id'), models.F('day'), name='metrics_once_per_day'), models.CheckConstraint(condition=models.Q(('workspace__isnull', False), ('chatbot_id', 0), _connector='OR'), name='chatbot_of_metrics_has_a_workspace')],
                },
            ),
            migrations.CreateModel(
                name='MetricsTerm',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('workspace', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('chatbot_id', models.BigIntegerField(default=0)),
                    ('day', models.DateField()),
                    ('dimension', models.CharField(choices=[('language', 'Language'), ('page', 'Page'), ('source', 'Source')], max_length=10)),
                    ('value', models.CharField(blank=True, max_length=200)),
                    ('times', models.IntegerField()),
                ],
                options={
                    'constraints': [models.UniqueConstraint(models.F('agency'), django.db.models.functions.comparison.Coalesce('workspace', models.Value(0), output_field=models.BigIntegerField()), models.F('chatbot_id'), models.F('dimension'), models.F('day'), models.F('value'), name='metrics_term_once_per_day')],
                },
            ),
            migrations.CreateModel(
                name='OnboardingStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='onboarding_steps', to='agencies.agency')),
                    ('key', models.CharField(choices=[('approved', 'Approved'), ('workspace', 'First sub-workspace'), ('chatbot', 'First chatbot'), ('customized', 'First chatbot customized'), ('source', 'First data source'), ('answer', 'First answer from a source'), ('allocation', 'First allocation'), ('look', 'First look at analytics')], max_length=20)),
                    ('done_at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'verbose_name': 'onboarding',
                    'verbose_name_plural': 'onboarding',
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('agency', 'key'), name='onboarding_step_once_per_agency'), models.CheckConstraint(condition=models.Q(('key__in', ['approved', 'workspace', 'chatbot', 'customized', 'source', 'answer', 'allocation', 'look'])), name='onboarding_step_is_known')],
                },
            ),
            migrations.CreateModel(
                name='HiddenOnboarding',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'verbose_name_plural': 'hidden onboarding',
                    'default_permissions': (),
                    'constraints': [models.UniqueConstraint(fields=('agency', 'user'), name='onboarding_hidden_once_per_person_and_agency')],
                },
            ),
            migrations.CreateModel(
                name='Note',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='chatbots.conversation')),
                    ('text', models.TextField()),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('request_key', models.UUIDField(editable=False)),
                ],
                options={
                    'ordering': ['pk'],
                    'constraints': [models.UniqueConstraint(fields=('conversation', 'request_key'), name='note_once_per_request'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='note_says_something')],
                },
            ),
            migrations.CreateModel(
                name='Reading',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='chatbots.conversation')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('conversation', 'user'), name='reading_once_per_conversation_and_person')],
                },
            ),
            migrations.CreateModel(
                name='CaughtUp',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'verbose_name_plural': 'caught up',
                    'constraints': [models.UniqueConstraint(fields=('workspace', 'user'), name='caught_up_once_per_workspace')],
                },
            ),
            migrations.CreateModel(
                name='Duty',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duties', to='workspaces.workspace')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'verbose_name_plural': 'duties',
                    'constraints': [models.UniqueConstraint(fields=('workspace', 'user'), name='on_duty_once_per_workspace')],
                },
            ),
            migrations.CreateModel(
                name='SavedView',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('agency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                    ('workspace', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
                    ('name', models.CharField(max_length=60)),
                    ('query', models.CharField(blank=True, max_length=500)),
                ],
                options={
                    'ordering': ['name', 'pk'],
                    'constraints': [models.UniqueConstraint(fields=('user', 'workspace', 'name'), name='saved_view_name_once_per_person_and_workspace'), models.UniqueConstraint(condition=models.Q(('workspace', None)), fields=('user', 'agency', 'name'), name='saved_view_name_once_per_person_and_agency')],
                },
            ),
            migrations.CreateModel(
                name='RightAnswer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('chatbot', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='right_answers', to='chatbots.chatbot')),
                    ('message', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='right_answer', to='chatbots.message')),
                    ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='chatbots.datasource')),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
            ),
            migrations.CreateModel(
                name='Forgotten',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('conversation_id', models.BigIntegerField(unique=True)),
                    ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'verbose_name_plural': 'forgotten',
                },
            ),
            migrations.CreateModel(
                name='AgencyProvider',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('base_url', models.URLField(max_length=300)),
                    ('model', models.CharField(max_length=100)),
                    ('key', models.BinaryField()),
                    ('key_end', models.CharField(max_length=4)),
                    ('falls_back', models.BooleanField(default=False)),
                    ('set_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('agency', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='provider', to='agencies.agency')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='ChatbotProvider',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('base_url', models.URLField(max_length=300)),
                    ('model', models.CharField(max_length=100)),
                    ('key', models.BinaryField()),
                    ('key_end', models.CharField(max_length=4)),
                    ('falls_back', models.BooleanField(default=False)),
                    ('set_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
                    ('chatbot', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='provider', to='chatbots.chatbot')),
                ],
                options={
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Report',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='workspaces.workspace')),
                    ('month', models.DateField()),
                    ('comment', models.TextField(blank=True, max_length=2000)),
                    ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                    ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('approved_at', models.DateTimeField(null=True)),
                    ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('sent_at', models.DateTimeField(null=True)),
                    ('sent_to', django.contrib.postgres.fields.ArrayField(base_field=models.EmailField(max_length=254), default=list, size=None)),
                    ('figures', models.JSONField(null=True)),
                    ('token_hash', models.CharField(max_length=64, null=True, unique=True)),
                    ('link_ends_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ['-month', 'pk'],
                    'constraints': [models.UniqueConstraint(fields=('workspace', 'month'), name='one_report_per_client_and_month'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='a_month_is_named_by_its_first_day'), models.CheckConstraint(condition=models.Q(models.Q(('figures', None), ('sent_at', None), ('token_hash', None)), models.Q(('figures__isnull', False), ('link_ends_at__isnull', False), ('sent_at__isnull', False)), _connector='OR'), name='what_was_sent_has_figures_and_an_end'), models.CheckConstraint(condition=models.Q(('approved_by', None), ('approved_at__isnull', False), _connector='OR'), name='who_approved_did_it_some_time')],
                },
            ),
            migrations.CreateModel(
                name='ReportRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='report_rule', to='workspaces.workspace')),
                    ('day', models.PositiveSmallIntegerField()),
                    ('recipients', django.contrib.postgres.fields.ArrayField(base_field=models.EmailField(max_length=254), default=list, size=None)),
                    ('unread', models.BooleanField(default=False)),
                    ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('day__range', (1, 28))), name='reports_are_sent_on_a_day_that_is'), models.CheckConstraint(condition=models.Q(('recipients__len__range', (1, 10))), name='reports_have_some_recipients')],
                },
            ),
        ),
        *(
            migrations.RunSQL(f"ALTER TABLE {table} ADD CONSTRAINT {table}_with_its_{of} UNIQUE (id, {of}_id)")
            for table, of in KEYS
        ),
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, workspace_id) "
                f"REFERENCES {parent} (id, workspace_id) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE"
            )
            for name, table, column, parent in TENANCY
        ),
        migrations.RunSQL(LATER),
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, agency_id) "
                f"REFERENCES {parent} (id, agency_id) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE"
            )
            for name, table, column, parent in AGENCIES
        ),
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_tenancy FOREIGN KEY (workspace_id, agency_id) "
                "REFERENCES workspaces_workspace (id, agency_id) DEFERRABLE INITIALLY IMMEDIATE"
            )
            for table in WORKSPACES
        ),
        migrations.RunSQL(_editions.FUNCTIONS + _editions.PASSAGES + _editions.WITH_ADDRESSES),
        migrations.RunSQL(_marks.FUNCTIONS + _marks.SUMS + _marks.TRIGGERS),
    ]
