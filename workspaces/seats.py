"""Seats: one person in one agency's client workspaces; an open invitation holds one.

Seats exist, so they are counted under the agency row's lock and never stored: nothing can drift.
"""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from agencies.models import Agency
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


def of_agency(agency: Agency) -> Seats:
    return Seats(len(holders(agency.workspaces.all())), agency.seat_limit)


def holders(workspaces: QuerySet[Workspace]) -> set[str]:
    """The e-mails that hold a seat in these workspaces: members, and whoever has an open invitation."""
    members = Membership.objects.filter(workspace__in=workspaces).values_list(Lower("user__email"), flat=True)
    invited = Invitation.objects.filter(
        workspace__in=workspaces, accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    ).values_list(Lower("email"), flat=True)
    return set(members) | set(invited)


def claim(workspace: Workspace, *, email: str) -> None:
    """See that `email` may hold a seat in `workspace`. Locks the agency row: two cannot both take the last seat.

    At the limit it refuses; somebody who holds a seat in the agency already takes no further one of the pool.
    Raises SeatsExhausted. Call it inside the transaction that writes the holder.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    everyone = holders(agency.workspaces.all())
    if email.lower() not in everyone and agency.seat_limit is not None and len(everyone) >= agency.seat_limit:
        raise SeatsExhausted(
            f"All {agency.seat_limit} seats of {agency} are taken. Free one, or add seats, then invite again."
        )
    here = holders(Workspace.objects.filter(pk=workspace.pk))
    if email.lower() not in here and workspace.seat_cap is not None and len(here) >= workspace.seat_cap:
        raise SeatsExhausted(f"{workspace} may hold {workspace.seat_cap} seats, and all are taken. Raise its cap.")
