"""Guardian's grants follow the permission table as it stands with this version."""

from django.db import migrations

READING = {"see", "see_analytics", "embed", "see_audit", "see_agency"}
EDITING = {"see", "see_analytics", "embed", "create_chatbots", "manage_settings", "manage_sources", "delete"}
ADMIN = READING | EDITING | {"manage_members", "manage_workspaces", "close_workspaces", "manage_staff"}
ADMIN |= {"buy"}  # of `agencies.0005_buy`, which may have been there before
STAFF = {"owner": ADMIN | {"require_second_factor", "apply"}, "admin": ADMIN, "analyst": READING}
MEMBERS = {
    "manager": EDITING | {"manage_members", "see_audit"},
    "editor": EDITING,
    "agent": {"see", "embed"},
    "viewer": {"see", "embed", "see_analytics"},
}


def project(apps, people, tenant, app, model, grants, may):
    """Write the grants anew, and the permissions they name, which Django would make only after the last migration."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=model)
    permission, grant = apps.get_model("auth", "Permission"), apps.get_model(app, grants)
    grant.objects.all().delete()
    made = {}
    for codename in sorted(set().union(*may.values())):
        made[codename], _ = permission.objects.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": codename.replace("_", " ").capitalize()}
        )
    permission.objects.filter(content_type=content_type, codename="manage_chatbots").delete()
    for user_id, tenant_id, role in people.objects.values_list("user_id", f"{tenant}_id", "role"):
        grant.objects.bulk_create(
            grant(user_id=user_id, content_object_id=tenant_id, permission=made[codename]) for codename in may[role]
        )


def project_all(apps, schema_editor):
    staff, members = apps.get_model("agencies", "Staff"), apps.get_model("workspaces", "Membership")
    if staff.objects.exists():  # a new house has nobody yet
        project(apps, staff, "agency", "agencies", "agency", "AgencyUserObjectPermission", STAFF)
        project(apps, members, "workspace", "workspaces", "workspace", "WorkspaceUserObjectPermission", MEMBERS)


class Migration(migrations.Migration):
    dependencies = [
        ("workspaces", "0003_closing"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(project_all, migrations.RunPython.noop)]
