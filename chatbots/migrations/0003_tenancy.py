"""A child names its parent and that parent's workspace: the database refuses any other pair, whatever the query.

When a chatbot moves to another workspace, what belongs to it follows.
"""

from django.db import migrations

PARENTS = ["chatbots_chatbot", "chatbots_datasource", "chatbots_conversation"]
CHILDREN = [
    ("chatbots_datasource", "chatbot_id", "chatbots_chatbot"),
    ("chatbots_passage", "source_id", "chatbots_datasource"),
    ("chatbots_conversation", "chatbot_id", "chatbots_chatbot"),
    ("chatbots_message", "conversation_id", "chatbots_conversation"),
]


class Migration(migrations.Migration):
    dependencies = [("chatbots", "0002_initial")]
    operations = [
        *[
            migrations.RunSQL(
                f"ALTER TABLE {parent} ADD CONSTRAINT {parent}_with_its_workspace UNIQUE (id, workspace_id)",
                f"ALTER TABLE {parent} DROP CONSTRAINT {parent}_with_its_workspace",
            )
            for parent in PARENTS
        ],
        *[
            migrations.RunSQL(
                f"ALTER TABLE {child} ADD CONSTRAINT {child}_tenancy FOREIGN KEY ({column}, workspace_id) "
                f"REFERENCES {parent} (id, workspace_id) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE",
                f"ALTER TABLE {child} DROP CONSTRAINT {child}_tenancy",
            )
            for child, column, parent in CHILDREN
        ],
    ]
