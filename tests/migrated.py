"""`python -m tests.migrated [old]` prints what migrations make in the database of DATABASE_URL, in the old way too.

A process of its own: data migrations write into the default database.
"""

import json
import os
import sys

STRUCTURE = {
    "columns": "SELECT table_name, column_name, data_type, udt_name, character_maximum_length, is_nullable,"
    " column_default, is_identity FROM information_schema.columns WHERE table_schema = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, condeferrable, condeferred, pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": "SELECT proname, prokind, pg_get_function_identity_arguments(oid), prosrc, provolatile, proacl"
    " FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}
FIRST_ROWS = {
    "plans": "SELECT to_jsonb(p) - 'id' FROM billing_plan p",
    "hours": "SELECT to_jsonb(h) - 'id' FROM agencies_officehours h",
    "availability": "SELECT to_jsonb(a) FROM agencies_availability a",
    "permissions": "SELECT c.app_label, c.model, p.codename, p.name"
    " FROM auth_permission p JOIN django_content_type c ON c.id = p.content_type_id",
    "groups": "SELECT g.name, p.codename FROM auth_group g JOIN auth_group_permissions m ON m.group_id = g.id"
    " JOIN auth_permission p ON p.id = m.permission_id",
}


def by_the_old_way() -> None:
    """Apply what the squashed migrations replace, up to the last of each floor."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.loader import MigrationLoader

    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    last = [each.replaces[-1] for each in executor.loader.disk_migrations.values() if each.replaces]
    ours = [key for key in last if key[0] in ("agencies", "workspaces", "billing", "chatbots")]
    executor.migrate(ours)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    if sys.argv[1:] == ["old"]:
        by_the_old_way()
    call_command("migrate", verbosity=0)
    made = {}
    with connection.cursor() as cursor:
        for name, query in (STRUCTURE | FIRST_ROWS).items():
            cursor.execute(query)
            made[name] = sorted(json.dumps(row, default=str, sort_keys=True) for row in cursor.fetchall())
    print(json.dumps(made))


if __name__ == "__main__":
    main()
