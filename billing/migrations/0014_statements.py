"""What was closed stays; each row keeps its tenant; and who is on a plan already has been since its periods began."""

from django.db import migrations

TENANCY = [  # (table, column, parent)
    ("billing_clientterms", "workspace_id", "workspaces_workspace"),
    ("billing_modeluse", "workspace_id", "workspaces_workspace"),
    ("billing_statementline", "workspace_id", "workspaces_workspace"),
    ("billing_statementline", "statement_id", "billing_statement"),
    ("billing_statementline", "about_id", "billing_statement"),
    ("billing_statementcost", "statement_id", "billing_statement"),
    ("billing_statementcost", "receipt_id", "billing_receipt"),
]
KEYS = ("billing_statement", "billing_receipt")
APPEND_ONLY = """
CREATE FUNCTION billing_statements_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A closed month is never changed: what comes later is an adjustment in the next one.';
END $$;
"""
FROZEN = ("billing_statement", "billing_statementline", "billing_statementcost")


def remember_plans(apps, schema_editor):
    since = apps.get_model("billing", "PlanSince")
    since.objects.bulk_create(
        since(agency_id=each.agency_id, plan_id=each.plan_id, since=each.started_at)
        for each in apps.get_model("billing", "Subscription").objects.all()
    )


class Migration(migrations.Migration):
    dependencies = [("billing", "0013_revenue")]
    operations = [
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_with_its_agency UNIQUE (id, agency_id)",
                f"ALTER TABLE {table} DROP CONSTRAINT {table}_with_its_agency",
            )
            for table in KEYS
        ),
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_tenancy FOREIGN KEY ({column}, agency_id) "
                f"REFERENCES {parent} (id, agency_id) DEFERRABLE INITIALLY IMMEDIATE",
                f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_tenancy",
            )
            for table, column, parent in TENANCY
        ),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION billing_statements_stay"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION billing_statements_stay()",
                f"DROP TRIGGER append_only ON {table}",
            )
            for table in FROZEN
        ),
        migrations.RunPython(remember_plans, migrations.RunPython.noop),
    ]
