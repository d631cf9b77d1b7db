"""Support's hours to begin with, and the wall: a meeting names an application together with that one's agency."""

from datetime import time

from django.db import migrations

ONLY, WORKDAYS = 1, range(5)


def open_office(apps, schema_editor):
    availability, _ = apps.get_model("agencies", "Availability").objects.get_or_create(pk=ONLY)
    hours = apps.get_model("agencies", "OfficeHours")
    for weekday in WORKDAYS:
        hours.objects.get_or_create(availability=availability, weekday=weekday, opens=time(9), closes=time(17))


class Migration(migrations.Migration):
    dependencies = [("agencies", "0007_meetings")]
    operations = [
        migrations.RunPython(open_office, migrations.RunPython.noop),
        migrations.RunSQL(
            "ALTER TABLE agencies_application ADD CONSTRAINT agencies_application_with_its_agency UNIQUE (id, agency_id);"
            "ALTER TABLE agencies_meeting ADD CONSTRAINT agencies_meeting_tenancy FOREIGN KEY (application_id, agency_id) "
            "REFERENCES agencies_application (id, agency_id) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE",
            "ALTER TABLE agencies_meeting DROP CONSTRAINT agencies_meeting_tenancy;"
            "ALTER TABLE agencies_application DROP CONSTRAINT agencies_application_with_its_agency",
        ),
    ]
