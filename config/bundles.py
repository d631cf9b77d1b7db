"""Several small files of static/ sent as one: a first visit makes two requests for them instead of ten.

They are joined as they stand, when files are collected, or in development for each look; nothing is translated. Each
script stands in a block of its own, so two of them may use a name.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

PARTS = (  # of the components' layer
    *("frame", "surfaces", "actions", "forms", "today", "reports", "tables", "sources", "meter", "allocation"),
    *("insights", "revenue", "chatbot", "settings", "conversations", "account", "meetings"),
)
CSS = ("tokens", "base", "layout", *(f"components/{part}" for part in PARTS), "utilities")  # a later layer wins
JS = ("connection", "switcher", "palette", "once", "focus")  # of every page of the console
BUNDLES = {
    "css/bureau.css": [f"css/{name}.css" for name in CSS],
    "js/console.js": [f"js/{name}.js" for name in JS],
}


class Bundles(BaseFinder):
    """Finds what is joined, in a folder that goes with the process."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.folder = TemporaryDirectory(prefix="bureau-bundles-")
        self.storage = FileSystemStorage(location=self.folder.name)

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:
        if path not in BUNDLES:
            return []
        written = str(self.write(path))
        return [written] if find_all else written

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for path in BUNDLES:
            self.write(path)
            yield path, self.storage

    def write(self, path: str) -> Path:
        there = Path(self.folder.name) / path
        there.parent.mkdir(exist_ok=True)
        there.write_text(joined(path))
        return there


def joined(path: str) -> str:
    parts = [(settings.BASE_DIR / "static" / name).read_text() for name in BUNDLES[path]]
    return "".join(parts if path.endswith(".css") else (f"{{\n{part}}}\n" for part in parts))
