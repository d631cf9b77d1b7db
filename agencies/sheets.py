"""CSV for spreadsheet programs: what comes from outside stays text, and runs as no formula."""

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal
from io import StringIO

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def lines(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The sheet, a line at a time, with the mark by which programs know UTF-8."""
    yield "\ufeff" + line(header)
    for row in rows:
        yield line(row)


def line(cells: Iterable[object]) -> str:
    out = StringIO()
    csv.writer(out).writerow([quoted(cell) for cell in cells])
    return out.getvalue()


def quoted(cell: object) -> object:
    """A cell whose first character, past blanks, would begin a formula gets an apostrophe before it."""
    text = "" if cell is None else str(cell)
    is_number = isinstance(cell, int | float | Decimal)
    if is_number or not (text.lstrip().startswith(FORMULA) or text.startswith(("\t", "\r"))):
        return text
    return "'" + text
