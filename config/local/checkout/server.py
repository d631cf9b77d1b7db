"""Serves the stand-in: a thread for each request, on one address of this machine."""

import socket
import time
from collections.abc import Callable
from pathlib import Path
from socketserver import TCPServer, ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from config.local.checkout.app import App
from config.local.checkout.records import Records
from config.local.checkout.till import Till
from config.local.checkout.webhooks import PAUSES, Postbox

QUIET_SECONDS = 30


class Handler(WSGIRequestHandler):
    timeout = QUIET_SECONDS  # who connects and says nothing


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, host: str, port: int) -> None:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        self.address_family = found[0]
        super().__init__((str(found[4][0]), port), Handler)

    def server_bind(self) -> None:
        """Without the look-up of this machine's name, which takes seconds where nothing answers."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()


def opened(
    host: str,
    port: int,
    *,
    key: str,
    webhook: str,
    secret: str,
    origin: str = "",
    file: Path | None = None,
    pauses: tuple[float, ...] = PAUSES,
    clock: Callable[[], float] = time.time,
) -> Server:
    """A server that listens and waits for `serve_forever`. Without an `origin` it goes by its host and port."""
    server = Server(host, port)
    origin = origin or f"http://{host}:{server.server_port}"
    till = Till(Records(file), Postbox(webhook, secret, pauses=pauses), origin=origin, clock=clock)
    server.set_app(App(till, origin=origin, key=key))
    return server
