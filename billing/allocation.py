"""Allocating the pool: setting a client's cap and guarantee, the history of it, and the way back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from agencies import audit
from agencies.models import Action, Agency, AuditEntry, User
from billing import usage
from workspaces import caps, closing, lifecycle
from workspaces.models import AtLimit, Resource, Workspace

UNDOABLE = (Action.CAPS_CHANGED, Action.AT_LIMIT_CHANGED)
WALLS = (caps.cap_column, caps.guarantee_column)
COLUMNS = [column(resource) for resource in Resource for column in WALLS]
ONCE_CALLED = {
    str(resource): caps.cap_column(resource) for resource in Resource
}  # in older entries, which knew caps alone


class ChangedMeanwhile(caps.Refused):
    """Somebody else, or the same person in another tab, was quicker."""

    def __init__(self, workspace: Workspace, resource: str) -> None:
        cap, guarantee = (getattr(workspace, column(resource)) for column in WALLS)
        capped = "it has no cap" if cap is None else f"its cap is {cap:,}"
        kept = f"{guarantee:,} {'is' if guarantee == 1 else 'are'}" if guarantee else "nothing is"
        super().__init__(
            f"{workspace} was changed meanwhile: {capped}, and {kept} guaranteed. Save again to change that."
        )


class ChangedSince(caps.Refused):
    def __init__(self, workspace: Workspace) -> None:
        super().__init__(f"{workspace} was changed since, so this cannot be undone. Nothing was changed now.")


class NothingToUndo(caps.Refused):
    def __init__(self) -> None:
        super().__init__("This entry is no change of a cap or guarantee, so there is nothing to undo.")


@dataclass(frozen=True)
class Change:
    """An entry of the history, in words, and whether it still stands and so can be undone."""

    entry: AuditEntry
    workspace: Workspace
    differences: list[tuple[str, Any, Any]]
    stands: bool


@transaction.atomic
def allocate(
    workspace: Workspace,
    *,
    resource: str,
    cap: int | None,
    guarantee: int | None,
    by: User,
    now: datetime,
    at_limit: str | None = None,
    seen: str = "",
) -> list[AuditEntry]:
    """Set one resource's cap and guarantee and, with `at_limit`, what visitors get then: all of it or nothing.

    `seen` is how it `stood` when it was looked at. Returns the entries of what is new. Raises ChangedMeanwhile,
    caps.GuaranteeAboveCap, caps.GuaranteesAbovePool, lifecycle.Archived.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    if seen and seen != stood(held := lifecycle.locked(workspace), resource):
        raise ChangedMeanwhile(held, resource)
    pool = pool_of(agency, resource, now=now)
    done = [lifecycle.allocate(workspace, resource=resource, cap=cap, guarantee=guarantee, pool=pool, by=by, now=now)]
    if at_limit:
        done.append(lifecycle.set_at_limit(workspace, at_limit=at_limit, by=by, now=now))
    return [entry for entry in done if entry]


def stood(workspace: Workspace, resource: str) -> str:
    """What `allocate` may change, in a word."""
    walls = [getattr(workspace, column(resource)) for column in WALLS]
    return " ".join(map(str, [*walls, workspace.at_limit] if resource == Resource.MESSAGES else walls))


def pool_of(agency: Agency, resource: str, *, now: datetime) -> int | None:
    """What there is of a resource for everybody; of messages, in the running period. None is unlimited."""
    if resource == Resource.MESSAGES:
        return usage.limit(agency, now)
    return agency.source_limit if resource == Resource.SOURCES else agency.seat_limit


@transaction.atomic
def resume(workspace: Workspace, *, by: User, now: datetime) -> None:
    """Let a paused workspace run again, with its guarantees, which reserved nothing meanwhile.

    Raises caps.GuaranteesAbovePool when they do not fit beside the others' any more, closing.Refused.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    held = agency.workspaces.get(pk=workspace.pk)
    for resource in Resource if held.paused_at and held.archived_at is None else []:
        caps.refuse_sum(held, resource, pool=pool_of(agency, resource, now=now))
    closing.resume(workspace, by=by, now=now)


@transaction.atomic
def give_up_what_does_not_fit(workspace: Workspace, *, by: User, now: datetime) -> list[AuditEntry]:
    """Take the guarantees from a restored workspace that do not fit beside the others' any more; the entries of it.

    An archived one cannot be changed, so a refusal could not be mended.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    held, done = agency.workspaces.get(pk=workspace.pk), []
    for resource in Resource if held.paused_at is None else []:
        try:
            caps.refuse_sum(held, resource, pool=pool_of(agency, resource, now=now))
        except caps.GuaranteesAbovePool:
            cap = getattr(held, caps.cap_column(resource))
            done += allocate(held, resource=resource, cap=cap, guarantee=None, by=by, now=now)
    return done


