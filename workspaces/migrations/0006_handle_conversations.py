"""The permission to read and handle what visitors leave, and guardian's grants of it for whoever is here already."""

from django.db import migrations


CODENAME, NAME = "handle_conversations", "Read and handle what visitors leave"
STAFF, MEMBERS = ("owner", "admin"), ("manager", "editor", "agent")


def grant(apps, people, tenant, app, grants, roles):
    """Add the grant for everybody of these roles. What they hold besides stays as it is."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=tenant)
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename=CODENAME, defaults={"name": NAME}
    )
    rows = people.objects.filter(role__in=roles).values_list("user_id", f"{tenant}_id")
    grant = apps.get_model(app, grants)
    grant.objects.bulk_create(
        [grant(user_id=user, content_object_id=where, permission=permission) for user, where in rows],
        ignore_conflicts=True,
        batch_size=2000,
    )


def grant_all(apps, schema_editor):
    staff, members = apps.get_model("agencies", "Staff"), apps.get_model("workspaces", "Membership")
    if staff.objects.exists():  # a new house has nobody yet
        grant(apps, staff, "agency", "agencies", "AgencyUserObjectPermission", STAFF)
        grant(apps, members, "workspace", "workspaces", "WorkspaceUserObjectPermission", MEMBERS)


class Migration(migrations.Migration):
    dependencies = [
        ("workspaces", "0005_allocation"),
        ("agencies", "0004_handle_conversations"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="workspace",
            options={
                "default_permissions": ("change", "view"),
                "permissions": [
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
                ],
            },
        ),
        migrations.RunPython(grant_all, migrations.RunPython.noop),
    ]
