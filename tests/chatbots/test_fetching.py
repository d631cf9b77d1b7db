"""Fetching a page from a real server on this machine, which is not always a good one."""

import gzip
import ssl
import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from chatbots.knowledge.fetching import Refused, fetch, unpacking
from chatbots.knowledge.fetching.fetcher import MOST
from tests.chatbots.web import Page, Web, served

HOUR = "<h1>Opening hours</h1><p>From seven to six.</p>"


@pytest.fixture
def web(settings: Any) -> Iterator[Web]:
    """A server that the settings open, as an operator does for a demo."""
    with served() as web:
        settings.FETCH_ALLOWED = [web.place]
        yield web


def refusal(url: str, **limits: Any) -> str:
    with pytest.raises(Refused) as refused:
        fetch(url, **limits)
    assert len(str(refused.value)) <= 300  # as the column holds
    return str(refused.value)


# --- a page ----------------------------------------------------------------------------------------------------------


def test_a_page_is_fetched_as_it_is(web: Web) -> None:
    web.pages["/hours?day=1"] = Page(HOUR, etag='"7"', headers={"Last-Modified": "Tue, 01 Sep 2026 10:00:00 GMT"})
    fetched = fetch(web.url("/hours?day=1#top"))
    assert (fetched.url, fetched.status, fetched.unchanged) == (web.url("/hours?day=1"), 200, False)
    assert (fetched.body.decode(), fetched.content_type) == (HOUR, "text/html; charset=utf-8")
    assert (fetched.etag, fetched.last_modified) == ('"7"', "Tue, 01 Sep 2026 10:00:00 GMT")


def test_a_server_learns_nothing_of_who_asks(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # trusted by nobody
    web.pages["/"] = Page(HOUR, headers={"Set-Cookie": "you=7"})
    fetch(web.url())
    fetch(web.url())
    for _, headers in web.asked:
        assert headers["User-Agent"] == "Bureau"
        assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}


def test_a_page_that_has_not_changed_is_not_sent_again(web: Web) -> None:
    web.pages["/"] = Page(HOUR, etag='"7"')
    fetched = fetch(web.url(), etag='"7"', last_modified="Tue, 01 Sep 2026 10:00:00 GMT")
    assert (fetched.unchanged, fetched.body, fetched.status) == (True, b"", 304)
    assert web.asked[0][1]["If-Modified-Since"] == "Tue, 01 Sep 2026 10:00:00 GMT"
    assert not fetch(web.url(), etag='"6"').unchanged


def test_a_mark_that_is_none_is_not_sent(web: Web) -> None:
    web.pages["/"] = Page(HOUR)
    fetch(web.url(), etag='"7"\r\nCookie: a=b', last_modified="\n")
    assert {"If-None-Match", "Cookie", "If-Modified-Since"} & set(web.asked[0][1]) == set()


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_packed_page_is_unpacked(web: Web, encoding: str) -> None:
    packed = gzip.compress(HOUR.encode()) if encoding == "gzip" else zlib.compress(HOUR.encode())
    web.pages["/"] = Page(packed, headers={"Content-Encoding": encoding})
    assert fetch(web.url()).body.decode() == HOUR


# --- the way round ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("opened", [[], ["127.0.0.1:80"], ["localhost:{port}"], ["127.0.0.1"], ["127.0.0.1:{port}0"]])
def test_only_exactly_what_the_settings_open_is_reached(web: Web, settings: Any, opened: list[str]) -> None:
    settings.FETCH_ALLOWED = [pair.format(port=web.server_port) for pair in opened]
    assert "usual ports" in refusal(web.url())
    assert web.asked == []


def test_an_opened_host_is_not_opened_under_other_names(web: Web) -> None:
    for host in ("localhost", "127.0.0.2", "[::1]", "[::ffff:127.0.0.1]"):
        assert "usual ports" in refusal(f"http://{host}:{web.server_port}/")
    assert web.asked == []


