"""Who holds the agency's seats, which of them are idle, and freeing one, with a way back."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from agencies import audit
from agencies.access import project
from agencies.models import Action, Agency, Staff, User
from workspaces import access, seats
from workspaces.models import FreedSeat, Invitation, Membership, Workspace

IDLE_AFTER = timedelta(days=30)
UNACCEPTED_AFTER = timedelta(days=3)
UNDO_WITHIN = timedelta(days=7)
PERSON = ("email", "name", "last_login", "last_active_on")  # what a table of seats shows of one


class AlreadyGone(Exception):
    """This person holds no seat any more; the text is for the user's eyes."""

    def __init__(self) -> None:
        super().__init__("This seat is free already.")


class NotGivenBack(Exception):
    """A seat cannot be given back; the text says why, for the user's eyes."""


@dataclass
class Holder:
    """One seat: an e-mail, and everything through which it holds the seat."""

    email: str
    memberships: list[Membership] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)
    idle: str = ""  # why the seat counts as idle, in words; empty when it does not

    @property
    def user(self) -> User | None:
        return self.memberships[0].user if self.memberships else None


def holders(agency: Agency, *, now: datetime) -> list[Holder]:
    """Everybody who holds a seat, the idle ones first, then by e-mail."""
    met: dict[str, Holder] = defaultdict(lambda: Holder(""))
    members = Membership.objects.filter(workspace__in=seats.open_ones(agency)).select_related("user", "workspace")
    members = members.only("role", "since", "workspace__name", *(f"user__{name}" for name in PERSON))
    for membership in members.order_by("workspace__name"):
        met[membership.user.email.lower()].memberships.append(membership)
    for invitation in open_invitations(agency, now=now).order_by("workspace__name"):
        met[invitation.email.lower()].invitations.append(invitation)
    for email, holder in met.items():
        holder.email, holder.idle = email, why_idle(holder, now=now)
    return sorted(met.values(), key=lambda holder: (not holder.idle, holder.email))


def open_invitations(agency: Agency, *, now: datetime) -> QuerySet[Invitation]:
    """Those into client workspaces, which hold seats."""
    waiting = Invitation.objects.filter(agency=agency, workspace__archived_at=None, workspace__isnull=False)
    return waiting.filter(accepted_at=None, revoked_at=None, expires_at__gt=now).select_related("workspace")


def why_idle(holder: Holder, *, now: datetime) -> str:
    """Never accepted for 3 days, or no sign-in for 30."""
    if holder.user is None:
        oldest = min(invitation.created_at for invitation in holder.invitations)
        return f"Not accepted for {(now - oldest).days} days" if now - oldest >= UNACCEPTED_AFTER else ""
    joined = min(membership.since for membership in holder.memberships).date()
    seen = [day for day in (holder.user.last_active_on, signed_in_on(holder.user)) if day]
    away = (now.date() - max([joined, *seen])).days
    if away < IDLE_AFTER.days:
        return ""
    return f"No sign-in for {away} days" if seen else f"Never signed in, for {away} days"


def signed_in_on(user: User) -> Any:
    return user.last_login.date() if user.last_login else None


@transaction.atomic
def free(agency: Agency, *, email: str, by: User, now: datetime) -> FreedSeat:
    """Take the seat of `email`: out of every client workspace of the agency, invitations withdrawn. Raises AlreadyGone.

    What it was is kept, so that `give_back` can undo it.
    """
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    holder = next((each for each in holders(agency, now=now) if each.email == email.lower()), None)
    if holder is None:
        raise AlreadyGone
    held = [
        {"user": m.user_id, "workspace": m.workspace_id, "role": m.role, "since": m.since.isoformat()}
        for m in holder.memberships
    ] + [{"invitation": i.pk, "workspace": i.workspace_id} for i in holder.invitations]
    for membership in holder.memberships:
        project(membership.user, membership.workspace, frozenset())
        membership.delete()
    waiting = Invitation.objects.filter(pk__in=[i.pk for i in holder.invitations], accepted_at=None, revoked_at=None)
    waiting.update(revoked_at=now)
    freed = FreedSeat.objects.create(agency=agency, email=holder.email, held=held, freed_at=now, freed_by=by)
    record(freed, Action.SEAT_FREED, by=by, now=now)
    return freed


