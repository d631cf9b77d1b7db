"""What is joined: all of it, in its order, found in development and collected for production."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from config.bundles import BUNDLES


@pytest.mark.parametrize("path", BUNDLES)
def test_a_bundle_holds_its_files_whole_and_in_order(path: str) -> None:
    found = finders.find(path)
    assert isinstance(found, str)
    joined = Path(found).read_text()
    parts = [Path("static", name).read_text() for name in BUNDLES[path]]
    places = [joined.index(part) for part in parts]
    assert places == sorted(places)
    assert path in [name for finder in finders.get_finders() for name, _ in finder.list([])]


def test_every_stylesheet_of_the_console_is_in_it() -> None:
    sheets = {str(sheet.relative_to("static")) for sheet in Path("static/css").rglob("*.css")}
    assert sheets - {"css/chat.css", "css/admin.css"} == set(BUNDLES["css/bureau.css"])


def test_scripts_that_stand_in_a_block_import_and_export_nothing() -> None:
    lines = [line for name in BUNDLES["js/console.js"] for line in Path("static", name).read_text().splitlines()]
    assert [line for line in lines if line.startswith(("import ", "export ", "await "))] == []