def test_an_opened_name_is_asked_by_its_name(web: Web, settings: Any) -> None:
    settings.FETCH_ALLOWED = [f"shop.example:{web.server_port}"]
    web.pages["/"] = Page(HOUR)
    fetch(f"http://Shop.example:{web.server_port}/", resolve=lambda host, port: ["127.0.0.1"])
    assert web.asked[0][1]["Host"] == f"shop.example:{web.server_port}"


# --- redirects -------------------------------------------------------------------------------------------------------


def led(web: Web, path: str, to: str, status: int = 302) -> None:
    web.pages[path] = Page(status=status, headers={"Location": to})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(web: Web, status: int) -> None:
    led(web, "/old/", "../new?a=1", status)
    web.pages["/new?a=1"] = Page(HOUR)
    assert fetch(web.url("/old/")).url == web.url("/new?a=1")


@pytest.mark.parametrize(
    "to",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "//2130706433/",
        "http://１２７.0.0.1/",
        "http://127.0.0.1:6379/",
        "http://user:secret@example.com/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://example.com\\@127.0.0.1/",
    ],
)
def test_a_redirect_to_an_inner_address_is_not_followed(web: Web, to: str) -> None:
    led(web, "/", to.encode().decode("latin-1"))
    said = refusal(web.url())
    assert any(word in said for word in ("inner address", "usual ports", "a password", "begin with", "web address"))
    assert web.paths() == ["/"]


def test_a_redirect_to_another_server_inside_does_not_reach_it(web: Web) -> None:
    with served() as other:
        led(web, "/", other.url("/secret"))
        assert "usual ports" in refusal(web.url())
        assert other.asked == []


def test_the_fifth_redirect_is_followed_and_the_sixth_is_not(web: Web) -> None:
    for hop in range(6):
        led(web, f"/{hop}", f"/{hop + 1}")
    web.pages["/6"] = Page(HOUR)
    assert fetch(web.url("/1")).url == web.url("/6")
    assert "leads on more than 5 times" in refusal(web.url("/0"))


def test_a_redirect_in_a_circle_ends(web: Web) -> None:
    led(web, "/", "/")
    assert "leads on more than 5 times" in refusal(web.url())
    assert len(web.asked) == 6


@pytest.mark.parametrize("to", ["", "http://[::1", "http://"])
def test_a_redirect_to_nowhere_is_refused(web: Web, to: str) -> None:
    led(web, "/", to)
    assert refusal(web.url())


# --- what servers say instead ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "asks for a login"),
        (403, "asks for a login"),
        (404, "no page at this address"),
        (410, "was removed"),
        (429, "asked too often"),
        (400, "refused the request (400)"),
        (418, "refused the request (418)"),
        (304, "refused the request (304)"),
        (500, "a fault of its own"),
        (503, "a fault of its own"),
    ],
)
def test_an_error_is_told_with_what_to_do(web: Web, status: int, said: str) -> None:
    web.pages["/"] = Page("Sorry.", status=status)
    with pytest.raises(Refused) as refused:
        fetch(web.url())
    assert said in str(refused.value)
    assert refused.value.status == status


def test_a_login_page_is_just_a_page(web: Web) -> None:
    led(web, "/private", "/login")
    web.pages["/login"] = Page("<form>Password</form>")
    assert fetch(web.url("/private")).url == web.url("/login")


def test_a_picture_is_not_read(web: Web) -> None:
    web.pages["/"] = Page(pieces=web.dripping(b"x"), headers={"Content-Type": "image/png"})
    assert "a picture, which has no text" in refusal(web.url())


def test_an_empty_page_is_said_to_be_empty(web: Web) -> None:
    web.pages["/"] = Page("")
    assert "sent an empty page" in refusal(web.url())


def test_an_unknown_packing_is_refused(web: Web) -> None:
    web.pages["/"] = Page(b"\x00\x01", headers={"Content-Encoding": "br"})
    assert "packed in a way that was not asked for (br)" in refusal(web.url())


@pytest.mark.parametrize("body", [b"no gzip at all", gzip.compress(HOUR.encode())[:-9]], ids=["other", "cut off"])
def test_a_broken_packing_is_refused(web: Web, body: bytes) -> None:
    web.pages["/"] = Page(body, headers={"Content-Encoding": "gzip"})
    assert "broke off" in refusal(web.url())


