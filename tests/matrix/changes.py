"""Which rows of which tenants a request changed."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from agencies.models import Agency, User
from tests.matrix import tenancy
from tests.matrix.tenancy import Row, Table
from tests.matrix.world import World
from workspaces.models import Workspace

VOLATILE = ("last_login", "last_active_on")


@dataclass(frozen=True)
class Change:
    """One row that is new, gone or other than before, and whose it was and is."""

    table: str
    pk: Any
    was: str | None
    now: str | None
    old: Row
    new: Row

    @property
    def tenants(self) -> set[str]:
        return {tenant for tenant in (self.was, self.now) if tenant}

    @property
    def columns(self) -> dict[str, Any]:
        """The columns that differ, with their new values."""
        return {name: value for name, value in self.new.items() if self.old.get(name) != value}

    def __str__(self) -> str:
        what = "made" if not self.old else "deleted" if not self.new else f"changed {sorted(self.columns)} of"
        return f"{what} {self.table} {self.pk} of {self.was or self.now}" + (
            f", now {self.now}'s" if self.was and self.now and self.was != self.now else ""
        )


def since(world: World, touched: Collection[str]) -> list[Change]:
    """What is other in these tables than when the world was built."""
    found: list[Change] = []
    fresh: dict[tuple[Table, Any], str] = {}
    for table in tenancy.tables():
        if table._meta.db_table in touched:
            now, then = tenancy.rows(table), world.rows[table]
            for pk in [pk for pk in {**then, **now} if then.get(pk) != now.get(pk)]:
                change = compare(world, fresh, table, pk, then.get(pk, {}), now.get(pk, {}))
                if set(change.columns) - set(VOLATILE) or not change.old or not change.new:
                    found.append(change)
    return found


def compare(world: World, fresh: dict[Any, str], table: Table, pk: Any, old: Row, new: Row) -> Change:
    was = world.owners.tenant.get((table, pk)) if old else None
    now = owner_now(world, fresh, table, pk, new) if new else None
    if not old and now:
        fresh[table, pk] = now
    return Change(table._meta.label, pk, was, now, old, new)


def owner_now(world: World, fresh: dict[Any, str], table: Table, pk: Any, row: Row) -> str | None:
    """Whose a row is as it stands. A new workspace counts as its agency's, a new person as nobody's."""
    if (table, pk) in world.owners.tenant and table in (Agency, User):
        return world.owners.tenant[table, pk]
    if table is Workspace:
        agency = world.owners.tenant.get((Agency, row["agency_id"]), "somebody new")
        known = world.owners.tenant.get((Workspace, pk))
        moved = known and agency != world.owners.tenant.get((Agency, world.rows[Workspace][pk]["agency_id"]))
        return agency if moved or not known else known
    keys = tenancy.parents_of(table, row)
    known = (world.owners.tenant.get(key) or fresh.get(key) for key in keys)
    return next((tenant for tenant in known if tenant), "somebody new")
