"""Suspending an account: its pages are only read and its chatbots answer with a notice, until support lifts it.

Nothing is deleted or changed by it, so lifting brings everything back as it was.
"""

from datetime import datetime

from django.db import transaction

from agencies import applications, audit
from agencies.models import Action, Agency, User


class Refused(Exception):
    """The account stands otherwise already; the text is for the eyes of support."""


class AlreadySuspended(Refused):
    def __init__(self, agency: Agency) -> None:
        super().__init__(f"{agency} is suspended since {agency.suspended_at:%d %B %Y}, by {agency.suspended_by}.")


class NotSuspended(Refused):
    def __init__(self, agency: Agency) -> None:
        super().__init__(f"{agency} is not suspended.")


@transaction.atomic
def suspend(agency: Agency, *, by: User, reason: str, now: datetime) -> Agency:
    """Suspend the account and tell its owners why. Raises AlreadySuspended; ValueError without a reason."""
    if not reason.strip():
        raise ValueError("A suspension needs a reason.")
    held = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if held.suspended_at:
        raise AlreadySuspended(held)
    write(held, suspended_at=now, suspended_by=by, suspended_reason=reason)
    audit.record(Action.SUSPENDED, agency_id=held.pk, by=by, at=now, target=held, reason=reason)
    applications.tell_owners(held, "account_suspended", reason=reason)
    return held


@transaction.atomic
def lift(agency: Agency, *, by: User, now: datetime) -> Agency:
    """Let the account go on as it was, and tell its owners. Raises NotSuspended."""
    held = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if held.suspended_at is None:
        raise NotSuspended(held)
    reason = held.suspended_reason
    write(held, suspended_at=None, suspended_by=None, suspended_reason="")
    audit.record(Action.LIFTED, agency_id=held.pk, by=by, at=now, target=held, before={"suspended for": reason})
    applications.tell_owners(held, "account_lifted")
    return held


def write(agency: Agency, **state: object) -> None:
    for field, value in state.items():
        setattr(agency, field, value)
    agency.save(update_fields=list(state))
