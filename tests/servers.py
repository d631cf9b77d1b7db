"""The public door as the product serves it: a process of its own, over ASGI, on the database of the test."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from django.db import connection

HOUSE = Path(__file__).resolve().parents[1]
PATIENCE = 60  # seconds in which a server has to be there


@contextmanager
def public_door(**settings: str) -> Iterator[tuple[str, int]]:
    """Its origin and the process id; it ends with the block."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    environ = {**os.environ, "PUBLIC_URL": origin, "DATABASE_URL": database_url(), "DEBUG": "true", **settings}
    server = ["granian", "--workers", "1", "--no-ws", "--interface=asginl", f"--port={port}"]
    command = [sys.executable, "-m", *server, "--host=127.0.0.1", "--blocking-threads=1", "config.asgi:application"]
    with TemporaryFile() as log:  # a pipe that nobody empties would stop it
        process = subprocess.Popen(command, cwd=HOUSE, env=environ, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(port, process, log)
            yield origin, process.pid
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE)


def database_url() -> str:
    """Of the database that this process is connected to now."""
    before, _, _ = os.environ["DATABASE_URL"].partition("?")[0].rpartition("/")
    return f"{before}/{connection.settings_dict['NAME']}"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int, process: "subprocess.Popen[bytes]", log: IO[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as knocking:
            if knocking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    log.seek(0)
    raise RuntimeError(f"The public door did not open:\n{log.read().decode()}")
