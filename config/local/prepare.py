"""Brings the database, the static files and, for the demo, its data up to date: `python -m config.local.prepare`.

A process of its own, because it loads Django; one process, because loading takes longer than most of what it does.
Progress goes to the terminal, what the commands say goes to the log (standard error).
"""

import os
import sys

from config.local import progress


def main() -> None:
    import django
    from django.core.management import call_command

    with progress.step("Application loaded"):
        django.setup()
    quiet = {"stdout": sys.stderr, "stderr": sys.stderr}
    with progress.step("Database up to date"):
        call_command("migrate", interactive=False, **quiet)
    with progress.step("Static files collected"):
        call_command("collectstatic", interactive=False, **quiet)
    if os.environ.get("DEMO"):
        progress.say("Looking after the demo data ...")
        with progress.step("Demo data in place"):
            call_command("demo", **quiet)


if __name__ == "__main__":
    main()
