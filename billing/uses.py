"""What is used of pools and caps, side by side: messages from the counters, seats as the floor below counts them.

Of whole sets of agencies with a fixed number of queries. Data sources the floor above counts, in the same form.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from agencies.models import Agency
from billing import periods
from billing.models import PoolPeriod, Resource, WorkspacePeriod
from billing.periods import Period
from workspaces import asking, caps, seats
from workspaces.models import Workspace

CAPPED = Q(message_cap__isnull=False) | Q(source_cap__isnull=False) | Q(seat_cap__isnull=False)
Key = tuple[int, int | None, str]  # agency, workspace, resource


@dataclass(frozen=True)
class Use:
    """What is used now of a pool, or with a workspace of its cap. A limit of None is none at all."""

    agency: Agency
    workspace: Workspace | None
    resource: str
    period: Period
    used: int
    limit: int | None

    def reaches(self, share: int) -> bool:
        """Whether `share` per cent are used; at the boundary they are. What is held counts not.

        A cap of 0 is used up from the start. A pool of 0 is a plan without this resource: nothing of it is used.
        """
        if self.limit is None or (self.limit == 0 and self.workspace is None):
            return False
        return self.used * 100 >= share * self.limit

    @property
    def key(self) -> Key:
        """What it is the use of."""
        return self.agency.pk, self.workspace.pk if self.workspace else None, str(self.resource)

    @property
    def may_ask(self) -> bool:
        """Whether so much of the cap is used that its client may ask for more."""
        return self.workspace is not None and self.limit is not None and asking.is_enough(self.used, self.limit)

    def __str__(self) -> str:
        who, whole = self.workspace or self.agency, caps.amount(self.limit or 0, self.resource)
        if not self.limit:
            return f"{who} has a cap of {whole}, and can use none"
        of_it = f"{self.used * 100 // self.limit} % of its"
        return f"{who} has used {of_it} cap of {whole}" if self.workspace else f"{who} has used {of_it} {whole}"


def capped(agencies: Collection[Agency], *, now: datetime) -> list[Workspace]:
    """The open workspaces with a cap, and with what was granted on top of it."""
    return with_caps(Workspace.objects.filter(agency__in=agencies, archived_at=None).filter(CAPPED), now=now)


def with_caps(workspaces: QuerySet[Workspace], *, now: datetime) -> list[Workspace]:
    """These as the functions below take them: with their agencies' periods, and what was granted on top of caps."""
    return list(caps.with_grants(workspaces, now=now).select_related("agency__subscription").order_by("pk"))


def of_messages(agencies: Sequence[Agency], workspaces: Collection[Workspace], *, now: datetime) -> list[Use]:
    """Of the running period: the pools of these agencies, and the caps of these workspaces."""
    running = periods_of(agencies, workspaces, now)
    starts = {period.start for period in running.values()}
    pools = PoolPeriod.objects.filter(agency__in=agencies, start__in=starts)
    pool = {each.agency_id: each for each in pools if each.start == running[each.agency_id].start}
    rows = WorkspacePeriod.objects.filter(workspace__in=workspaces, start__in=starts)
    used = {each.workspace_id: each.used for each in rows if each.start == running[each.agency_id].start}
    met = [each for each in agencies if each.pk in pool]  # the others have used none
    return [
        Use(each, None, Resource.MESSAGES, running[each.pk], pool[each.pk].used, pool[each.pk].limit) for each in met
    ] + of_caps(workspaces, Resource.MESSAGES, used, running)


def of_seats(agencies: Sequence[Agency], workspaces: Collection[Workspace], *, now: datetime) -> list[Use]:
    """The same of seats, right now."""
    running = periods_of(agencies, workspaces, now)
    these = Q(agency__in=agencies) | Q(pk__in=[each.pk for each in workspaces])
    counted = Workspace.objects.filter(these, archived_at=None)
    holders = set(seats.held_in(counted, now=now))
    used = Counter(workspace_id for _, workspace_id, _ in holders)
    people = Counter(agency_id for agency_id, _ in {(agency_id, email) for agency_id, _, email in holders})
    return [
        Use(each, None, Resource.SEATS, running[each.pk], people[each.pk], each.seat_limit) for each in agencies
    ] + of_caps(workspaces, Resource.SEATS, used, running)


def of_caps(
    workspaces: Collection[Workspace],
    resource: Resource,
    used: Mapping[int, int],
    running: Mapping[int, Period],
) -> list[Use]:
    """The caps of these workspaces on one resource, with what was granted on top, as far as they have one."""
    at_most = [(each, caps.cap_of(each, resource)) for each in workspaces]
    return [
        Use(each.agency, each, resource, running[each.agency_id], used.get(each.pk, 0), cap)
        for each, cap in at_most
        if cap is not None
    ]


def periods_of(agencies: Sequence[Agency], workspaces: Collection[Workspace], now: datetime) -> dict[int, Period]:
    """{agency id: its running period}"""
    every = {each.pk: each for each in [*agencies, *(workspace.agency for workspace in workspaces)]}
    return {pk: periods.current(each, now) for pk, each in every.items()}