@transaction.atomic
def give_back(freed: FreedSeat, *, by: User, now: datetime) -> None:
    """Undo `free`, as far as what it was still exists. Raises NotGivenBack, or SeatsExhausted."""
    Agency.objects.select_for_update(no_key=True).get(pk=freed.agency_id)
    undone = FreedSeat.objects.filter(pk=freed.pk, given_back_at=None, freed_at__gt=now - UNDO_WITHIN)
    if not undone.update(given_back_at=now):
        raise NotGivenBack("This seat was given back already, or it was freed too long ago. Invite the person anew.")
    places = seats.open_ones(freed.agency).in_bulk([part["workspace"] for part in freed.held])
    parts = [(places[part["workspace"]], part) for part in freed.held if part["workspace"] in places]
    returned = [place for place, part in parts if take_again(place, part, email=freed.email, by=by, now=now)]
    if not returned:
        raise NotGivenBack("Nothing is left to give back. Invite the person anew.")
    record(freed, Action.SEAT_GIVEN_BACK, by=by, now=now, only={place.pk for place in returned})


def with_places(agency: Agency, freed: Iterable[FreedSeat]) -> list[tuple[FreedSeat, list[tuple[str, str]]]]:
    """Each freed seat with the (workspace, role) that it was, in words; an invitation's role is not kept."""
    rows = list(freed)
    wanted = {part["workspace"] for seat in rows for part in seat.held}
    names = dict(agency.workspaces.filter(pk__in=wanted).values_list("pk", "name"))
    return [(s, [(names.get(p["workspace"], ""), p.get("role", "invited")) for p in s.held]) for s in rows]


def forget(agency: Agency, *, email: str, now: datetime) -> None:
    """There is nothing to give back any more: the person was let in anew."""
    FreedSeat.objects.filter(agency=agency, email__iexact=email, given_back_at=None).update(given_back_at=now)


def forget_old(now: datetime) -> None:
    """Delete what can no longer be given back: who was where is kept no longer than it is needed."""
    FreedSeat.objects.filter(freed_at__lte=now - UNDO_WITHIN).delete()


def take_again(place: Workspace, part: dict[str, Any], *, email: str, by: User, now: datetime) -> bool:
    """Put one part of a freed seat back: a membership, or an invitation that is still good."""
    if "invitation" in part:
        seats.claim(place, email=email, by=by, now=now)
        other = place.invitations.filter(email__iexact=email, accepted_at=None, revoked_at=None)
        mine = place.invitations.filter(pk=part["invitation"], accepted_at=None, expires_at__gt=now)
        return not other.exists() and bool(mine.update(revoked_at=None))
    user = User.objects.filter(pk=part["user"]).first()
    if user is None or Staff.objects.filter(agency=place.agency_id, user=user).exists():
        return False
    if place.memberships.filter(user=user).exists():
        return False
    seats.claim(place, email=user.email, by=by, now=now)  # under the address that they have now
    membership = access.set_role(place, user=user, role=part["role"])
    membership.since = datetime.fromisoformat(part["since"])
    membership.save(update_fields=["since"])
    return True


def record(freed: FreedSeat, action: Action, *, by: User, now: datetime, only: set[int] | None = None) -> None:
    """One entry in each workspace: a client reads only what happened in its own."""
    for workspace_id in sorted({part["workspace"] for part in freed.held}):
        if only is None or workspace_id in only:
            audit.record(
                action, agency_id=freed.agency_id, workspace_id=workspace_id, by=by, at=now, target=freed.email
            )
