"""A PostgreSQL of Bureau's own: reached through a private Unix socket only, running as long as its launcher."""

import os
import shutil
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.local import binaries, cluster, identities, reach, sockets
from config.local.binaries import Program
from config.local.identities import Identity
from config.local.processes import Supervisor
from config.local.spawning import Command

FOLDER = "postgres"
START_SECONDS = 60.0  # a crash may have left minutes of log to read again, seconds on a small database
UNSAFE_BUT_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300")


def start(
    supervisor: Supervisor,
    data: Path,
    *,
    durable: bool = True,
    identity: Identity | None = None,
    servers: Sequence[Program] | None = None,
) -> tuple[str, int]:
    """Start the server on `data` and return its address for Django, and its major version.

    With `durable=False` a crash of the machine may lose the cluster: for tests.
    """
    identity = identity or identities.for_postgres()
    home = reach.home(data, identity)
    directory = home / FOLDER
    server = cluster.choose_program(directory, binaries.postgres_servers() if servers is None else servers)
    server = reach.program(server, identity, home)
    environment = _environment(os.environ)
    cluster.complete(directory, server, supervisor, identity=identity, durable=durable, environment=environment)
    cluster.end_server_left_behind(directory)
    socket = _socket_directory(home, identity)
    child = supervisor.start(
        Command(FOLDER, _arguments(server, directory, socket, durable), environment, identity, signal.SIGINT)
    )
    supervisor.wait_until(
        lambda: _is_ready(directory, child.process.pid),
        seconds=START_SECONDS,
        otherwise=f"PostgreSQL was not ready after {START_SECONDS:.0f} seconds. Its log, {child.log}, says why.",
    )
    return f"postgres://{cluster.DATABASE}@/{socket}/{cluster.DATABASE}", server.major


def reset(data: Path) -> None:
    """End what still runs on the cluster of `data`; remove it where it lives outside `data`."""
    cluster.end_server_left_behind(data / FOLDER)
    outside = reach.outside(data)
    cluster.end_server_left_behind(outside / FOLDER)
    if outside.is_dir() and outside.stat().st_uid == os.geteuid():
        shutil.rmtree(outside)


def _arguments(server: Program, directory: Path, socket: Path, durable: bool) -> list[str]:
    settings = ["listen_addresses=", f"unix_socket_directories={socket}", "unix_socket_permissions=0700", "port=5432"]
    settings += ["logging_collector=off", "log_destination=stderr"]
    if not durable:
        settings += UNSAFE_BUT_FAST
    return [str(server.path), "-D", str(directory), *(part for setting in settings for part in ("-c", setting))]


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Without PGPORT, PGDATA and the like, which would change where the server looks and listens."""
    return {name: value for name, value in environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def _is_ready(directory: Path, pid: int) -> bool:
    """The server writes its state into the eighth line of its pid file."""
    try:
        lines = (directory / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _socket_directory(home: Path, identity: Identity) -> Path:
    parent = sockets.directory(home)
    directory = parent / "postgres"
    directory.mkdir(mode=0o700, exist_ok=True)
    if identity.is_other_user:
        parent.chmod(0o711)
        identity.give(directory)
    return directory
