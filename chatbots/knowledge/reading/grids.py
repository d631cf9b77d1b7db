"""Tables of HTML as rows of the house's text format. Those that only place things on a page are none."""

from typing import Any

from chatbots.knowledge.reading.layout import pair, row

WIDEST = 50  # columns
MOST_ROWS = 20_000


def rows(table: Any) -> list[str]:
    """Each row as a sentence; nothing for a table that holds tables, headings or lists, or is of one column."""
    if (
        table.get("role") == "presentation"
        or next(table.iterdescendants("table", "h1", "h2", "h3", "ul"), None) is not None
    ):
        return []
    grid = list(spread(table))
    if not grid or max(len(cells) for cells, _ in grid) < 2:
        return []
    first, heads = grid[0]
    if all(heads) or (len(heads) > 1 and all(heads[1:])):
        return [written for cells, _ in grid[1:] if (written := row(first, cells))] or [pair(first)]
    return [written for cells, _ in grid if (written := pair(cells))]


def spread(table: Any) -> list[tuple[list[str], list[bool]]]:
    """Every row's cells, and which are headers. A cell over several rows or columns is in each of them."""
    grid: list[tuple[list[str], list[bool]]] = []
    lasting: dict[int, tuple[str, bool, int]] = {}  # by column: a cell from above, and for how many rows more
    for line in list(table.iterdescendants("tr"))[:MOST_ROWS]:
        cells: list[str] = []
        heads: list[bool] = []
        for cell in line.iterchildren("td", "th"):
            carry(cells, heads, lasting)
            text, head = " ".join(" ".join(cell.itertext()).split()), cell.tag == "th"
            for _ in range(span(cell, "colspan")):
                if len(cells) < WIDEST:
                    lasting[len(cells)] = (text, head, span(cell, "rowspan") - 1)
                    cells.append(text)
                    heads.append(head)
        carry(cells, heads, lasting)
        if any(cells):
            grid.append((cells, heads))
    return grid


def carry(cells: list[str], heads: list[bool], lasting: dict[int, tuple[str, bool, int]]) -> None:
    """Put in what reaches down from above."""
    while len(cells) in lasting and lasting[len(cells)][2] > 0:
        text, head, more = lasting[len(cells)]
        lasting[len(cells)] = (text, head, more - 1)
        cells.append(text)
        heads.append(head)


def span(cell: Any, name: str) -> int:
    value = cell.get(name) or "1"
    return min(max(int(value), 1), WIDEST) if value.isascii() and value.isdecimal() else 1
