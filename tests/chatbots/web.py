"""A web server on this machine, for what is fetched: pages as they are told, slow ones, endless ones, wrong ones."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass
class Page:
    """What is sent at an address: the body at once, or piece by piece."""

    body: bytes | str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pieces: Iterator[bytes] | None = None
    etag: str = ""

    def bytes(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


class Web(ThreadingHTTPServer):
    """Serves `pages` by their path, and remembers what it was asked and how much it sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Serving)
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.sent = 0
        self.over = Event()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.place}{path}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def dripping(self, piece: bytes) -> Iterator[bytes]:
        """A piece, and another, slowly and for ever."""
        while not self.over.wait(0.02):
            yield piece


class Serving(BaseHTTPRequestHandler):
    server: Web
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        page = self.server.pages.get(self.path, Page("Not here.", status=404))
        self.close_connection = True
        with suppress(OSError):  # whoever asked may have left
            if page.etag and self.headers.get("If-None-Match") == page.etag:
                self.begin(304, {"ETag": page.etag})
                return
            marks = {"ETag": page.etag} if page.etag else {}
            self.begin(page.status, {"Content-Type": "text/html; charset=utf-8", **marks, **page.headers})
            for piece in page.pieces or [page.bytes()]:
                self.wfile.write(piece)
                self.server.sent += len(piece)

    def begin(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served() -> Iterator[Web]:
    with Web() as web:
        Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield web
        web.over.set()
        web.shutdown()
