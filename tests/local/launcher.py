"""A small launcher for the tests to kill: says one line when its children run, then watches them."""

import os
import sys
from pathlib import Path

from config.local import folders, postgres
from config.local.processes import Supervisor
from config.local.spawning import Command

STUBBORN = "trap '' TERM; echo ready; while :; do sleep 1; done"


def main(what: str, data: Path) -> None:
    with folders.claim(data), Supervisor(data / "logs", grace=0.5) as supervisor:
        if what == "postgres":
            print(postgres.start(supervisor, data, durable=False)[0], flush=True)
        else:
            child = supervisor.start(
                Command("child", ["sh", "-c", STUBBORN if what == "stubborn" else "exec sleep 60"], os.environ)
            )
            supervisor.wait_until(lambda: what != "stubborn" or child.last_lines(), seconds=10, otherwise="no trap")
            print(child.process.pid, flush=True)
        supervisor.watch()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
