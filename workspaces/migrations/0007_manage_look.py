"""The permission to change a chatbot's look, which was part of its settings: who may change those holds it from now on.

Where an agency withholds the settings from a workspace, it withholds the look too.
"""

from django.db import migrations

CODENAME, NAME = "manage_look", "Change a chatbot's look"
PERMISSIONS = [
    ("see", "See the workspace, its chatbots and its people"),
    ("see_analytics", "See how much is used, and when"),
    ("embed", "Open a chatbot's page, and see its address"),
    ("create_chatbots", "Create and clone chatbots"),
    ("manage_settings", "Change a chatbot's settings"),
    ("manage_look", "Change a chatbot's look"),
    ("manage_sources", "Add and change data sources"),
    ("delete", "Delete chatbots and data sources"),
    ("handle_conversations", "Read and handle what visitors leave"),
    ("manage_members", "Invite members, change their roles and remove them"),
    ("see_audit", "Read the audit log"),
]


def grant(apps, app, tenant, grants):
    """Add the grant for everybody who holds the settings. What they hold besides stays as it is."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=tenant)
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=CODENAME, defaults={"name": NAME}
    )
    grant = apps.get_model(app, grants)
    held = grant.objects.filter(permission__codename="manage_settings").values_list("user_id", "content_object_id")
    grant.objects.bulk_create(
        [grant(user_id=user, content_object_id=where, permission=permission) for user, where in held],
        ignore_conflicts=True,
        batch_size=2000,
    )


def grant_all(apps, schema_editor):
    if not apps.get_model("agencies", "Staff").objects.exists():  # a new house has nobody yet
        return
    grant(apps, "agencies", "agency", "AgencyUserObjectPermission")
    grant(apps, "workspaces", "workspace", "WorkspaceUserObjectPermission")
    for workspace in apps.get_model("workspaces", "Workspace").objects.filter(withheld__contains=["manage_settings"]):
        workspace.withheld = sorted({*workspace.withheld, CODENAME})
        workspace.save(update_fields=["withheld"])


class Migration(migrations.Migration):
    dependencies = [
        ("workspaces", "0006_handle_conversations"),
        ("agencies", "0006_manage_look"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.AlterModelOptions(
            name="workspace", options={"default_permissions": ("change", "view"), "permissions": PERMISSIONS}
        ),
        migrations.RunPython(grant_all, migrations.RunPython.noop),
    ]
