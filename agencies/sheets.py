"""CSV for spreadsheet programs: what comes from outside stays text, and runs as no formula."""

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal
from io import StringIO
from itertools import chain

PIECE = 64_000  # characters
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def lines(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The sheet, in pieces, with the mark by which programs know UTF-8."""
    return pieces(chain(["\ufeff" + line(header)], map(line, rows)))


def pieces(texts: Iterable[str]) -> Iterator[str]:
    """The texts joined to pieces of PIECE characters or more: to hand one on takes a server longer than to make it."""
    piece = StringIO()
    for text in texts:
        piece.write(text)
        if piece.tell() >= PIECE:
            yield piece.getvalue()
            piece = StringIO()
    if rest := piece.getvalue():
        yield rest


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
