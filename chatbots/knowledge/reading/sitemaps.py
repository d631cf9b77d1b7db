"""Sitemaps: of pages, of sitemaps, and plain lists of addresses."""

from typing import Any

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]

from chatbots.knowledge.reading import decoding
from chatbots.knowledge.reading.documents import Unreadable

MOST = 50_000  # addresses, as the protocol allows
NONE = "This is no sitemap. Give the address of one, which usually ends in sitemap.xml."


def read(data: bytes) -> dict[str, Any]:
    """Its pages and its further sitemaps."""
    text = decoding.text(data).strip() if data.lstrip()[:1] != b"<" else ""
    if text.startswith(("http://", "https://")):
        return {"pages": text.split()[:MOST], "maps": []}
    try:
        root = fromstring(data.strip(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Unreadable(NONE) from error
    kind = local(root)
    if kind not in {"urlset", "sitemapindex"}:
        raise Unreadable(NONE)
    places = [place.text.strip() for entry in root for place in entry if local(place) == "loc" and place.text]
    found = places[:MOST]
    return {"pages": found, "maps": []} if kind == "urlset" else {"pages": [], "maps": found}


def local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].lower()
