"""The clients of a month side by side, as plain values for pages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agencies.models import Agency
from billing.models import Way
from billing.revenue import months, sums
from billing.revenue.months import Draft
from billing.revenue.sums import Sum

SORTS = [("name", "Client"), ("revenue", "Revenue"), ("cost", "Cost"), ("profit", "Profit"), ("margin", "Margin")]


@dataclass(frozen=True)
class Row:
    """One client's month; `way` is how it is billed at its end."""

    workspace_id: int
    name: str
    way: str
    is_main: bool
    sum: Sum

    @property
    def billed(self) -> str:
        """How, in words."""
        return str(Way(self.way).label) if self.way != Way.NONE else ""

    @property
    def margin(self) -> float | None:
        """Profit by revenue of a client that is billed; None of any other, and without revenue."""
        return None if self.way == Way.NONE else self.sum.margin

    @property
    def loses(self) -> bool:
        return not self.is_main and self.way != Way.NONE and self.sum.profit < 0


def running(agency: Agency, now: datetime) -> dict[int, Row]:
    """The running month of each client as far as it is, by its workspace's id; the agency's own work left out."""
    return {row.workspace_id: row for row in of(months.running(agency, now)) if not row.is_main}


def of(month: Draft) -> list[Row]:
    found = sums.by_client(month.lines)
    lasts = {each.workspace_id: each for each in month.gathered.month.stretches}
    return [Row(pk, last.name, last.terms.way, last.is_main, found.get(pk, Sum())) for pk, last in lasts.items()]


ORDERS: dict[str, Callable[[Row], Any]] = {
    "name": lambda row: row.name.lower(),
    "revenue": lambda row: (-row.sum.revenue, row.name.lower()),
    "cost": lambda row: (-row.sum.cost, row.name.lower()),
    "profit": lambda row: (row.sum.profit, row.name.lower()),
    "margin": lambda row: (row.sum.margin is None, row.sum.margin or 0, row.name.lower()),
}


def ordered(rows: Iterable[Row], *, by: str, name: str = "") -> list[Row]:
    """Those that are called like `name`: by name, the highest revenue or cost, or the lowest profit or margin first."""
    return sorted((row for row in rows if name.lower() in row.name.lower()), key=ORDERS[by])