def test_a_body_that_breaks_off_is_refused(web: Web) -> None:
    web.pages["/"] = Page("half", headers={"Content-Length": "8"})
    assert "broke off" in refusal(web.url())


def test_nobody_at_home_is_told(settings: Any) -> None:
    with served() as gone:
        settings.FETCH_ALLOWED = [gone.place]
    assert "could not be reached" in refusal(gone.url(), seconds=5)


def test_a_certificate_of_its_own_is_refused(web: Web, tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(timezone.now() - timedelta(days=1))
    signed = made.not_valid_after(timezone.now() + timedelta(days=1)).sign(key, hashes.SHA256())
    pem, plain, clear = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (tmp_path / "pem").write_bytes(signed.public_bytes(pem) + key.private_bytes(pem, plain, clear))
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(tmp_path / "pem")
    web.socket = shown.wrap_socket(web.socket, server_side=True)
    assert "no valid certificate" in refusal(f"https://{web.place}/")
    assert web.asked == []


# --- too much, too slow ----------------------------------------------------------------------------------------------


def test_ten_gigabytes_are_not_read(web: Web) -> None:
    web.pages["/"] = Page(pieces=(bytes(1_000_000) for _ in range(10_000)))
    assert "larger than 5 MB" in refusal(web.url())
    assert web.sent < 30_000_000  # what was on its way


def test_ten_gigabytes_that_are_announced_are_not_begun(web: Web) -> None:
    web.pages["/"] = Page(pieces=web.dripping(b"x"), headers={"Content-Length": str(10**10)})
    assert "larger than 5 MB" in refusal(web.url())


def test_a_page_may_be_as_large_as_the_limit(web: Web) -> None:
    web.pages["/"] = Page(b"x" * MOST)
    assert len(fetch(web.url()).body) == MOST
    assert "larger than 0.0001 MB" in refusal(web.url(), most=100)


def test_a_bomb_is_unpacked_no_further_than_there_is_room(web: Web) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    web.pages["/"] = Page(bomb, headers={"Content-Encoding": "gzip"})
    assert len(bomb) < 100_000
    assert "larger than 5 MB" in refusal(web.url())
    unpacked = unpacking.Unpacked(1000, packed=True)
    with pytest.raises(unpacking.TooLarge):
        unpacked.take(bomb)
    assert len(unpacked.body) == 1001


def test_many_small_packed_pieces_are_unpacked_at_once() -> None:
    began = perf_counter()
    assert unpacking.unpacked(gzip.compress(b"a") * 200_000, most=5_000_000) == b"a" * 200_000
    assert perf_counter() - began < 10


def test_a_stream_that_unpacks_to_nothing_ends_too(web: Web) -> None:
    nothing = gzip.compress(b"")
    web.pages["/"] = Page(pieces=(nothing * 5_000 for _ in range(10_000)), headers={"Content-Encoding": "gzip"})
    assert "larger than 5 MB" in refusal(web.url())


def test_a_byte_now_and_then_ends_with_the_time(web: Web) -> None:
    web.pages["/"] = Page(pieces=web.dripping(b"x"))
    assert "took longer than 0.3 seconds" in refusal(web.url(), seconds=0.3)


def test_headers_that_never_end_end_with_the_time(web: Web) -> None:
    web.pages["/"] = Page(status=100, pieces=web.dripping(b"HTTP/1.1 100 Continue\r\n\r\n"))
    assert "took longer than 0.3 seconds" in refusal(web.url(), seconds=0.3)


def test_all_redirects_share_the_time(web: Web) -> None:
    led(web, "/", "/slow")
    web.pages["/slow"] = Page(pieces=web.dripping(b"x"))
    assert "took longer than 0.3 seconds" in refusal(web.url(), seconds=0.3)


def test_a_resolver_that_never_answers_ends_with_the_time(web: Web) -> None:
    def silent(host: str, port: int) -> list[str]:
        web.over.wait(30)
        return []

    assert "took longer than 0.2 seconds" in refusal("http://shop.example/", seconds=0.2, resolve=silent)
