"""An answer links its sources, so an index is out of date too once the address of one is another."""

from django.db import migrations

from chatbots.migrations._editions import WITH_ADDRESSES

GONE = """
DROP TRIGGER source_renamed ON chatbots_datasource;
DROP TRIGGER page_renamed ON chatbots_page;
"""
TITLES_ONLY = """
CREATE TRIGGER source_renamed AFTER UPDATE OF title ON chatbots_datasource
    FOR EACH ROW WHEN (OLD.title IS DISTINCT FROM NEW.title) EXECUTE FUNCTION chatbots_source_renamed();
CREATE TRIGGER page_renamed AFTER UPDATE OF title ON chatbots_page
    FOR EACH ROW WHEN (OLD.title IS DISTINCT FROM NEW.title) EXECUTE FUNCTION chatbots_page_renamed();
"""


class Migration(migrations.Migration):
    dependencies = [("chatbots", "0009_settings")]
    operations = [migrations.RunSQL(GONE + WITH_ADDRESSES, GONE + TITLES_ONLY)]
