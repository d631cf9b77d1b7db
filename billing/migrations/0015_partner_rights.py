"""Support sets tiers and rates of partners, and reads closed months."""

from importlib import import_module

from django.db import migrations

MAY = {
    ("billing", "partnertier"): ["view", "add", "change"],
    ("billing", "partnership"): ["view", "add", "change"],
    ("billing", "statement"): ["view"],
}
NAMES = {"partnertier": "partner tier"}


def widen_group(apps, schema_editor):
    """Django makes permissions after the last migration only, so those that are missing are made here."""
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=import_module("billing.migrations.0012_support").GROUP)
    for (app, model), verbs in MAY.items():
        kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=model)
        for verb in verbs:
            called = {"name": f"Can {verb} {NAMES.get(model, model)}"}
            permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=kind, codename=f"{verb}_{model}", defaults=called
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("billing", "0014_statements")]
    operations = [migrations.RunPython(widen_group, migrations.RunPython.noop)]
