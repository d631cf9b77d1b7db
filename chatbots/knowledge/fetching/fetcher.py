"""Fetches one page, or refuses in words for the person who gave its address.

No cookies, no proxy, no credentials; redirects are followed here, so each of them is looked at like the first address.
"""

import re
import ssl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from urllib.parse import urljoin

import httpcore2

from chatbots.knowledge.fetching import network, refusals, urls
from chatbots.knowledge.fetching.network import Backend, Clock, Resolver
from chatbots.knowledge.fetching.refusals import Refused, Unreachable
from chatbots.knowledge.fetching.unpacking import TooLarge, Unpacked
from chatbots.knowledge.fetching.urls import Place

AGENT = "Bureau"  # as robots.txt names us too; it tells nothing of whose instance this is
MOST = 5_000_000  # bytes of one body, unpacked
SECONDS = 20.0  # for everything: names, handshakes, redirects, the body
HOPS = 5  # redirects
REDIRECTS = {301, 302, 303, 307, 308}
WITHOUT_TEXT = ("image", "video", "audio", "font", "model")
ACCEPTED = "text/html, application/xhtml+xml, application/pdf;q=0.9, text/*;q=0.9, */*;q=0.5"
PRINTABLE = re.compile(r"[ -~]+")


@dataclass(frozen=True)
class Fetched:
    """A page as its server sent it, unpacked."""

    url: str  # after redirects
    status: int
    content_type: str
    body: bytes
    etag: str
    last_modified: str
    unchanged: bool  # since the etag or date that was sent along; the body is empty then


def fetch(
    url: str,
    *,
    etag: str = "",
    last_modified: str = "",
    most: int = MOST,
    seconds: float = SECONDS,
    resolve: Resolver = network.system,
) -> Fetched:
    """The page at an address on the public web: at most `most` bytes, within `seconds` in all.

    Raises Refused, whose text says what happened and what to do.
    """
    clock, place = Clock(seconds), urls.place(url)
    known = conditions(etag, last_modified)
    for _ in range(HOPS + 1):
        network.check(place)
        found = ask(place, known, clock=clock, most=most, resolve=resolve)
        if isinstance(found, Fetched):
            return found
        place = found
    raise Refused(refusals.ROUND.format(hops=HOPS))


def ask(place: Place, known: list[tuple[str, str]], *, clock: Clock, most: int, resolve: Resolver) -> Fetched | Place:
    """One request: what came, or where it leads."""
    headers = [
        ("Host", place.netloc),
        ("User-Agent", AGENT),
        ("Accept", ACCEPTED),
        ("Accept-Encoding", "gzip, deflate"),
        ("Connection", "close"),
        *known,
    ]
    url = httpcore2.URL(scheme=place.scheme, host=place.host, port=place.port, target=place.path)
    backend = Backend(clock, resolve=resolve)
    with (
        told(place.host, clock, most),
        httpcore2.ConnectionPool(ssl_context=certificates(), network_backend=backend) as pool,
        pool.stream("GET", url, headers=headers) as response,
    ):
        return read(response, place, clock, most, asked=bool(known))


@cache
def certificates() -> ssl.SSLContext:
    """The machine's certificate authorities. Reading them takes longer than most pages."""
    return httpcore2.default_ssl_context()


def conditions(etag: str, last_modified: str) -> list[tuple[str, str]]:
    """The headers that ask for a page only if it has changed."""
    asked = [("If-None-Match", etag), ("If-Modified-Since", last_modified)]
    return [(name, value) for name, value in asked if PRINTABLE.fullmatch(value)]


def read(response: httpcore2.Response, place: Place, clock: Clock, most: int, *, asked: bool) -> Fetched | Place:
    """What an answer holds: the page, that it is unchanged, or another address. Raises Refused for all else."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    if response.status in REDIRECTS:
        return elsewhere(place, headers.get("location", ""))
    unchanged = response.status == 304 and asked
    if not unchanged and response.status not in (200, 203):
        raise refusals.of_status(response.status, place.host)
    kind = headers.get("content-type", "").strip()[:200]
    body = b"" if unchanged else content(response, headers, place, clock, most)
    marks = [headers.get("etag", "")[:201], headers.get("last-modified", "")[:101]]
    etag, last_modified = (mark if len(mark) <= most else "" for mark, most in zip(marks, (200, 100), strict=True))
    return Fetched(str(place), response.status, kind, body, etag, last_modified, unchanged)


def elsewhere(place: Place, location: str) -> Place:
    """Where a redirect leads. Servers write names of other alphabets as they please: UTF-8 is tried first."""
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode()
    if not location.strip():
        raise Refused(refusals.NOWHERE)
    try:
        return urls.place(urljoin(str(place), location.strip()))
    except ValueError as error:
        raise Refused(refusals.NOWHERE) from error


def content(response: httpcore2.Response, headers: dict[str, str], place: Place, clock: Clock, most: int) -> bytes:
    """The body, unpacked. It is read no further than there is room and time for."""
    kind = headers.get("content-type", "").strip().lower()
    if kind.startswith(tuple(f"{name}/" for name in WITHOUT_TEXT)):
        raise Refused(refusals.TYPE.format(kind=a_kind(kind)))
    encoding = headers.get("content-encoding", "").strip().lower() or "identity"
    if encoding not in {"identity", "gzip", "x-gzip", "deflate"}:
        raise Refused(refusals.ENCODING.format(host=place.host, encoding=encoding[:20]))
    length = headers.get("content-length", "").strip()
    if length.isdecimal() and int(length[:20]) > most:
        raise TooLarge
    unpacking = Unpacked(most, packed=encoding != "identity")
    for piece in response.iter_stream():
        clock.left()
        unpacking.take(piece)
    if not unpacking.whole():
        raise Refused(refusals.NOTHING.format(host=place.host))
    return unpacking.whole()


def a_kind(kind: str) -> str:
    name = kind.partition("/")[0]
    return {"image": "a picture", "video": "a film", "audio": "a sound"}.get(name, f"a file of the type {name}")


@contextmanager
def told(host: str, clock: Clock, most: int) -> Iterator[None]:
    """Every way in which a request fails, as a Refused."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise Unreachable(refusals.SLOW.format(host=host, seconds=clock.seconds)) from error
    except TooLarge as error:
        raise Refused(refusals.LARGE.format(megabytes=most / 1_000_000)) from error
    except httpcore2.ConnectError as error:
        bad = any(isinstance(reason, ssl.SSLCertVerificationError) for reason in (*error.args, error.__context__))
        raise Unreachable((refusals.CERTIFICATE if bad else refusals.NO_ANSWER).format(host=host)) from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError, zlib.error) as error:
        raise Unreachable(refusals.RUBBISH.format(host=host)) from error
