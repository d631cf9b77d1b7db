"""How many data sources there may be. They exist, so they are counted under the agency row's lock."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from agencies.models import Agency, User
from billing.uses import Use, of_caps, periods_of
from chatbots.models import DataSource
from workspaces import caps
from workspaces.caps import Counted
from workspaces.models import Resource, Workspace


class SourcesExhausted(Exception):
    """No data source is left; the text is for the user's eyes."""


@dataclass(frozen=True)
class Room:
    """How many more a workspace may have. `left` is None without a limit that its people may read."""

    left: int | None
    is_full: bool


def room(workspace: Workspace, *, is_staff: bool, now: datetime) -> Room:
    """What is left, as it stands: for staff of the pool and the cap, for others of their own cap."""
    cap = caps.at_most(workspace, Resource.SOURCES, now=now)
    under_cap = None if cap is None else max(0, cap - workspace.sources.count())
    in_pool = left_in_pool(workspace)
    known = [rest for rest in (under_cap, in_pool if is_staff else None) if rest is not None]
    return Room(min(known, default=None), under_cap == 0 or in_pool == 0)


def left_in_pool(workspace: Workspace) -> int | None:
    """What the pool has left for this workspace, beside what it keeps for others; None is without a limit."""
    agency = workspace.agency
    if agency.source_limit is None:
        return None
    stands, guaranteed = counted(agency), caps.guarantees(agency, Resource.SOURCES)
    free = agency.source_limit - stands.used
    own = guaranteed.get(workspace.pk, 0) - stands.owned.get(workspace.pk, 0)
    return max(0, free - caps.reserved(guaranteed, stands.owned, but=workspace.pk), min(free, own))


def refuse_if_full(agency: Agency, workspace: Workspace, *, by: User | None, now: datetime, wanted: int = 1) -> None:
    """Raises SourcesExhausted when `wanted` more do not fit into the limit or the cap. The agency row is locked."""
    refuse_above_limit(agency, workspace, by=by, wanted=wanted)
    refuse_above_cap(workspace, now=now, wanted=wanted)


def refuse_above_limit(agency: Agency, workspace: Workspace, *, by: User | None, wanted: int) -> None:
    """Raises SourcesExhausted when the pool, less what it keeps for other workspaces, does not hold `wanted` more.

    Only staff read numbers of the pool.
    """
    if agency.source_limit is None or not wanted:
        return
    stands, guaranteed = counted(agency), caps.guarantees(agency, Resource.SOURCES)
    if caps.fits(stands, guaranteed, workspace_id=workspace.pk, wanted=wanted):
        return
    if by and not agency.staff.filter(user=by).exists():
        raise SourcesExhausted(f"No data source is left for {workspace}. Delete one, or ask {agency} for more.")
    kept = caps.reserved(guaranteed, stands.owned, but=workspace.pk)
    raise SourcesExhausted(why_not(agency, used=stands.used, kept=kept, wanted=wanted))


def why_not(agency: Agency, *, used: int, kept: int, wanted: int) -> str:
    """In words for staff: the pool is full, or what it has left is guaranteed, or it is too little."""
    limit = agency.source_limit or 0
    free = max(0, limit - used)
    if not free and wanted == 1:
        taken = f"All {limit:,} data sources of {agency} are in use."
        over = f"{agency} has {used:,} data sources, and may have {limit:,}."
        return f"{taken if used == limit else over} Delete one, or add a pack."
    if free and kept:
        return (
            f"Of the {free:,} data sources that are left, {min(kept, free):,} are guaranteed to other clients, and "
            f"{wanted:,} {'is' if wanted == 1 else 'are'} needed. Lower a guarantee, or delete some."
        )
    return f"{agency} has room for {free:,} more data sources, and {wanted:,} are needed."


def refuse_above_cap(workspace: Workspace, *, now: datetime, wanted: int) -> None:
    """Raises SourcesExhausted when the workspace's cap does not hold `wanted` more."""
    cap, used = caps.at_most(workspace, Resource.SOURCES, now=now), workspace.sources.count()
    if cap is not None and wanted and used + wanted > cap:
        rest = "all are in use." if wanted == 1 and used == cap else f"{used:,} are in use; {wanted:,} are needed."
        raise SourcesExhausted(f"{workspace} has a cap on data sources ({cap:,}), and {rest}")


def refuse_move(agency: Agency, *, origin: Workspace, to: Workspace, moved: int, now: datetime) -> None:
    """Raises SourcesExhausted when `to` has no room under its cap, or `origin` would lose what it is guaranteed.

    What leaves a guaranteed workspace is reserved for it anew, and that has to fit beside everything that is used.
    """
    refuse_above_cap(to, now=now, wanted=moved)
    owned = by_workspace(agency)
    guaranteed = caps.guarantees(agency, Resource.SOURCES)
    before = caps.reserved(guaranteed, owned, but=to.pk)
    after = caps.reserved(guaranteed, owned - Counter({origin.pk: moved}), but=to.pk)
    limit = agency.source_limit
    if limit is not None and after > before and sum(owned.values()) + after > limit:
        raise SourcesExhausted(
            f"{origin} is guaranteed {caps.amount(guaranteed[origin.pk], Resource.SOURCES)}, and the pool could not "
            f"give it again what moves away. Lower its guarantee first."
        )


def by_workspace(agency: Agency) -> Counter[int]:
    """How many sources each open workspace owns, by its id; an archived one holds none of the pool."""
    rows = DataSource.objects.filter(workspace__agency=agency, workspace__archived_at=None)
    return Counter(dict(rows.values_list("workspace_id").annotate(owned=Count("pk")).order_by()))


def counted(agency: Agency, now: datetime | None = None) -> Counted:
    """The sources as they stand. Other resources are counted at a time, these have none."""
    owned = by_workspace(agency)
    return Counted(Resource.SOURCES, agency.source_limit, sum(owned.values()), owned)


def used_by(agency: Agency) -> int:
    """How many sources the agency's open workspaces own together."""
    return sum(by_workspace(agency).values())


def uses(agencies: Sequence[Agency], workspaces: Collection[Workspace], *, now: datetime) -> list[Use]:
    """What is used of these agencies' pools and these workspaces' caps, as `billing.uses` tells it of the others."""
    running = periods_of(agencies, workspaces, now)
    these = Q(workspace__agency__in=agencies) | Q(workspace__in=workspaces)
    owned = DataSource.objects.filter(these, workspace__archived_at=None).values_list("workspace__agency", "workspace")
    pool, here = Counter[int](), Counter[int]()
    for agency, workspace, count in owned.annotate(count=Count("pk")).order_by():
        pool[agency] += count
        here[workspace] = count
    return [
        Use(each, None, Resource.SOURCES, running[each.pk], pool[each.pk], each.source_limit) for each in agencies
    ] + of_caps(workspaces, Resource.SOURCES, here, running)
