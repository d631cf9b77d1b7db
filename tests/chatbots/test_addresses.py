"""Which addresses are on the public web, and how an address is written and compared."""

import socket
from time import perf_counter

import pytest

from chatbots.knowledge.fetching import Refused, addresses, fetch, urls

# Every spelling of an address inside, and what else is no public page. None may be connected to.
INNER = """
http://127.0.0.1/ http://127.1/ http://127.0.1/ http://2130706433/ http://0x7f000001/ http://0x7f.0.0.1/
http://0X7F.1/ http://017700000001/ http://0177.0.0.1/ http://0177.0x0.0.1/ http://0/ http://0.0.0.0/
http://127.0.0.1./ http://127.255.255.254/ http://localhost/ http://LOCALHOST/ http://localhost./ http://ｌｏｃａｌｈｏｓｔ/
http://localhost:443/ https://localhost:80/ http://１２７．０．０．１/ http://①②⑦.⓪.⓪.①/ http://127。0。0。1/ http://127．0｡0.1/
http://１２７.1/ http://０ｘ７ｆ．1/ http://[::1]/ http://[::]/ http://[0:0:0:0:0:0:0:1]/ http://[::ffff:127.0.0.1]/
http://[::ffff:7f00:1]/ http://[::ffff:a9fe:a9fe]/ http://[::127.0.0.1]/ http://[64:ff9b::127.0.0.1]/
http://[64:ff9b::7f00:1]/ http://[64:ff9b::a9fe:a9fe]/ http://[64:ff9b:1::1]/ http://[2002:7f00:1::]/
http://[2002:a00:1::1]/ http://[2001:0:7f00:1::]/ http://[2001:db8::1]/ http://[fec0::1]/ http://[fe80::1]/
http://[fc00::1]/ http://[fd00:ec2::254]/ http://[ff02::1]/ http://[100::1]/ http://[::ffff:0:7f00:1]/
http://[3fff::1]/ http://[2606:4700::5efe:127.0.0.1]/ http://10.0.0.1/ http://10.255.255.255/ http://012.0.0.1/
http://167772161/ http://172.16.0.1/ http://172.31.255.255/ http://192.168.0.1/ http://192.168.1/
http://3232235777/ http://0xc0a80001/ http://169.254.169.254/latest/meta-data/ http://0xa9fea9fe/
http://2852039166/ http://0251.0376.0251.0376/ http://168.63.129.16/ http://100.64.0.1/ http://100.100.100.200/
http://192.0.0.8/ http://192.0.0.192/ http://192.0.2.1/ http://192.88.99.1/ http://198.18.0.1/ http://198.51.100.1/
http://203.0.113.1/ http://224.0.0.1/ http://240.0.0.1/ http://255.255.255.255/ http://127.0.0.1#@example.com/
http://127.0.0.1?@example.com/
"""

CONFUSING = [
    "http://example.com\\@127.0.0.1/",
    "http://example.com@127.0.0.1/",
    "http://user:secret@example.com/",
    "http://127.0.0.1:secret@example.com/",
    "http://a@b@127.0.0.1/",
    "http://[::1%25lo]/",
    "http://[fe80::1%eth0]/",
    "http://[::1/",
    "http://%31%32%37.0.0.1/",
    "http://127.0.0.1%00.example.com/",
    "http://example.com%2f@127.0.0.1/",
    "http://exam\tple.com/",
    "http://example.com\r\nHost: localhost/",
    "http://exa\u200bmple.com/",
    "http://\u202eexample.com/",
    "http:///etc/passwd",
    "http:/127.0.0.1/",
    "http:127.0.0.1",
    "http://256.256.256.256/",
    "http://1.2.3.4.5/",
    "http://0x/",
    "http://4294967296/",
    "http://-/",
    "http://.example.com/",
    "http://example..com/",
    "http://xn--/",
    "http://" + "a" * 64 + ".com/",
    "http://" + "a." * 130 + "com/",
    "http://example.com:0/",
    "http://example.com:99999/",
    "http://example.com:22/",
    "http://example.com:8080/",
    "http://example.com:6379/",
    "http://example.com:80:443/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "javascript:alert(1)",
    "data:text/html,hello",
    "//127.0.0.1/",
    "127.0.0.1",
    "not an address",
    "",
    " ",
    "https://",
    "http://example.com/" + "a" * 2000,
    "http://example.com/" + "é" * 500,
    "http://example.com/\ud800",
    "http://ex\ud800ample.com/",
]


@pytest.fixture(autouse=True)
def _nobody_dials(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is begun at all fails the test."""

    def dialled(address: object, *_: object, **__: object) -> None:
        pytest.fail(f"{address} was dialled.")

    monkeypatch.setattr(socket, "create_connection", dialled)


def as_localhost(host: str, port: int) -> list[str]:
    """A resolver that reads numbers as the system's does, and knows one name."""
    return ["127.0.0.1", "::1"] if host == "localhost" else [host]


@pytest.mark.parametrize("url", INNER.split())
def test_an_inner_address_is_not_fetched_in_any_spelling(url: str) -> None:
    with pytest.raises(Refused, match="inner address"):
        fetch(url, resolve=as_localhost)


@pytest.mark.parametrize("url", CONFUSING)
def test_what_is_no_plain_address_is_not_fetched(url: str) -> None:
    with pytest.raises(Refused, match=r"web address|name or a password|usual ports|begin with https"):
        fetch(url, resolve=as_localhost)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "192.0.1.1", "2606:4700::1111", "64:ff9b::8.8.8.8"])
