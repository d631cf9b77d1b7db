"""Seats: one person in one agency's client workspaces; an open invitation holds one, an archived workspace none.

Seats exist, so they are counted under the agency row's lock and never stored: nothing can drift.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.functions import Lower

from agencies.models import Agency, User
from workspaces import caps
from workspaces.caps import Counted
from workspaces.models import Invitation, Membership, Resource, Workspace


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
    return {email for _, _, email in held_in(workspaces, now=now)}


def held_in(workspaces: QuerySet[Workspace], *, now: datetime) -> list[tuple[int, int, str]]:
    """(agency id, workspace id, e-mail in small letters) of the members, and of the open invitations."""
    members = Membership.objects.filter(workspace__in=workspaces)
    met = members.values_list("workspace__agency_id", "workspace_id", Lower("user__email"))
    return list(met.union(invited_to(workspaces, now=now), all=True))


def invited_to(workspaces: QuerySet[Workspace], *, now: datetime) -> QuerySet[Invitation, tuple[int, int, str]]:
    """The same of the open invitations alone; an expired one holds no seat."""
    waiting = Invitation.objects.filter(workspace__in=workspaces, accepted_at=None, revoked_at=None)
    return waiting.filter(expires_at__gt=now).values_list("workspace__agency_id", "workspace_id", Lower("email"))


def people(agency: Agency, *, now: datetime) -> dict[int, set[str]]:
    """Who holds seats, by workspace id. A person in two stands in both."""
    found: dict[int, set[str]] = defaultdict(set)
    for _, workspace_id, email in held_in(open_ones(agency), now=now):
        found[workspace_id].add(email)
    return found


def everyone(places: Mapping[int, set[str]]) -> set[str]:
    return set().union(*places.values())


def by_workspace(agency: Agency, *, now: datetime) -> list[tuple[Workspace, int]]:
    """The workspaces in which people hold seats, with how many, the most first. A person in two counts in both."""
    counts = Counter({workspace_id: len(emails) for workspace_id, emails in people(agency, now=now).items()})
    named = agency.workspaces.in_bulk(list(counts))
    return [(named[pk], count) for pk, count in counts.most_common()]


def counted(agency: Agency, now: datetime) -> Counted:
    """The seats as they stand. A person in several workspaces is drawn in each by their part of the seat."""
    return as_counted(agency, people(agency, now=now))


def as_counted(agency: Agency, places: Mapping[int, set[str]]) -> Counted:
    met = Counter(email for emails in places.values() for email in emails)
    owned = {pk: len(emails) for pk, emails in places.items()}
    drawn = {pk: sum(1 / met[email] for email in emails) for pk, emails in places.items()}
    return Counted(Resource.SEATS, agency.seat_limit, len(met), owned, drawn=drawn)


def claim(workspace: Workspace, *, email: str, by: User, now: datetime) -> None:
    """See that `email` may hold a seat in `workspace`. Locks the agency row: two cannot both take the last seat.

    At the limit it refuses, and where what is left is guaranteed to other workspaces; somebody who holds a seat in the
    agency already takes no further one of the pool. Asked by a client's manager it refuses them too, who must not learn
    so who is in other workspaces. Raises SeatsExhausted. Call it inside the transaction that writes the holder.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    place = open_ones(agency).filter(pk=workspace.pk).first()
    if place is None:
        raise SeatsExhausted(f"{workspace} was archived meanwhile, and holds no seats. Nothing was changed.")
    places = people(agency, now=now)
    here = places.get(place.pk, set())
    if email.lower() in here:
        return
    staff = agency.staff.filter(user=by).exists()
    if email.lower() not in everyone(places) or not staff:
        refuse_above_limit(agency, place, places, wanted=1, staff=staff)
    cap = caps.at_most(place, Resource.SEATS, now=now)
    if cap is not None and len(here) >= cap:
        more = "Raise it first." if staff else f"Ask {agency} for more."
        raise SeatsExhausted(f"{place} has a cap on seats ({cap:,}), and {len(here):,} are taken. {more}")


def claim_for_all(workspace: Workspace, *, now: datetime) -> None:
    """See that all members of an archived workspace may hold their seats again. Raises SeatsExhausted."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    places = people(agency, now=now)
    coming = holders(Workspace.objects.filter(pk=workspace.pk), now=now) - everyone(places)
    refuse_above_limit(agency, workspace, places, wanted=len(coming), staff=True)


def refuse_above_limit(
    agency: Agency, workspace: Workspace, places: Mapping[int, set[str]], *, wanted: int, staff: bool
) -> None:
    """Raises SeatsExhausted when the pool, less what it keeps for other workspaces, does not hold `wanted` more.

    Only staff read numbers of the pool. The agency row is locked.
    """
    if agency.seat_limit is None or not wanted:
        return
    stands, guaranteed = as_counted(agency, places), caps.guarantees(agency, Resource.SEATS)
    if caps.fits(stands, guaranteed, workspace_id=workspace.pk, wanted=wanted):
        return
    if not staff:
        raise SeatsExhausted(f"No seat is left for {workspace}. Remove somebody, or ask {agency} for more.")
    kept = caps.reserved(guaranteed, stands.owned, but=workspace.pk)
    raise SeatsExhausted(why_not(agency, used=stands.used, kept=kept, wanted=wanted))


def why_not(agency: Agency, *, used: int, kept: int, wanted: int) -> str:
    """In words for staff: the pool is full, or what it has left is guaranteed, or it is too little."""
    limit = agency.seat_limit or 0
    free = max(0, limit - used)
    if not free:
        taken = (
            f"All {limit:,} seats of {agency} are taken."
            if used == limit
            else f"{used:,} of {limit:,} seats are taken."
        )
        return f"{taken} Remove somebody, or ask support for more."
    if kept:
        return (
            f"Of the {free:,} seats that are left, {min(kept, free):,} are guaranteed to other clients, and {wanted:,} "
            f"{'is' if wanted == 1 else 'are'} needed. Lower a guarantee, or free some."
        )
    return (
        f"{agency} has {free:,} seats left, and its people need {wanted:,}. Free some first, or ask support for more."
    )
