"""Support's visits to an agency's pages: with a reason, for 30 minutes, reading only; the agency sees each of them."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from agencies import audit
from agencies.models import Action, Agency, SupportVisit, User

LENGTH = timedelta(minutes=30)


class NotSupport(Exception):
    """Only support visits an agency."""


@transaction.atomic
def enter(agency: Agency, *, by: User, reason: str, now: datetime) -> SupportVisit:
    """Begin a visit; one that still ran elsewhere ends with it. Raises NotSupport, ValueError without a reason."""
    if not (by.is_staff and by.is_active):
        raise NotSupport
    if not reason.strip():
        raise ValueError("A visit needs a reason.")
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two clicks at once: one visit follows the other
    for running in SupportVisit.objects.select_for_update().filter(by=by, left_at=None):
        end(running, now=now)
    visit = SupportVisit.objects.create(agency=agency, by=by, reason=reason, began_at=now, ends_at=now + LENGTH)
    audit.record(Action.SUPPORT_ENTERED, agency_id=agency.pk, by=by, at=now, reason=reason)
    return visit


@transaction.atomic
def leave(by: User, *, now: datetime) -> Agency | None:
    """End this person's visit and return the agency; None when none ran."""
    visit = SupportVisit.objects.select_for_update().filter(by=by, left_at=None).first()
    if visit is None:
        return None
    end(visit, now=now)
    return visit.agency


def end(visit: SupportVisit, *, now: datetime) -> None:
    """Write the end down. One whose time was up ended then."""
    visit.left_at = min(now, visit.ends_at)
    visit.save(update_fields=["left_at"])
    audit.record(Action.SUPPORT_LEFT, agency_id=visit.agency_id, by=visit.by, at=visit.left_at)


def current(user: User) -> SupportVisit | None:
    """The visit that this person of support is on right now."""
    if not user.is_staff:  # asks the database for support only
        return None
    now = timezone.now()
    return SupportVisit.objects.filter(by=user, left_at=None, ends_at__gt=now).select_related("agency").first()


def running(user: User, agency: Agency) -> SupportVisit | None:
    """The visit that lets this person read this agency's pages right now."""
    visit = current(user)
    return visit if visit and visit.agency_id == agency.pk else None
