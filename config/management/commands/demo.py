"""`manage.py demo`: loads the demo data, once."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.demo import load


class Command(BaseCommand):
    help = "Loads a small cast with two months of conversations. A second time it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="also where DEMO is not set")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEMO or options["force"]):
            raise CommandError("The demo's passwords are public: set DEMO=1, or add --force if this is meant.")
        for line in load.load(timezone.now()):
            self.stdout.write(line)
        self.stdout.write(load.logins())
        if file := os.environ.get("DEMO_LOGINS_FILE"):
            Path(file).write_text(load.logins() + "\n")
