"""A PostgreSQL of the faults' own, which writes to the disk as in production, and which may be killed."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.local import postgres
from config.local.processes import Supervisor
from tests.local.starts import CHECKOUT, is_alive, wait_for

WORKERS = 4


class Cluster:
    """The database server: started, killed with all its children, started again."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.start(durable=False)  # while the tables are made; it waits for the disk from then on

    def start(self, *, durable: bool = True) -> None:
        self.supervisor = Supervisor(self.data / "logs", grace=5)
        self.supervisor.__enter__()
        self.url, _ = postgres.start(self.supervisor, self.data, durable=durable)

    def kill(self) -> None:
        """-9, the postmaster and every process below it."""
        postmaster = int((self.data / "postgres/postmaster.pid").read_text().split()[0])
        everybody = [postmaster, *children_of(postmaster)]
        for pid in everybody:
            os.kill(pid, signal.SIGKILL)
        self.supervisor.__exit__(None, None, None)
        wait_for(lambda: not any(is_alive(pid) for pid in everybody))

    def stop(self) -> None:
        self.supervisor.__exit__(None, None, None)


def children_of(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[1]) == parent:
            found.append(int(stat.parent.name))
    return found


class House:
    """The process that forks whatever works on the database."""

    def __init__(self, url: str, folder: Path) -> None:
        known = os.environ | {"DATABASE_URL": url, "PYTHONPATH": str(CHECKOUT)}
        command = [sys.executable, "-m", "tests.faults.house"]
        pipe = subprocess.PIPE
        self.folder = folder
        self.process = subprocess.Popen(command, env=known, cwd=folder, stdin=pipe, stdout=pipe, text=True)

    def order(self, *words: object) -> int:
        """Begin something; the id of its process."""
        self.tell(*words)
        return int(self.until("forked")[-1].split()[1])

    def tell(self, *words: object) -> None:
        assert self.process.stdin
        self.process.stdin.write(" ".join(str(word) for word in words) + "\n")
        self.process.stdin.flush()

    def until(self, word: str, *, times: int = 1) -> list[str]:
        """The lines up to the one that begins with `word`, for the so-and-so-many-th time."""
        assert self.process.stdout
        lines: list[str] = []
        for line in self.process.stdout:
            lines.append(line.strip())
            times -= line.startswith(word)
            if times == 0:
                return lines
        raise AssertionError(f"it ended before it said {word}: {lines[-5:]}")

    def wait(self) -> list[str]:
        self.tell("wait")
        return self.until("ended")

    def ask(self, what: str) -> Any:
        """Let it look for itself, and read what it found."""
        self.order(what)
        assert self.wait()[-1] == "ended 0"
        return json.loads((self.folder / "found.json").read_text())

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="bureau-fault-") as folder:
        started = Cluster(Path(folder))
        yield started
        started.kill()
        postgres.reset(Path(folder))


@pytest.fixture(scope="module")
def house(cluster: Cluster) -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="bureau-fault-house-") as folder:
        house = House(cluster.url, Path(folder))
        house.order("build")
        assert house.wait()[-1] == "ended 0"
        cluster.stop()
        cluster.start()
        yield house
        house.end()