def test_public_addresses_are_public(address: str) -> None:
    assert not addresses.inner(address)


@pytest.mark.parametrize("address", ["", "here", "1.1.1", "1.1.1.1/8", "::ffff:1.1.1.1.1"])
def test_what_is_no_address_is_inner(address: str) -> None:
    assert addresses.inner(address)


@pytest.mark.parametrize("found", [["10.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["1.1.1.1", "::1"], ["fe80::1%eth0"]])
def test_a_name_with_one_inner_address_is_not_fetched(found: list[str]) -> None:
    with pytest.raises(Refused, match=r"shop\.example is an inner address"):
        fetch("https://shop.example/", resolve=lambda host, port: found)


def test_a_name_that_is_not_known_is_said_to_be_none() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror

    with pytest.raises(Refused, match=r"no server with the name shop\.example"):
        fetch("https://shop.example/", resolve=unknown)


def test_what_is_dialled_is_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [["1.1.1.1"], ["127.0.0.1"]]  # the name means another machine the second time
    dialled: list[object] = []

    def unanswered(address: object, *_: object, **__: object) -> None:
        dialled.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", unanswered)
    with pytest.raises(Refused, match="could not be reached"):
        fetch("http://shop.example/", resolve=lambda host, port: answers.pop(0))
    assert (dialled, answers) == ([("1.1.1.1", 80)], [["127.0.0.1"]])


# --- how addresses are written ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("HTTPS://Example.ORG", "https://example.org/"),
        ("https://example.org:443/a#part", "https://example.org/a"),
        ("http://example.org:443/", "http://example.org:443/"),
        ("https://example.org./a/./b/../c", "https://example.org/a/c"),
        ("https://example.org/a/../../b/", "https://example.org/b/"),
        ("https://bücher.example/straße", "https://xn--bcher-kva.example/stra%C3%9Fe"),
        ("https://example.org/%7euser/%c3%a9", "https://example.org/~user/%C3%A9"),
        ("https://example.org/?utm_source=x&id=7&fbclid=y", "https://example.org/?id=7"),
        ("https://example.org/?gclid=x", "https://example.org/"),
        ("https://example.org/a;jsessionid=12AB?b=1", "https://example.org/a?b=1"),
        ("https://example.org/a b?q=c d", "https://example.org/a%20b?q=c%20d"),
        ("  https://example.org/a\n", "https://example.org/a"),
        ("https://[2606:4700:0::1111]/", "https://[2606:4700::1111]/"),
    ],
)
def test_an_address_has_one_spelling(written: str, normal: str) -> None:
    assert urls.normal(written) == normal
    assert urls.normal(normal) == normal


def test_an_address_is_relative_to_its_page() -> None:
    assert urls.normal("../b?c=1#d", "https://example.org/a/index.html") == "https://example.org/b?c=1"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("example.org", "https://example.org"),
        ("www.example.org/page?a=b", "https://www.example.org/page?a=b"),
        ("http://example.org", "http://example.org"),
        ("mailto:ada@example.org", "mailto:ada@example.org"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("localhost", "localhost"),
    ],
)
def test_what_people_type_is_meant_as_https(typed: str, meant: str) -> None:
    assert urls.typed(typed) == meant


def test_a_long_line_of_dots_is_told_from_an_address_at_once() -> None:
    began = perf_counter()
    for line in ("a." * 1000 + ":x", "." * 2000 + ":", "a" * 200_000 + ":"):
        assert urls.typed(line) == line
    assert perf_counter() - began < 1


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("http://www.example.org/b", True),
        ("https://EXAMPLE.org:443", True),
        ("https://blog.example.org/", False),
        ("https://example.org.evil.test/", False),
        ("https://notexample.org/", False),
        ("https://example.org:8443/", False),
        ("mailto:a@example.org", False),
    ],
)
def test_a_site_is_a_host(other: str, same: bool) -> None:
    assert urls.same_site("https://example.org/a", other) is same


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/blog/*", "/blog/first", True),
        ("/blog/*", "/blog", False),
        ("/blog", "/blog", True),
        ("/blog", "/blog/2024/first", True),
        ("/blog", "/blogger", False),
        ("blog", "/blog/first", True),
        ("*/print", "/a/b/print", True),
        ("*.pdf", "/files/a.pdf", True),
        ("/*?page=*", "/list?page=2", True),
        ("/a*b*c", "/a-b-c", True),
        ("/a*b*c", "/a-c-b", False),
        ("/ab*bc", "/abc", False),
        ("/café", "/caf%C3%A9/menu", True),
        ("*" * 500 + "x", "/" + "a" * 1000, False),
    ],
)
def test_a_pattern_is_a_path_with_stars(pattern: str, path: str, fits: bool) -> None:
    url = f"https://example.org{path}"
    assert urls.wanted(url, include=[pattern]) is fits
    assert urls.wanted(url, exclude=[pattern]) is not fits


def test_what_is_excluded_is_not_wanted_even_if_it_is_included() -> None:
    assert not urls.wanted("https://example.org/blog/draft", include=["/blog"], exclude=["/blog/draft"])
    assert urls.wanted("https://example.org/anything", include=["", "  "], exclude=[])
