"""The permission to change a chatbot's look. Who holds it, `workspaces.0007` writes."""

from django.db import migrations

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
    ("see_agency", "See the agency, all its workspaces and the pool"),
    ("manage_workspaces", "Add, rename and narrow workspaces, set caps, move chatbots, free seats"),
    ("close_workspaces", "Pause, archive, restore and delete workspaces"),
    ("manage_staff", "Invite staff, change their roles and remove them"),
    ("require_second_factor", "Require a second factor of staff"),
    ("apply", "Ask for the agency model"),
    ("buy", "Buy add-ons"),
]


class Migration(migrations.Migration):
    dependencies = [("agencies", "0005_buy")]
    operations = [
        migrations.AlterModelOptions(
            name="agency",
            options={
                "default_permissions": ("change", "view"),
                "permissions": PERMISSIONS,
                "verbose_name_plural": "agencies",
            },
        ),
    ]
