"""Every client's use, cap and guarantee of one resource, side by side, as plain values for pages.

What there is of a resource is counted by the floor that owns it, and comes in as `caps.Counted`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agencies.models import Agency
from billing import periods, usage
from billing.periods import Period
from workspaces import caps
from workspaces.caps import Counted, Walls
from workspaces.models import Resource, Workspace


@dataclass(frozen=True)
class Row:
    """One client in the table. `taken` is what is used and what is held for exchanges that run."""

    workspace: Workspace
    walls: Walls
    used: int
    taken: int
    drawn: float  # its part of a stacked meter
    share: float  # of everything used, 0 to 1
    tone: int

    @property
    def is_open(self) -> bool:
        return self.workspace.archived_at is None

    @property
    def is_over(self) -> bool:
        return self.walls.at_most is not None and self.taken > self.walls.at_most

    @property
    def is_reached(self) -> bool:
        return self.walls.at_most is not None and self.taken >= self.walls.at_most

    @property
    def guaranteed(self) -> int:
        """What counts of its guarantee: nothing of a paused or archived one's."""
        return (self.walls.guarantee or 0) if self.is_open and self.workspace.paused_at is None else 0

    @property
    def reserved(self) -> int:
        """What the guarantee keeps from the others, since it is not used yet."""
        return max(0, self.guaranteed - self.taken)


@dataclass(frozen=True)
class Allocation:
    """One resource of an agency, client by client. `limit` None is unlimited; messages have a `period`."""

    resource: Resource
    limit: int | None
    used: int
    held: int
    rows: list[Row]
    period: Period | None

    @property
    def what(self) -> str:
        return caps.WORDS[self.resource]

    @property
    def left(self) -> int | None:
        """What nobody has, reserved or not."""
        return None if self.limit is None else max(0, self.limit - self.used - self.held)

    @property
    def using(self) -> list[Row]:
        return [row for row in self.rows if row.used]

    @property
    def reserved(self) -> int:
        return sum(row.reserved for row in self.rows)

    @property
    def for_everybody(self) -> int | None:
        """What is left and reserved for nobody."""
        return None if self.left is None else max(0, self.left - self.reserved)

    @property
    def over(self) -> int:
        """How much more is used than the pool holds, as after a change to a smaller plan."""
        return 0 if self.limit is None else max(0, self.used - self.limit)

    @property
    def capped(self) -> int:
        return sum(row.walls.cap is not None and row.is_open for row in self.rows)

    @property
    def caps(self) -> int:
        return sum(row.walls.at_most or 0 for row in self.rows if row.is_open)

    @property
    def guarantees(self) -> int:
        return sum(row.guaranteed for row in self.rows)

    def row_of(self, workspace: Workspace) -> Row:
        """The row of an open workspace of this agency."""
        return next(row for row in self.rows if row.workspace.pk == workspace.pk)


def of(agency: Agency, counted: Counted, *, now: datetime) -> Allocation:
    """Every client, the biggest first; an archived one as far as it used something of the period."""
    toned = [(w, tone) for w, tone in usage.toned(agency) if w.archived_at is None or counted.taken(w.pk)]
    walls = caps.walls_of(agency, [workspace for workspace, _ in toned], counted.resource, now=now)
    drawn = counted.owned if counted.drawn is None else counted.drawn
    rows = [
        Row(
            workspace,
            walls[workspace.pk],
            counted.owned.get(workspace.pk, 0),
            counted.taken(workspace.pk),
            drawn.get(workspace.pk, 0),
            drawn.get(workspace.pk, 0) / counted.used if counted.used else 0.0,
            tone,
        )
        for workspace, tone in toned
    ]
    rows.sort(key=lambda row: (-row.used, row.workspace.name.lower()))
    period = periods.current(agency, now) if counted.resource == Resource.MESSAGES else None
    return Allocation(counted.resource, counted.limit, counted.used, sum(counted.held.values()), rows, period)


ORDERS: dict[str, Callable[[Row], Any]] = {
    "used": lambda row: (-row.used, row.workspace.name.lower()),
    "name": lambda row: row.workspace.name.lower(),
    "cap": lambda row: (row.walls.at_most is None, -(row.walls.at_most or 0), row.workspace.name.lower()),
}


def ordered(rows: Iterable[Row], *, by: str, name: str = "") -> list[Row]:
    """The rows whose client is called like `name`: the most used, by name, or the highest cap first."""
    return sorted((row for row in rows if name.lower() in row.workspace.name.lower()), key=ORDERS[by])
