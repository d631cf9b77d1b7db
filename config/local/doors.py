"""The two web doors: their ports, the servers behind them, and whether they answer."""

import contextlib
import errno
import http.client
import socket
import sys
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from config.local import CannotStart
from config.local.options import HIGHEST_PORT, Options
from config.local.spawning import Command

PORTS_TRIED = 100
LINGER_SECONDS = 1.0  # a server whose launcher was just killed may need this long to let its port go


def check_ports(options: Options) -> None:
    """Raises CannotStart when the console or the public door could not listen."""
    for port in (options.port, options.port + 1):
        deadline = time.monotonic() + LINGER_SECONDS
        while problem := _problem(options.host, port):
            if problem.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise CannotStart(_sentence(options, port, problem)) from problem
            time.sleep(0.05)


def where(host: str, port: int) -> Any:
    """Where to listen for `host`, which may be a name such as localhost; the server itself takes addresses only."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]


def _problem(host: str, port: int) -> OSError | None:
    try:
        family, kind, protocol, _, address = where(host, port)
        with socket.socket(family, kind, protocol) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
    except OSError as error:
        return error
    return None


def _sentence(options: Options, port: int, problem: OSError) -> str:
    door = "console" if port == options.port else "public door, which takes the port after the console's,"
    if problem.errno == errno.EADDRINUSE:
        another = options.port + 100 if options.port + 100 <= HIGHEST_PORT else 8000
        return (
            f"Port {port} for the {door} is taken: another program, perhaps another Bureau, listens on it. "
            f"End that one, or choose another port with PORT=, for example PORT={another}."
        )
    if problem.errno in {errno.EACCES, errno.EPERM}:
        return f"Port {port} for the {door} is not allowed for you. Choose one above 1023, for example PORT=8100."
    return (
        f"The {door} cannot listen on HOST={options.host}: {problem.strerror}. Set HOST to an address of this machine."
    )


def next_free_port(options: Options) -> int:
    """The first port after the two doors' that can be had. Raises CannotStart where many in a row cannot."""
    ports = range(options.port + 2, min(options.port + 2 + PORTS_TRIED, HIGHEST_PORT + 2))
    for port in ports:
        if _problem(options.host, port) is None:
            return port
    raise CannotStart(
        f"No port after {options.port + 1} is free for the stand-in for Stripe. Choose other ports with PORT=, for "
        "example PORT=8000."
    )


def commands(options: Options, environment: Mapping[str, str]) -> list[Command]:
    """The console over WSGI and the public surface over ASGI: two processes, two origins, one settings file."""
    # "asginl" is ASGI without the lifespan protocol, which Django does not speak.
    servers = (
        ("console", "wsgi", "config.wsgi", options.port, "4"),
        ("public", "asginl", "config.asgi", options.port + 1, "1"),
    )
    address = str(where(options.host, options.port)[4][0])
    granian = [sys.executable, "-m", "granian", "--workers", "1", "--no-ws", "--host", address]
    return [
        Command(
            name,
            [
                *granian,
                f"--interface={kind}",
                f"--port={port}",
                f"--blocking-threads={threads}",
                f"{module}:application",
            ],
            environment,
        )
        for name, kind, module, port, threads in servers
    ]


def answers(options: Options, port: int, url: str) -> bool:
    """Whether the door on `port` answers under the name in `url`; a page that failed is no answer."""
    connection = http.client.HTTPConnection(options.reachable_host, port, timeout=10)
    with contextlib.closing(connection):
        try:
            connection.request("GET", "/", headers={"Host": urlsplit(url).netloc})
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
