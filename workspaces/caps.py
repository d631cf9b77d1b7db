"""Caps and guarantees: how much one workspace may take of a resource, and what the others must leave of it.

Nothing is divided: a guarantee reserves only what its workspace does not have yet, and only while that one is open.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from agencies.models import Agency
from workspaces.models import CapRequest, Resource, Workspace

COLUMNS = {Resource.MESSAGES: "message", Resource.SOURCES: "source", Resource.SEATS: "seat"}
WORDS = {Resource.MESSAGES: "messages", Resource.SOURCES: "data sources", Resource.SEATS: "seats"}


class Refused(Exception):
    """These numbers cannot be; the text says why, for the eyes of the agency's staff."""


class GuaranteeAboveCap(Refused):
    def __init__(self, guarantee: int, cap: int) -> None:
        super().__init__(f"The guarantee of {guarantee:,} is above the cap of {cap:,}. Lower it, or raise the cap.")


class GuaranteesAbovePool(Refused):
    def __init__(self, total: int, pool: int, resource: str) -> None:
        what = WORDS[Resource(resource)]
        super().__init__(
            f"Guarantees would add up to {total:,} of {pool:,} {what}. Lower this one, or another client's first."
        )


@dataclass(frozen=True)
class Grant:
    """What was granted on top of a cap, until `ends_at` (None: for good)."""

    amount: int
    ends_at: datetime | None
    last_day: date | None


@dataclass(frozen=True)
class Walls:
    """One workspace's cap and guarantee on one resource. Without a cap it draws on the shared pool."""

    cap: int | None
    guarantee: int | None
    grants: tuple[Grant, ...] = ()

    @property
    def at_most(self) -> int | None:
        """The cap with what runs on top of it."""
        return None if self.cap is None else self.cap + sum(grant.amount for grant in self.grants)


@dataclass(frozen=True)
class Counted:
    """What there is of a resource at one moment, counted by the floor that owns it.

    `used` is of the pool, where a person in two workspaces holds one seat; `owned` by workspace id, where they count in
    both; `held` of it is set aside for exchanges that run. `drawn` adds up to `used`, for meters that are stacked.
    """

    resource: Resource
    limit: int | None
    used: int
    owned: Mapping[int, int]
    held: Mapping[int, int] = field(default_factory=dict)
    drawn: Mapping[int, float] | None = None

    def taken(self, workspace_id: int) -> int:
        """What counts against the workspace's guarantee and cap."""
        return self.owned.get(workspace_id, 0) + self.held.get(workspace_id, 0)


def words(resource: str) -> str:
    """The resource inside a sentence."""
    return WORDS[Resource(resource)]


def amount(number: int, resource: str) -> str:
    """So many of a resource, in words."""
    what = words(resource)
    return f"{number:,} {what.removesuffix('s') if number == 1 else what}"


def cap_column(resource: str) -> str:
    return f"{COLUMNS[Resource(resource)]}_cap"


def guarantee_column(resource: str) -> str:
    return f"{COLUMNS[Resource(resource)]}_guarantee"


def all_grants(*, now: datetime) -> QuerySet[CapRequest]:
    """What runs on top of caps at `now`; at its end a grant is not in it any more."""
    return CapRequest.objects.filter(granted__isnull=False).filter(Q(ends_at=None) | Q(ends_at__gt=now))


def running_grants(resource: str, *, now: datetime) -> QuerySet[CapRequest]:
    return all_grants(now=now).filter(resource=resource)


def on_top(resource: str, *, now: datetime) -> Coalesce:
    """What was granted on top of the cap of each workspace of a query, 0 without: a column to annotate it with."""
    granted = running_grants(resource, now=now).filter(workspace=OuterRef("pk")).order_by()
    return Coalesce(Subquery(granted.values("workspace").annotate(total=Sum("granted")).values("total")), 0)


def at_most(workspace: Workspace, resource: str, *, now: datetime) -> int | None:
    """The workspace's cap with what it was granted on top for a while; None draws on the shared pool."""
    cap: int | None = getattr(workspace, cap_column(resource))
    if cap is None:
        return None
    granted = running_grants(resource, now=now).filter(workspace=workspace).aggregate(total=Sum("granted"))["total"]
    return cap + (granted or 0)


def with_grants(workspaces: QuerySet[Workspace], *, now: datetime) -> QuerySet[Workspace]:
    """Each with what was granted on top of its caps, so that `cap_of` asks nothing more."""
    return workspaces.annotate(**{f"granted_{resource}": on_top(resource, now=now) for resource in Resource.values})


