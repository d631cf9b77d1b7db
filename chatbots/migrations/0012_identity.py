"""The secret with which a site signs who its visitor is."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

TENANCY = """
ALTER TABLE chatbots_identitysecret ADD CONSTRAINT chatbots_identitysecret_tenancy
    FOREIGN KEY (chatbot_id, workspace_id) REFERENCES chatbots_chatbot (id, workspace_id)
    ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("chatbots", "0011_blueprints"),
        ("workspaces", "0006_handle_conversations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="IdentitySecret",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("secret", models.BinaryField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "chatbot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identity_secret",
                        to="chatbots.chatbot",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="workspaces.workspace"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(TENANCY, migrations.RunSQL.noop),
    ]
