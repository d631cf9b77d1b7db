"""The sites on which a chatbot was seen."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

TENANCY = """
ALTER TABLE chatbots_embedding ADD CONSTRAINT chatbots_embedding_tenancy
    FOREIGN KEY (chatbot_id, workspace_id) REFERENCES chatbots_chatbot (id, workspace_id)
    ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("chatbots", "0014_inbox"), ("workspaces", "0008_conversations")]
    operations = [
        migrations.CreateModel(
            name="Embedding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("host", models.CharField(max_length=260)),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "chatbot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="embeddings", to="chatbots.chatbot"
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"
                    ),
                ),
            ],
            options={
                "ordering": ["-last_seen_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("chatbot", "host"), name="embedding_once_per_chatbot_and_host")
                ],
            },
        ),
        migrations.RunSQL(TENANCY, migrations.RunSQL.noop),
    ]
