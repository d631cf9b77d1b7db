"""The house's text format: blocks between blank lines, headings, list items, and rows of tables as sentences."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

ITEM = "- "
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\ufffe\uffff]")


def heading(level: int, text: str) -> str:
    text = squeezed(text)
    return f"{'#' * min(max(level, 1), 6)} {text}" if text else ""


def item(text: str) -> str:
    text = squeezed(text)
    return ITEM + text if text else ""


def row(headers: Sequence[str], cells: Sequence[str]) -> str:
    """A row as a sentence: Header: value; Header: value. Empty cells are left out."""
    named = [*headers, *[""] * (len(cells) - len(headers))]
    pairs = [(squeezed(name).rstrip(":"), squeezed(cell)) for name, cell in zip(named, cells, strict=False)]
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)


def pair(cells: Sequence[str]) -> str:
    """A row of a table without headers. Of two cells, the first names the second."""
    filled = [text for text in map(squeezed, cells) if text]
    if len(cells) == 2 and len(filled) == 2:
        return f"{filled[0].rstrip(':')}: {filled[1]}"
    return "; ".join(filled)


def squeezed(text: str) -> str:
    return " ".join(text.split())


def joined(blocks: Iterable[str]) -> str:
    """Blocks as a text. Items of a list stay together."""
    text, before = "", ""
    for block in filter(None, blocks):
        together = block.startswith(ITEM) and before.startswith(ITEM)
        text += ("\n" if together else "\n\n") + block
        before = block
    return text.strip()


def tidy(text: str) -> str:
    """Letters in one spelling, without what cannot be shown or stored, and never two blank lines."""
    text = text.encode("utf-8", "ignore").decode()
    text = CONTROL.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")))
    lines = (line.rstrip() for line in text.replace("\u2028", "\n").replace("\u2029", "\n\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
