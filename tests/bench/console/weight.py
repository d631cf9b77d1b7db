"""What a browser fetches for a page: the page, what it names, and the panels that load with it. Bytes as sent: gzip."""

import re
from dataclasses import dataclass, field
from gzip import compress
from pathlib import Path

from django.contrib.staticfiles import finders
from django.test import Client

NAMED = re.compile(r'(?:href|src)="/?static/([^"?]+\.(?:css|js|svg|png|woff2))"')
PRELOADED = re.compile(r'hx-get="([^"]+)"(?=[^>]*hx-trigger="load")')
FONT = re.compile(r'url\("([^"]+-latin-wght[^"]+)"\)')  # others are fetched for letters that the page does not have
PACKED = {".woff2", ".png"}  # what is compressed already


@dataclass
class Browser:
    """One that has been nowhere: what it fetched stays in its cache."""

    client: Client
    cache: set[str] = field(default_factory=set)

    def visit(self, path: str) -> dict[str, int]:
        """{what was fetched: bytes}"""
        page = self.client.get(path, secure=True).content.decode()
        fetched = {path: len(compress(page.encode()))}
        for name in NAMED.findall(page):
            fetched |= self.static(name)
        for panel in PRELOADED.findall(page):
            answer = self.client.get(panel.replace("&amp;", "&"), headers={"HX-Request": "true"}, secure=True)
            fetched[panel] = len(compress(answer.content))
        return fetched

    def static(self, name: str) -> dict[str, int]:
        if name in self.cache:
            return {}
        self.cache.add(name)
        found = finders.find(name)
        if not isinstance(found, str):
            raise LookupError(f"The page names {name}, which is not there")
        file = Path(found)
        raw = file.read_bytes()
        fetched = {name: len(raw) if file.suffix in PACKED else len(compress(raw))}
        if file.suffix == ".css":
            for font in FONT.findall(raw.decode()):
                fetched |= self.static(f"vendor/{font.partition('vendor/')[2]}")
        return fetched
