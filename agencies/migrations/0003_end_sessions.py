"""People sign in once more: what began before sign-ins were listed could not be ended from the list."""

from django.db import migrations

END = """
DO $$ BEGIN
    IF to_regclass('django_session') IS NOT NULL THEN DELETE FROM django_session; END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0002_audit")]
    operations = [migrations.RunSQL(END, migrations.RunSQL.noop)]
