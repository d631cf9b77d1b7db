"""An answer links its sources, so an index is out of date too once the address of one is another."""

from django.db import migrations

GONE = """
DROP TRIGGER source_renamed ON chatbots_datasource;
DROP TRIGGER page_renamed ON chatbots_page;
"""
WITH_ADDRESSES = """
CREATE TRIGGER source_renamed AFTER UPDATE OF title, url, kind ON chatbots_datasource
    FOR EACH ROW WHEN ((OLD.title, OLD.url, OLD.kind) IS DISTINCT FROM (NEW.title, NEW.url, NEW.kind))
    EXECUTE FUNCTION chatbots_source_renamed();
CREATE TRIGGER page_renamed AFTER UPDATE OF title, url ON chatbots_page
    FOR EACH ROW WHEN ((OLD.title, OLD.url) IS DISTINCT FROM (NEW.title, NEW.url))
    EXECUTE FUNCTION chatbots_page_renamed();
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
