"""Days of metrics, the marks they are summed from, and what a line has to remember for them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0010_launch'),
        ('chatbots', '0016_onboarding'),
        ('workspaces', '0008_conversations'),
    ]

    operations = [
        migrations.AddField(
            model_name='conversation',
            name='heard_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='message',
            name='first_ms',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='message',
            name='full_ms',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='message',
            name='language',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.CreateModel(
            name='MetricsDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
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
                ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                ('workspace', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['agency', 'chatbot_id', 'day'], name='metrics_of_all_workspaces')],
                'constraints': [models.UniqueConstraint(models.F('agency'), django.db.models.functions.comparison.Coalesce('workspace', models.Value(0), output_field=models.BigIntegerField()), models.F('chatbot_id'), models.F('day'), name='metrics_once_per_day'), models.CheckConstraint(condition=models.Q(('workspace__isnull', False), ('chatbot_id', 0), _connector='OR'), name='chatbot_of_metrics_has_a_workspace')],
            },
        ),
        migrations.CreateModel(
            name='MetricsMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
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
                ('agency', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                ('workspace', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('times__in', [1, -1])), name='mark_counts_once')],
            },
        ),
        migrations.CreateModel(
            name='MetricsTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chatbot_id', models.BigIntegerField(default=0)),
                ('day', models.DateField()),
                ('dimension', models.CharField(choices=[('language', 'Language'), ('page', 'Page'), ('source', 'Source')], max_length=10)),
                ('value', models.CharField(blank=True, max_length=200)),
                ('times', models.IntegerField()),
                ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='agencies.agency')),
                ('workspace', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('agency'), django.db.models.functions.comparison.Coalesce('workspace', models.Value(0), output_field=models.BigIntegerField()), models.F('chatbot_id'), models.F('dimension'), models.F('day'), models.F('value'), name='metrics_term_once_per_day')],
            },
        ),
        *[
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_tenancy FOREIGN KEY (workspace_id, agency_id) "
                "REFERENCES workspaces_workspace (id, agency_id) DEFERRABLE INITIALLY IMMEDIATE",
                f"ALTER TABLE {table} DROP CONSTRAINT {table}_tenancy",
            )
            for table in ("chatbots_metricsday", "chatbots_metricsterm")
        ],
    ]
