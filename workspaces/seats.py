"""Seats: one person in one agency's client workspaces; an open invitation holds one, an archived workspace none.

Seats exist, so they are counted under the agency row's lock and never stored: nothing can drift.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.functions import Lower

from agencies.models import Agency, User
from workspaces.models import Invitation, Membership, Workspace


class SeatsExhausted(Exception):
    """No seat is left, in the pool or under the workspace's cap."""


@dataclass(frozen=True)
class Seats:
    """Seats of an agency: taken now, and the limit (None = unlimited)."""

    used: int
    limit: int | None

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(self.limit - self.used, 0)


def of_agency(agency: Agency, *, now: datetime) -> Seats:
    return Seats(len(holders(open_ones(agency), now=now)), agency.seat_limit)


def open_ones(agency: Agency) -> QuerySet[Workspace]:
    """The agency's workspaces that are not archived."""
    return agency.workspaces.filter(archived_at=None)


def holders(workspaces: QuerySet[Workspace], *, now: datetime) -> set[str]:
    """The e-mails that hold a seat in these workspaces: members, and whoever has an open invitation."""
    return {email for _, email in [*members_of(workspaces), *invited_to(workspaces, now=now)]}


def members_of(workspaces: QuerySet[Workspace]) -> list[tuple[int, str]]:
    """(workspace id, e-mail in small letters) of the members."""
    return list(Membership.objects.filter(workspace__in=workspaces).values_list("workspace_id", Lower("user__email")))


def invited_to(workspaces: QuerySet[Workspace], *, now: datetime) -> list[tuple[int, str]]:
    """The same of the open invitations; an expired one holds no seat."""
    waiting = Invitation.objects.filter(workspace__in=workspaces, accepted_at=None, revoked_at=None)
    return list(waiting.filter(expires_at__gt=now).values_list("workspace_id", Lower("email")))


def by_workspace(agency: Agency, *, now: datetime) -> list[tuple[Workspace, int]]:
    """The workspaces in which people hold seats, with how many, the most first. A person in two counts in both."""
    rows = [*members_of(open_ones(agency)), *invited_to(open_ones(agency), now=now)]
    counts = Counter(workspace_id for workspace_id, _ in set(rows))
    named = agency.workspaces.in_bulk(list(counts))
    return [(named[pk], count) for pk, count in counts.most_common()]


def claim(workspace: Workspace, *, email: str, by: User, now: datetime) -> None:
    """See that `email` may hold a seat in `workspace`. Locks the agency row: two cannot both take the last seat.

    At the limit it refuses; somebody who holds a seat in the agency already takes no further one of the pool. Asked by
    a client's manager it refuses them too, who must not learn so who is in other workspaces.
    Raises SeatsExhausted. Call it inside the transaction that writes the holder.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    if not open_ones(agency).filter(pk=workspace.pk).exists():
        raise SeatsExhausted(f"{workspace} was archived meanwhile, and holds no seats. Nothing was changed.")
    refuse_above_limit(agency, {email.lower()}, now=now)
    here = holders(Workspace.objects.filter(pk=workspace.pk), now=now)
    if email.lower() in here:
        return
    if of_agency(agency, now=now).left == 0 and not agency.staff.filter(user=by).exists():
        raise SeatsExhausted(all_taken(agency))
    if workspace.seat_cap is not None and len(here) >= workspace.seat_cap:
        raise SeatsExhausted(
            f"{workspace} has a cap on seats ({workspace.seat_cap}), and all are taken. Raise it first."
        )


def all_taken(agency: Agency) -> str:
    return f"All {agency.seat_limit} seats of {agency} are taken. Remove somebody, or ask support for more."


def claim_for_all(workspace: Workspace, *, now: datetime) -> None:
    """See that all members of an archived workspace may hold their seats again. Raises SeatsExhausted."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    refuse_above_limit(agency, holders(Workspace.objects.filter(pk=workspace.pk), now=now), now=now)


def refuse_above_limit(agency: Agency, emails: set[str], *, now: datetime) -> None:
    """Raises SeatsExhausted when these people take seats that the pool does not have. The agency row is locked."""
    everyone = holders(open_ones(agency), now=now)
    wanted = len(everyone | emails)
    if agency.seat_limit is not None and wanted > len(everyone) and wanted > agency.seat_limit:
        raise SeatsExhausted(
            all_taken(agency)
            if len(emails) == 1
            else f"{agency} has {max(agency.seat_limit - len(everyone), 0)} seats left, and its people need "
            f"{wanted - len(everyone)}. Free some first, or ask support for more."
        )