def cap_of(workspace: Any, resource: str) -> int | None:
    """`at_most` of a workspace that was loaded with its grants."""
    cap: int | None = getattr(workspace, cap_column(resource))
    return None if cap is None else cap + int(getattr(workspace, f"granted_{resource}"))


def last_day(ends_at: datetime, time_zone: str) -> date:
    """The last day of what ends then: on the agency's calendar, or on that of billing periods, which end with UTC's."""
    zone = UTC if ends_at.astimezone(UTC).time() == time() else ZoneInfo(time_zone)
    return (ends_at - timedelta(microseconds=1)).astimezone(zone).date()


def walls_of(agency: Agency, workspaces: Iterable[Workspace], resource: str, *, now: datetime) -> dict[int, Walls]:
    """The walls of many workspaces of one agency, by their id."""
    grants: dict[int, list[Grant]] = defaultdict(list)
    rows = running_grants(resource, now=now).filter(workspace__agency=agency).order_by("ends_at", "pk")
    for workspace_id, amount, ends_at in rows.values_list("workspace_id", "granted", "ends_at"):
        grants[workspace_id].append(Grant(amount or 0, ends_at, ends_at and last_day(ends_at, agency.time_zone)))
    cap, guarantee = cap_column(resource), guarantee_column(resource)
    return {w.pk: Walls(getattr(w, cap), getattr(w, guarantee), tuple(grants[w.pk])) for w in workspaces}


def guarantees(agency: Agency, resource: str) -> dict[int, int]:
    """{workspace id: its guarantee}, of the open ones: a paused or archived workspace reserves nothing."""
    column = guarantee_column(resource)
    still_open = agency.workspaces.filter(paused_at=None, archived_at=None, **{f"{column}__gt": 0})
    return dict(still_open.values_list("pk", column))


def guaranteed(workspaces: Iterable[Workspace], resource: str) -> dict[int, int]:
    """The same of workspaces that are loaded already."""
    still_open = [each for each in workspaces if each.paused_at is None and each.archived_at is None]
    return {each.pk: most for each in still_open if (most := guarantee_of(each, resource))}


def reserved(guaranteed: Mapping[int, int], owned: Mapping[int, int], *, but: int | None = None) -> int:
    """What these guarantees still reserve: as far as it is not owned yet; without that of workspace `but`."""
    return sum(max(0, most - owned.get(pk, 0)) for pk, most in guaranteed.items() if pk != but)


def fits(counted: Counted, guaranteed: Mapping[int, int], *, workspace_id: int, wanted: int) -> bool:
    """Whether the pool holds `wanted` more for this workspace, beside what it keeps for the others.

    What is guaranteed to the workspace itself it may have while there is any: promises that are too many for what is
    left must not block each other. A plan that became smaller, or a late promise, can leave them so.
    """
    if counted.limit is None:
        return True
    own = counted.owned.get(workspace_id, 0) + wanted <= guaranteed.get(workspace_id, 0)
    kept = 0 if own else reserved(guaranteed, counted.owned, but=workspace_id)
    return counted.used + wanted + kept <= counted.limit


def refuse_guarantee(
    workspace: Workspace, resource: str, *, cap: int | None, guarantee: int | None, pool: int | None
) -> None:
    """Raises GuaranteeAboveCap, or GuaranteesAbovePool when the open workspaces' would add up to more than `pool`.

    Lowering one is never refused for the sum, which a smaller plan may have left too high. The agency row is locked.
    """
    if guarantee is not None and cap is not None and guarantee > cap:
        raise GuaranteeAboveCap(guarantee, cap)
    if (guarantee or 0) > guarantee_of(workspace, resource) and workspace.paused_at is None:
        refuse_sum(workspace, resource, pool=pool, guarantee=guarantee)


def refuse_sum(workspace: Workspace, resource: str, *, pool: int | None, guarantee: int | None = None) -> None:
    """Raises GuaranteesAbovePool when the workspace's guarantee, or this one, does not fit beside the others'."""
    own = guarantee_of(workspace, resource) if guarantee is None else guarantee
    total = sum((guarantees(workspace.agency, resource) | {workspace.pk: own}).values())
    if pool is not None and own and total > pool:
        raise GuaranteesAbovePool(total, pool, resource)


def guarantee_of(workspace: Workspace, resource: str) -> int:
    return getattr(workspace, guarantee_column(resource)) or 0
