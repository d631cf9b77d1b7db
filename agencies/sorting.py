"""Tables that are ordered by their heads. The heads are links: the order stands in the address, and back undoes it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True)
class Column:
    """A head; pressed again, it turns the order round. Without `query`, nothing is ordered by it."""

    label: str
    query: str = ""
    order: str = ""  # as `aria-sort` has it, where the table is ordered by it now
    is_number: bool = False
    is_wide: bool = False  # left out on a phone


def asked(wanted: str, sorts: Mapping[str, Any], *, default: str = "") -> str:
    """How a page is to be ordered: one of `sorts`, with a minus before it from the largest; else the default."""
    known = {key for each in sorts for key in (each, turned(each))}
    return wanted if wanted in known else default


def turned(sort: str) -> str:
    """The same column the other way round."""
    return sort[1:] if sort.startswith("-") else f"-{sort}"


def columns(
    sorts: Mapping[str, str],
    sort: str,
    *,
    kept: Mapping[str, str] | None = None,
    words: Collection[str] = ("name",),
    wide: Collection[str] = (),
) -> list[Column]:
    """Heads from {the order it begins with: its label}; of numbers, but for `words`. `kept` stays in the address."""
    also = {name: value for name, value in (kept or {}).items() if value}

    def column(key: str, label: str) -> Column:
        name = key.removeprefix("-")
        is_current = sort.removeprefix("-") == name
        order = ("descending" if sort.startswith("-") else "ascending") if is_current else ""
        query = urlencode({"sort": turned(sort) if is_current else key, **also})
        return Column(label, query, order, name not in words, name in wide)

    return [column(key, label) for key, label in sorts.items()]
