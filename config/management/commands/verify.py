"""`manage.py verify`: looks whether everything adds up, changes nothing, and ends with an error on a breach."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from billing import invariants as billing
from chatbots import invariants as chatbots
from workspaces import invariants as workspaces

FLOORS = {"people and grants": workspaces, "units": billing, "conversations": chatbots}


class Command(BaseCommand):
    help = "Check that counters, ledger, rollups, charges, grants and tenants agree. A line for each breach."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        with transaction.atomic():
            with connection.cursor() as cursor:  # one moment for all queries, however busy the house is
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for name, floor in FLOORS.items():
                breaches = floor.breaches()
                found += len(breaches)
                self.stdout.write(f"{name}: {'all is well' if not breaches else f'{len(breaches)} breaches'}")
                for breach in breaches:
                    self.stdout.write(f"  {breach}")
        if found:
            raise CommandError(f"{found} breaches. Nothing was changed: each needs somebody to look at it.")
