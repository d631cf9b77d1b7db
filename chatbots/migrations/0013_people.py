"""People's side of conversations: who has one and since when, notes, tags, duty, kept filters, right answers.

Each row names its parent together with the workspace, as everywhere, so it follows a chatbot that moves.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


TENANCY = [  # (table, column, parent)
    ("chatbots_note", "conversation_id", "chatbots_conversation"),
    ("chatbots_reading", "conversation_id", "chatbots_conversation"),
    ("chatbots_rightanswer", "chatbot_id", "chatbots_chatbot"),
]
SAVED_VIEWS = """
ALTER TABLE chatbots_savedview ADD CONSTRAINT chatbots_savedview_tenancy FOREIGN KEY (workspace_id, agency_id)
    REFERENCES workspaces_workspace (id, agency_id) DEFERRABLE INITIALLY IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0005_buy'),
        ('chatbots', '0012_identity'),
        ('workspaces', '0008_conversations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Duty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name_plural': 'duties',
            },
        ),
        migrations.CreateModel(
            name='Forgotten',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('conversation_id', models.BigIntegerField(unique=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name_plural': 'forgotten',
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('request_key', models.UUIDField(editable=False)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='RightAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('query', models.CharField(blank=True, max_length=500)),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='message',
            name='line_is_held_for_or_free',
        ),
        migrations.AddField(
            model_name='conversation',
            name='asked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='conversation',
            name='assignee',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='conversation',
            name='tags',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='conversation',
            name='told_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='conversation',
            name='waits_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='message',
            name='author',
            field=models.CharField(choices=[('visitor', 'Visitor'), ('ai', 'Chatbot'), ('person', 'Person'), ('notice', 'Notice')], max_length=10),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('wanted_at__isnull', False)), fields=['workspace'], name='conversations_that_wait'),
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('waits_since__isnull', False)), fields=['waits_since'], name='conversations_late_first'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('found', False)), fields=['workspace', '-id'], name='unanswered_lines'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('rating', -1)), fields=['conversation'], name='lines_rated_down'),
        ),
        migrations.AddConstraint(
            model_name='conversation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('claimed_at', None), ('wanted_at', None)), models.Q(('resolved_at', None), ('wanted_at', None)), models.Q(('claimed_at', None), ('resolved_at', None)), _connector='OR'), name='conversation_stands_in_one_state'),
        ),
        migrations.AddConstraint(
            model_name='conversation',
            constraint=models.CheckConstraint(condition=models.Q(('waits_since', None), ('wanted_at__isnull', False), ('claimed_at__isnull', False), _connector='OR'), name='who_waits_wants_or_has_a_person'),
        ),
        migrations.AddConstraint(
            model_name='conversation',
            constraint=models.CheckConstraint(condition=models.Q(('tags__len__lte', 10)), name='tags_are_few'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('author', 'notice'), ('free_key', None), ('hold_id', None)), models.Q(models.Q(('author', 'notice'), _negated=True), ('free_key', None), ('hold_id__isnull', False)), models.Q(models.Q(('author', 'notice'), _negated=True), ('free_key__isnull', False), ('hold_id', None)), _connector='OR'), name='line_is_held_for_or_free'),
        ),
        migrations.AddField(
            model_name='duty',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='duty',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='duties', to='workspaces.workspace'),
        ),
        migrations.AddField(
            model_name='forgotten',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace'),
        ),
        migrations.AddField(
            model_name='note',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='note',
            name='conversation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='chatbots.conversation'),
        ),
        migrations.AddField(
            model_name='note',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace'),
        ),
        migrations.AddField(
            model_name='reading',
            name='conversation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='chatbots.conversation'),
        ),
        migrations.AddField(
            model_name='reading',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reading',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace'),
        ),
        migrations.AddField(
            model_name='rightanswer',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rightanswer',
            name='chatbot',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='right_answers', to='chatbots.chatbot'),
        ),
        migrations.AddField(
            model_name='rightanswer',
            name='message',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='right_answer', to='chatbots.message'),
        ),
        migrations.AddField(
            model_name='rightanswer',
            name='source',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='chatbots.datasource'),
        ),
        migrations.AddField(
            model_name='rightanswer',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace'),
        ),
        migrations.AddField(
            model_name='savedview',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency'),
        ),
        migrations.AddField(
            model_name='savedview',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='savedview',
            name='workspace',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace'),
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=models.UniqueConstraint(fields=('workspace', 'user'), name='on_duty_once_per_workspace'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.UniqueConstraint(fields=('conversation', 'request_key'), name='note_once_per_request'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='note_says_something'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.UniqueConstraint(fields=('conversation', 'user'), name='reading_once_per_conversation_and_person'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(fields=('user', 'workspace', 'name'), name='saved_view_name_once_per_person_and_workspace'),
        ),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(condition=models.Q(('workspace', None)), fields=('user', 'agency', 'name'), name='saved_view_name_once_per_person_and_agency'),
        ),
        *[
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_tenancy FOREIGN KEY ({column}, workspace_id) "
                f"REFERENCES {parent} (id, workspace_id) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE",
                f"ALTER TABLE {table} DROP CONSTRAINT {table}_tenancy",
            )
            for table, column, parent in TENANCY
        ],
        migrations.RunSQL(
            SAVED_VIEWS, "ALTER TABLE chatbots_savedview DROP CONSTRAINT chatbots_savedview_tenancy"
        ),
    ]
