"""Passages are found by an index in memory: their stems go, and a change of them is written into their chatbot's row.

Triggers do it, in the transaction of the change, so that nobody who writes passages or their titles can forget.
"""

import uuid

from django.db import migrations, models

from chatbots.migrations._editions import FUNCTIONS, PASSAGES

TITLES = """
CREATE TRIGGER source_renamed AFTER UPDATE OF title ON chatbots_datasource
    FOR EACH ROW WHEN (OLD.title IS DISTINCT FROM NEW.title) EXECUTE FUNCTION chatbots_source_renamed();
CREATE TRIGGER page_renamed AFTER UPDATE OF title ON chatbots_page
    FOR EACH ROW WHEN (OLD.title IS DISTINCT FROM NEW.title) EXECUTE FUNCTION chatbots_page_renamed();
"""
GONE = """
DROP TRIGGER passages_added ON chatbots_passage;
DROP TRIGGER passages_revised ON chatbots_passage;
DROP TRIGGER passages_deleted ON chatbots_passage;
DROP TRIGGER source_renamed ON chatbots_datasource;
DROP TRIGGER page_renamed ON chatbots_page;
DROP FUNCTION chatbots_passages_changed();
DROP FUNCTION chatbots_source_renamed();
DROP FUNCTION chatbots_page_renamed();
"""


class Migration(migrations.Migration):
    dependencies = [("chatbots", "0005_knowledge")]
    operations = [
        migrations.RemoveIndex(model_name="passage", name="passage_stems"),
        migrations.RemoveField(model_name="passage", name="search"),
        migrations.AddField(
            model_name="chatbot",
            name="edition",
            field=models.UUIDField(default=uuid.uuid4, editable=False),
        ),
        migrations.RunSQL(FUNCTIONS + PASSAGES + TITLES, GONE),
    ]
