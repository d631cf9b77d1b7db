"""PostgreSQL itself: pgbench, which comes with its server package, calling the functions of the product's migration."""

import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.utils import timezone

from config.local import binaries
from tests.bench.pool import houses
from tests.bench.pool.crews import PREPARED, PROCESSES, THREADS
from tests.bench.pool.databases import Database

CALLERS = PROCESSES * THREADS
HOLD = """
\\set w random(1, {clients})
SELECT outcome FROM billing_hold_units({agency}, ({first} + :w - 1)::bigint, 1, '{start}', '{end}',
    gen_random_uuid()::text, '', 3, now());
"""
SETTLE = """
\\set n :n + 1
\\set h {first} + :client_id * {share} + :n - 1
\\set m 2 * :h
\\set k 2 * :h + 1
SELECT ended FROM billing_settle_hold(:h, '{at}', now(), 1, '[
  {{"message": :m, "kind": "visitor", "words": 4, "units": 1, "rule": "A visitor message", "speaker": ""}},
  {{"message": :k, "kind": "ai", "words": 14, "units": 1, "rule": "14 words", "speaker": ""}}]');
"""


@dataclass(frozen=True)
class Pgbench:
    """The program."""

    path: str

    def hold(self, place: Database, seconds: float) -> float:
        """Holds of the hot agency a second, each waiting for the disk before its locks go."""
        place.use()
        clients = houses.workspaces_of([houses.HOT])
        period = _period()
        script = HOLD.format(
            agency=clients[0].agency_id, first=clients[0].pk, clients=len(clients), start=period[0], end=period[1]
        )
        return self.run(place, script, seconds, "prepared")

    def settle(self, place: Database, seconds: float) -> float:
        place.use()
        at = timezone.now()
        first = houses.prepare_holds(PREPARED, at)
        script = SETTLE.format(first=first, share=PREPARED // CALLERS, at=at.isoformat())
        return self.run(place, script, seconds, "simple", "-D", "n=0")

    def run(self, place: Database, script: str, seconds: float, protocol: str, *more: str) -> float:
        """Transactions a second. Raises when one failed."""
        settings = connection.settings_dict
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
            file.write(script)
            file.flush()
            command = [self.path, "-n", "-f", file.name, "-c", str(CALLERS), "-j", "2", "-T", f"{seconds:.0f}"]
            command += ["-M", protocol, *more, "-h", settings["HOST"], "-p", str(settings["PORT"] or 5432)]
            command += ["-U", settings["USER"], place.name]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        rate = re.search(r"tps = ([\d.]+)", done.stdout)
        if done.returncode or not rate or "failed transactions: 0 " not in done.stdout:
            raise RuntimeError(f"pgbench failed:\n{done.stdout}\n{done.stderr}")
        place.use()
        houses.check()
        houses.forget_holds()
        return float(rate[1])


def find() -> Pgbench:
    """pgbench beside the server's programs, or on the PATH. Says so and stops where there is none."""
    beside = [str(Path(server.path).with_name("pgbench")) for server in binaries.postgres_servers()]
    for path in [*beside, shutil.which("pgbench") or ""]:
        if path and Path(path).is_file():
            return Pgbench(path)
    sys.exit("pgbench was not found. It comes with PostgreSQL's server package (apt-get install postgresql).")


def _period() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT p.start, p."end" FROM billing_poolperiod p JOIN agencies_agency a ON a.id = p.agency_id '
            "WHERE a.name = %s ORDER BY p.start DESC LIMIT 1",
            [houses.HOT],
        )
        start, end = cursor.fetchone()
    return start.isoformat(), end.isoformat()
