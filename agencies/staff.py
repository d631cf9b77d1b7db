"""The agency's people: another role, removal, leaving. The agency always keeps an owner."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from agencies import access, audit
from agencies.models import Action, Agency, Staff, User
from agencies.permissions import STAFF_MAY, Can, StaffRole, is_above


class Refused(Exception):
    """This cannot be done with a person of the agency; the text says why, for the user's eyes."""


class LastOwner(Refused):
    def __init__(self) -> None:
        super().__init__("An agency needs an owner. Make somebody else an owner first.")


class AboveYourself(Refused):
    def __init__(self) -> None:
        super().__init__("Only an owner can make, change or remove an owner.")


class NotStaff(Refused):
    def __init__(self) -> None:
        super().__init__("This person was removed from the team meanwhile. Nothing was changed.")


def able(agency_id: int, permission: Can) -> QuerySet[User]:
    """Who of the team may do this, and can sign in; the longest there first."""
    roles = [role for role, may in STAFF_MAY.items() if permission.value in may]
    inside = Q(staff_of__agency=agency_id, staff_of__role__in=roles)
    return User.objects.filter(inside, is_active=True).order_by("staff_of__pk")


@transaction.atomic
def change_role(staff: Staff, *, role: str, by: User, now: datetime) -> Staff:
    """Give a person of the team another role. Raises NotStaff, AboveYourself, or LastOwner for the last one."""
    inside = still_staff(staff)
    refuse_above(inside.agency, role, by=by)
    refuse_above(inside.agency, inside.role, by=by)
    if inside.role == StaffRole.OWNER != role:
        refuse_last_owner(inside)
    changed = access.set_staff_role(inside.agency, user=inside.user, role=role)
    audit.record(
        Action.STAFF_ROLE_CHANGED,
        agency_id=inside.agency_id,
        by=by,
        at=now,
        target=inside.user.email,
        before={"role": inside.role},
        after={"role": role},
    )
    return changed


@transaction.atomic
def remove(staff: Staff, *, by: User, now: datetime) -> None:
    """Take a person out of the team: out on the next request. Raises NotStaff, AboveYourself or LastOwner.

    Somebody who removes themselves leaves, and needs to stand above nobody for it.
    """
    inside = still_staff(staff)
    leaving = inside.user_id == by.pk
    if not leaving:
        refuse_above(inside.agency, inside.role, by=by)
    refuse_last_owner(inside)
    access.project(inside.user, inside.agency, frozenset())
    audit.record(  # before the row goes: it tells as whom a leaving person acts
        Action.STAFF_LEFT if leaving else Action.STAFF_REMOVED,
        agency_id=inside.agency_id,
        by=by,
        at=now,
        target=inside.user.email,
        before={"role": inside.role},
    )
    inside.delete()


def still_staff(staff: Staff) -> Staff:
    """The row, with the agency locked: of two owners who remove each other, one stays."""
    Agency.objects.select_for_update(no_key=True).get(pk=staff.agency_id)
    inside = Staff.objects.select_related("agency", "user").filter(pk=staff.pk).first()
    if inside is None:
        raise NotStaff
    return inside


def refuse_above(agency: Agency, role: str, *, by: User) -> None:
    """Raises AboveYourself when `by` is no staff of the agency, or stands below `role`."""
    own = Staff.objects.filter(agency=agency, user=by).values_list("role", flat=True).first()
    if own is None or is_above(role, own):
        raise AboveYourself


def refuse_last_owner(inside: Staff) -> None:
    """Raises LastOwner when nobody else would be left who owns the agency and can sign in."""
    others = Staff.objects.filter(agency_id=inside.agency_id, role=StaffRole.OWNER, user__is_active=True)
    if inside.role == StaffRole.OWNER and not others.exclude(pk=inside.pk).exists():
        raise LastOwner
