"""Owners and admins may buy add-ons: the permission, and guardian's grants for those who are staff already."""

from django.db import migrations

PERMISSIONS = [
    ("see", "See the workspace, its chatbots and its people"),
    ("see_analytics", "See how much is used, and when"),
    ("embed", "Open a chatbot's page, and see its address"),
    ("create_chatbots", "Create and clone chatbots"),
    ("manage_settings", "Change a chatbot's settings"),
    ("manage_sources", "Add and change data sources"),
    ("delete", "Delete chatbots and data sources"),
    ("handle_conversations", "Read and handle what visitors leave"),
    ("manage_members", "Invite members, change their roles and remove them"),
    ("see_audit", "Read the audit log"),
    ("see_agency", "See the agency, all its workspaces and the pool"),
    ("manage_workspaces", "Add, rename and narrow workspaces, set caps, move chatbots, free seats"),
    ("close_workspaces", "Pause, archive, restore and delete workspaces"),
    ("manage_staff", "Invite staff, change their roles and remove them"),
    ("require_second_factor", "Require a second factor of staff"),
    ("apply", "Ask for the agency model"),
    ("buy", "Buy add-ons"),
]


def grant_all(apps, schema_editor):
    staff = apps.get_model("agencies", "Staff").objects.filter(role__in=("owner", "admin"))
    if not staff.exists():  # a new house has nobody yet, and Django makes the permission after the last migration
        return
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="agencies", model="agency"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename="buy", defaults={"name": "Buy add-ons"}
    )
    grant = apps.get_model("agencies", "AgencyUserObjectPermission")
    for user_id, agency_id in staff.values_list("user_id", "agency_id"):
        grant.objects.get_or_create(user_id=user_id, content_object_id=agency_id, permission=permission)


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0004_handle_conversations"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.AlterModelOptions(
            name="agency",
            options={
                "default_permissions": ("change", "view"),
                "permissions": PERMISSIONS,
                "verbose_name_plural": "agencies",
            },
        ),
        migrations.RunPython(grant_all, migrations.RunPython.noop),
    ]