# --- the history, and undoing ----------------------------------------------------------------------------------------


def history(agency: Agency, resource: str, *, size: int) -> list[Change]:
    """The last changes of this resource's caps and guarantees, the newest first."""
    named = [caps.cap_column(resource), caps.guarantee_column(resource), str(resource)]
    wanted = Q(action=Action.CAPS_CHANGED, after__has_any_keys=named)
    if resource == Resource.MESSAGES:
        wanted |= Q(action=Action.AT_LIMIT_CHANGED)
    return told(agency, audit.of_agency(agency.pk).filter(wanted)[:size])


def told(agency: Agency, entries: Iterable[AuditEntry]) -> list[Change]:
    """Entries with their workspaces, in words."""
    rows = list(entries)
    places = agency.workspaces.in_bulk([entry.workspace_id for entry in rows if entry.workspace_id])
    met = [(entry, places[entry.workspace_id]) for entry in rows if entry.workspace_id in places]
    return [Change(entry, place, differences(entry), stands(entry, place)) for entry, place in met]


def differences(entry: AuditEntry) -> list[tuple[str, Any, Any]]:
    """(what, before, after); with the resource's name where the entry is about several."""
    before, after = columns(entry.before), columns(entry.after)
    several = len({name.split("_")[0] for name in after}) > 1
    return [(called(name, several=several), said(before.get(name)), said(after[name])) for name in after]


def called(column: str, *, several: bool) -> str:
    if column == "at_limit":
        return "at the limit"
    return column.replace("_", " ") if several else column.split("_")[-1]


def said(value: Any) -> Any:
    """A number, None, or what visitors get at the limit in words."""
    if value not in AtLimit.values:
        return value
    label = AtLimit(value).label
    return label[0].lower() + label[1:]


def stands(entry: AuditEntry, workspace: Workspace) -> bool:
    """Whether the workspace is still as this entry made it."""
    made = columns(entry.after)
    return bool(made) and not workspace.archived_at and all(getattr(workspace, c) == made[c] for c in made)


def resource_of(entry: AuditEntry) -> Resource:
    """The resource that an entry is about, the first if there are several; messages for what visitors get."""
    made = columns(entry.after)
    return next(
        (r for r in Resource if {caps.cap_column(r), caps.guarantee_column(r)} & made.keys()), Resource.MESSAGES
    )


def columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry keeps, by the columns of a workspace, as far as these can hold it."""
    named = {ONCE_CALLED.get(name, name): value for name, value in values.items()}
    return {name: value for name, value in named.items() if fits(name, value)}


def fits(column: str, value: Any) -> bool:
    return value in AtLimit.values if column == "at_limit" else column in COLUMNS and isinstance(value, int | None)


@transaction.atomic
def undo(agency: Agency, entry: AuditEntry, *, by: User, now: datetime) -> list[AuditEntry]:
    """Set back what this entry changed, if it still stands; returns the entries of that.

    Raises NothingToUndo, ChangedSince, and what `allocate` raises when the old numbers do not fit any more.
    """
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    workspace = agency.workspaces.filter(pk=entry.workspace_id or 0).first()
    if workspace is None or entry.agency_id != agency.pk or entry.action not in UNDOABLE:
        raise NothingToUndo
    held = lifecycle.locked(workspace)
    wanted, made = columns(entry.before), columns(entry.after)
    if wanted.keys() != made.keys():
        raise NothingToUndo
    if not stands(entry, held):
        raise ChangedSince(held)
    done: list[AuditEntry] = []
    for resource in Resource:
        cap, guarantee = caps.cap_column(resource), caps.guarantee_column(resource)
        if wanted.keys() & {cap, guarantee}:
            now_is = {column: wanted.get(column, getattr(held, column)) for column in (cap, guarantee)}
            done += allocate(held, resource=resource, cap=now_is[cap], guarantee=now_is[guarantee], by=by, now=now)
    if at_limit := wanted.get("at_limit"):
        done += filter(None, [lifecycle.set_at_limit(held, at_limit=at_limit, by=by, now=now)])
    return done
