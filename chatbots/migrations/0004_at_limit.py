"""Answers at the limit, which no hold pays for, and what visitors leave for the team.

A lead names its chatbot, and its conversation, together with their workspace. When a chatbot moves, both parents hand
its new workspace on, in an order that nobody promises: the second of them is looked at once all have moved.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


TENANCY = [  # (constraint, column, parent, when it is looked at)
    ("chatbots_lead_tenancy", "chatbot_id", "chatbots_chatbot", "IMMEDIATE"),
    ("chatbots_lead_talk_tenancy", "conversation_id", "chatbots_conversation", "DEFERRED"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("chatbots", "0003_tenancy"),
        ("workspaces", "0005_allocation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Lead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("message", "Message"), ("handover", "Hand-over")], max_length=10)),
                ("name", models.CharField(blank=True, max_length=80)),
                ("email", models.EmailField(max_length=254)),
                ("text", models.TextField()),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("request_key", models.UUIDField(editable=False)),
                ("told_at", models.DateTimeField(null=True)),
                ("handled_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.AddField(
            model_name="message",
            name="free_key",
            field=models.CharField(max_length=120, null=True),
        ),
        migrations.AlterField(
            model_name="message",
            name="hold_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(fields=("free_key", "author"), name="one_line_per_author_and_free_key"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("free_key", None), ("hold_id__isnull", False)),
                    models.Q(("free_key__isnull", False), ("hold_id", None)),
                    _connector="OR",
                ),
                name="line_is_held_for_or_free",
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="chatbot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="leads", to="chatbots.chatbot"
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="conversation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="leads",
                to="chatbots.conversation",
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="handled_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="lead",
            name="workspace",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="leads", to="workspaces.workspace"
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                condition=models.Q(("handled_at", None)), fields=["workspace", "-id"], name="open_leads"
            ),
        ),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(condition=models.Q(("told_at", None)), fields=["at"], name="leads_to_tell_of"),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.UniqueConstraint(fields=("chatbot", "request_key"), name="lead_once_per_request"),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["message", "handover"])), name="lead_kind_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="lead",
            constraint=models.CheckConstraint(
                condition=models.Q(("handled_by", None), ("handled_at__isnull", False), _connector="OR"),
                name="who_handled_a_lead_did_it_some_time",
            ),
        ),
        *[
            migrations.RunSQL(
                f"ALTER TABLE chatbots_lead ADD CONSTRAINT {name} FOREIGN KEY ({column}, workspace_id) "
                f"REFERENCES {parent} (id, workspace_id) ON UPDATE CASCADE DEFERRABLE INITIALLY {when}",
                f"ALTER TABLE chatbots_lead DROP CONSTRAINT {name}",
            )
            for name, column, parent, when in TENANCY
        ],
    ]
