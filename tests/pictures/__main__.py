"""`make pictures`: every page of both doors as the people whom it is for, desktop and phone, light and dark, as files.

`python -m tests.pictures FOLDER [part of a route's name]` fills the folder and an index.html that shows them.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path

from playwright.sync_api import Page as Window
from playwright.sync_api import sync_playwright

from tests.browser import running
from tests.browser.conftest import person, sign_in
from tests.browser.test_pages import DESKTOP, PHONE, is_page, open_page
from tests.places import Page

# In an order in which a window changes least from one to the next.
MODES = [("desktop-light", DESKTOP, "light"), ("desktop-dark", DESKTOP, "dark")]
MODES += [("phone-dark", PHONE, "dark"), ("phone-light", PHONE, "light")]
STYLE = "img { width: 24%; vertical-align: top; border: 1px solid #888 } h2 { font: 1rem sans-serif }"


def main(folder: Path, part: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    with tempfile.TemporaryDirectory() as data, running.demo(Path(data)) as bureau, sync_playwright() as playwright:
        browser = running.chromium(playwright)
        wanted = [page for page in bureau.pages() if part in page.name]
        for who, pages in groupby(wanted, key=lambda page: page.who):
            window = person(browser, bureau, viewport=DESKTOP)
            if who:
                sign_in(window, bureau, who)
            for page in pages:
                if is_page(window, page):
                    taken.append((page, list(take(window, page, folder))))
                    print(f"{page.who or 'anybody':24} {page.name}", flush=True)
            window.close()
        browser.close()
    (folder / "index.html").write_text(sheet(taken))
    print(f"{sum(len(files) for _, files in taken)} pictures of {len(taken)} pages: {folder / 'index.html'}")


def take(window: Window, page: Page, folder: Path) -> Iterator[str]:
    """The files, one for each mode."""
    who = page.who.partition("@")[0] or "anybody"
    stem = re.sub(r"\W+", "-", f"{who} {page.name} {page.path.rpartition('/c/')[2][:8] if '/c/' in page.path else ''}")
    open_page(window, page)
    for mode, size, scheme in MODES:
        window.set_viewport_size(size)
        window.emulate_media(color_scheme=scheme)
        name = f"{stem.strip('-')}.{mode}.png"
        window.screenshot(path=folder / name, full_page=True)
        yield name


def sheet(taken: list[tuple[Page, list[str]]]) -> str:
    rows = (f"<h2>{escape(page.who or 'anybody')} · {escape(page.name)}</h2>{shown(files)}" for page, files in taken)
    return f'<!doctype html><meta charset="utf-8"><title>Every page</title><style>{STYLE}</style>{"".join(rows)}'


def shown(files: list[str]) -> str:
    return "".join(f'<a href="{name}"><img src="{name}" alt="{name}" loading="lazy"></a>' for name in files)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
