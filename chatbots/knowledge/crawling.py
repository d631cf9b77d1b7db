"""Which pages a website's learning goes to from one page, and where it ends."""

import posixpath
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from chatbots.knowledge.fetching import Refused, urls

MOST_PAGES = 500  # of one website
DEEPEST = 10  # clicks from where the crawl begins
MOST_LINKS = 1000  # that are followed from one page
MOST_BYTES = 200_000_000  # of all pages of one website
MOST_SECONDS = 3600  # of work for one learning

# What holds no words to learn, told by how a path ends.
WORDLESS = frozenset(
    """
    7z apk avi avif bin bmp bz2 css dmg doc eot exe flac gif gz heic ico iso jar jpeg jpg js json m4a m4v mjs mkv mov
    mp3 mp4 mpeg mpg msi ogg ogv otf png ppt pptx rar rss svg tar tgz tif tiff ttf wav webm webmanifest webp wmv woff
    woff2 xls xlsx xml zip
    """.split()  # noqa: SIM905 - a list of words
)


def links(found: Iterable[str], *, on: str) -> list[str]:
    """The pages of the same site that the page at `on` leads to, in order, each once, up to MOST_LINKS."""
    kept: dict[str, None] = {}
    for link in addresses(found):
        if len(kept) == MOST_LINKS:
            break
        if link != on and holds_words(link) and urls.same_site(link, on):
            kept[link] = None
    return list(kept)


def addresses(found: Iterable[str]) -> Iterator[str]:
    """Those that are addresses of pages, each in its one spelling."""
    for each in found:
        try:
            yield urls.normal(each)
        except Refused:
            continue


def holds_words(url: str) -> bool:
    ending = posixpath.splitext(urlsplit(url).path)[1].removeprefix(".").lower()
    return ending not in WORDLESS
