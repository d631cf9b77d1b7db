"""The group *Support*: exactly the rights that the people who run this Bureau need for agencies, and no more.

The catalogue (plans, packs), units in the ledger and other people's logins are only looked at.
"""

from django.db import migrations

GROUP = "Support"
MAY = {
    ("agencies", "agency"): ["view", "change"],
    ("agencies", "application"): ["view", "change"],
    ("agencies", "auditentry"): ["view"],
    ("agencies", "availability"): ["view", "change"],
    ("agencies", "dayoff"): ["view", "add", "change", "delete"],
    ("agencies", "meeting"): ["view", "change"],
    ("agencies", "officehours"): ["view", "add", "change", "delete"],
    ("agencies", "user"): ["view"],
    ("billing", "addon"): ["view", "add", "change"],
    ("billing", "ledgerentry"): ["view"],
    ("billing", "limitexception"): ["view", "add", "change"],
    ("billing", "order"): ["view", "change"],
    ("billing", "pack"): ["view"],
    ("billing", "plan"): ["view"],
    ("billing", "subscription"): ["view", "add", "change"],
}
NAMES = {"addon": "add on", "auditentry": "audit entry", "ledgerentry": "ledger entry", "limitexception": "limit exception"}
NAMES |= {"dayoff": "day off", "officehours": "office hours"}


def make_group(apps, schema_editor):
    """Django makes permissions after the last migration only, so those that are missing are made here."""
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    group.permissions.set(list(permissions(apps)))


def permissions(apps):
    for (app, model), verbs in MAY.items():
        kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=model)
        for verb in verbs:
            name = f"Can {verb} {NAMES.get(model, model)}"
            yield apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=kind, codename=f"{verb}_{model}", defaults={"name": name}
            )[0]


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0011_lean_charges"),
        ("agencies", "0009_path"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_group, migrations.RunPython.noop)]
