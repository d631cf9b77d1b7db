"""Web addresses: taken apart once and strictly, written in one way, compared, and held to path patterns."""

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

import idna

from chatbots.knowledge.fetching.refusals import CREDENTIALS, NOT_A_URL, NOT_HTTP, Refused

LONGEST = 2000  # characters, as the column holds
PORTS = {"http": 80, "https": 443}
NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*", re.A)
NUMBER = re.compile(r"(\d+|0x[0-9a-f]*)", re.A)
BARE = re.compile(r"([^\s/:@\\?#.]+\.)+[^\W\d_][^\s/:@\\?#.]+\.?(:\d+)?([/?#].*)?")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffd\ud800-\udfff]")
ESCAPED = re.compile(r"%[0-9a-fA-F]{2}")
UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
READABLE = "/:@!$&'()*+,;=~%"
TRACKING = re.compile(
    r"(utm_.*|mtm_.*|pk_.*|[gdw]?clid|gclsrc|gbraid|wbraid|[fm]sclkid|fbclid|yclid|twclid|ttclid|li_fat_id|igshid|"
    r"mc_[ce]id|_ga|_gl|_hs(enc|mi)|phpsessid|jsessionid)",
    re.I,
)


@dataclass(frozen=True)
class Place:
    """An address taken apart: what is connected to, and what is asked for there."""

    scheme: str
    host: str  # ASCII, lower case, without brackets; a number in its usual spelling
    port: int
    path: str  # percent-encoded, with its query

    @property
    def netloc(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.path}"


def place(url: str) -> Place:
    """Take an address apart. Raises Refused for what is none, has credentials, or is not http(s)."""
    url = url.strip(" \t\r\n")
    if not url or len(url) > LONGEST or CONTROL.search(url) or "\\" in url:
        raise Refused(NOT_A_URL)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refused(NOT_A_URL) from error
    if parts.scheme not in PORTS:
        raise Refused(NOT_HTTP if parts.scheme else NOT_A_URL)
    if "@" in parts.netloc:
        raise Refused(CREDENTIALS)
    if port == 0:
        raise Refused(NOT_A_URL)
    taken = Place(parts.scheme, host_of(parts), port or PORTS[parts.scheme], path_of(parts))
    if len(str(taken)) > LONGEST:  # letters beyond ASCII grow when they are escaped
        raise Refused(NOT_A_URL)
    return taken


def host_of(parts: SplitResult) -> str:
    """The host as the resolver gets it, whatever the spelling: full-width, octal, hex, short, with a dot at its end."""
    written = (parts.hostname or "").lower()
    if "[" in parts.netloc:
        return bracketed(written)
    if not written.isascii():
        try:
            written = idna.encode(written[:255], uts46=True).decode().lower()
        except (idna.IDNAError, UnicodeError) as error:
            raise Refused(NOT_A_URL) from error
    written = written.removesuffix(".")
    if NUMBER.fullmatch(written.rpartition(".")[2]):
        return numeric(written)
    if not NAME.fullmatch(written):
        raise Refused(NOT_A_URL)
    return written


def bracketed(written: str) -> str:
    """An IPv6 address, of no particular network card."""
    try:
        address = IPv6Address(written)
    except ValueError as error:
        raise Refused(NOT_A_URL) from error
    if address.scope_id:
        raise Refused(NOT_A_URL)
    return str(address)


def numeric(written: str) -> str:
    """A number as browsers read it: up to four parts, each decimal, octal or hex."""
    try:
        return str(IPv4Address(socket.inet_aton(written)))
    except (OSError, ValueError) as error:
        raise Refused(NOT_A_URL) from error


def path_of(parts: SplitResult) -> str:
    query = f"?{quote(parts.query, safe=READABLE + '?[]|')}" if parts.query else ""
    return (quote(parts.path, safe=READABLE + "[]|") or "/") + query


def typed(text: str) -> str:
    """What a person typed as an address: example.org/page is meant as https://example.org/page."""
    text = text.strip()
    return f"https://{text}" if "://" not in text and BARE.fullmatch(text) else text


def normal(url: str, base: str = "") -> str:
    """One spelling for one page: no fragment, no usual port, no tracking, host in ASCII. Relative to `base`, if any.

    Raises Refused for what is no http(s) address.
    """
    try:
        whole = urljoin(base, url.strip()) if base else url
    except ValueError as error:
        raise Refused(NOT_A_URL) from error
    taken = place(whole)
    path, _, query = taken.path.partition("?")
    path = re.sub(r";(jsessionid|phpsessid)=[^/;]*", "", upright(ESCAPED.sub(plain, path)), flags=re.I)
    kept = "&".join(pair for pair in query.split("&") if pair and not TRACKING.fullmatch(pair.partition("=")[0]))
    kept = ESCAPED.sub(plain, kept)
    return str(Place(taken.scheme, taken.host, taken.port, path + (f"?{kept}" if kept else "")))


def plain(escape: re.Match[str]) -> str:
    """An escape in capitals, or the letter that needed none."""
    letter = chr(int(escape[0][1:], 16))
    return letter if UNRESERVED.fullmatch(letter) else escape[0].upper()


def upright(path: str) -> str:
    """Without . and .. steps."""
    if not re.search(r"/\.\.?(/|$)", path):
        return path
    steps: list[str] = []
    for step in path.split("/")[1:]:
        if step == "..":
            steps = steps[:-1]
        elif step != ".":
            steps.append(step)
    return "/" + "/".join([*steps, ""] if re.search(r"/\.\.?$", path) and steps else steps)


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one site: the same host, with or without www and https. Ports must agree."""
    try:
        return site(place(one)) == site(place(other))
    except Refused:
        return False


def site(of: Place) -> tuple[str, int]:
    return of.host.removeprefix("www."), 0 if of.port in PORTS.values() else of.port


def wanted(url: str, *, include: Iterable[str] = (), exclude: Iterable[str] = ()) -> bool:
    """Whether an address is among the paths asked for: with `include`, only those; never those of `exclude`.

    A pattern is a path such as /blog/*, where * is anything. /blog without a star is that page and all below it.
    """
    wishes = [pattern for pattern in map(str.strip, include) if pattern]
    bans = [pattern for pattern in map(str.strip, exclude) if pattern]
    path, _, query = place(url).path.partition("?")
    path = unquote(path)
    whole = f"{path}?{unquote(query)}" if query else path

    def among(patterns: list[str]) -> bool:
        return any(fits(pattern, path) or fits(pattern, whole) for pattern in patterns)

    return (among(wishes) or not wishes) and not among(bans)


def fits(pattern: str, path: str) -> bool:
    pattern = unquote(pattern if pattern.startswith(("/", "*")) else f"/{pattern}")
    if "*" in pattern:
        return starred(pattern, path, whole=True)
    return path == pattern or path.startswith(pattern.rstrip("/") + "/")


def starred(pattern: str, text: str, *, whole: bool) -> bool:
    """Whether a text begins with, or as a `whole` is, a pattern in which * is anything. In linear time."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == first if whole else text.startswith(first)
    last = rest.pop() if whole else ""
    if not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in rest:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return at <= end
