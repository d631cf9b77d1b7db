"""The wire below the fetcher: names are resolved here, every address is looked at, and only a looked-at one is dialled.

A name that resolves differently the next time gains nothing: there is no next time. Time is one budget for the whole
fetch, so a server that sends a byte a second runs out of it, in the middle of a header or of a handshake too.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable
from threading import Thread
from typing import Any

import httpcore2
from django.conf import settings

from chatbots.knowledge.fetching import addresses
from chatbots.knowledge.fetching.refusals import INNER, NO_ANSWER, NO_NAME, PORT, Refused, Unreachable
from chatbots.knowledge.fetching.urls import PORTS, Place

Resolver = Callable[[str, int], list[str]]
MOST_ADDRESSES = 8  # of one name that are dialled
PATIENCE = 5.0  # seconds for one address, when there are others


class Clock:
    """What is left of the seconds that a fetch may take."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.ends = time.monotonic() + seconds

    def left(self, wanted: float | None = None) -> float:
        """Seconds, at most as many as wanted. Raises ReadTimeout when none are left."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout
        return left if wanted is None else min(left, wanted)


def system(host: str, port: int) -> list[str]:
    """What the machine's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def allowed(host: str, port: int) -> bool:
    """Whether the operator opened exactly this host and port, for a demo or a test."""
    return f"{host}:{port}" in settings.FETCH_ALLOWED


def check(place: Place) -> None:
    """Refuse a port that no web server of the public has."""
    if place.port not in PORTS.values() and not allowed(place.host, place.port):
        raise Refused(PORT.format(port=place.port))


class Backend(httpcore2.NetworkBackend):
    """Dials public addresses only."""

    def __init__(
        self, clock: Clock, *, resolve: Resolver = system, dial: httpcore2.NetworkBackend | None = None
    ) -> None:
        self.clock, self.resolve = clock, resolve
        self.dial = dial or httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to the first checked address that answers. Raises Refused if any is an inner one."""
        found = self.looked_up(host, port)
        if not allowed(host, port) and any(addresses.inner(address) for address in found):
            raise Refused(INNER.format(host=host))
        for address in found[:MOST_ADDRESSES]:
            patience = self.clock.left(PATIENCE if len(found) > 1 else None)
            try:
                return Stream(self.dial.connect_tcp(address, port, patience), self.clock)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        self.clock.left()
        raise Unreachable(NO_ANSWER.format(host=host))

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Any = None) -> Any:
        raise NotImplementedError("Nobody fetches from a Unix socket.")

    def looked_up(self, host: str, port: int) -> list[str]:
        """Every address of a name. The system's resolver knows no time limit, so it is left behind when it is late."""
        answers: list[list[str]] = []
        asking = Thread(target=self.look_up, args=(host, port, answers), daemon=True)
        asking.start()
        asking.join(self.clock.left())
        if asking.is_alive():
            raise httpcore2.ConnectTimeout
        if not answers or not answers[0]:
            raise Unreachable(NO_NAME.format(host=host))
        return answers[0]

    def look_up(self, host: str, port: int, answers: list[list[str]]) -> None:
        try:
            answers.append(self.resolve(host, port))
        except (OSError, UnicodeError):  # no such name, or no resolver
            answers.append([])


class Stream(httpcore2.NetworkStream):
    """A connection whose every step ends with the fetch's time."""

    def __init__(self, inner: httpcore2.NetworkStream, clock: Clock) -> None:
        self.inner, self.clock = inner, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, self.clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.inner.write(buffer, self.clock.left(timeout))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return Stream(self.inner.start_tls(ssl_context, server_hostname, self.clock.left(timeout)), self.clock)

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)
