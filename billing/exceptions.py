"""Other limits than the plan's, for one agency: granted and ended by support, with a reason that the agency reads."""

from datetime import datetime
from typing import Any

from django.db import transaction

from agencies import audit
from agencies.models import Action, Agency, User
from billing import entitlements
from billing.models import LimitException


class ExceptionEnded(Exception):
    def __init__(self, exception: LimitException) -> None:
        super().__init__(
            f"This exception ended on {exception.ended_at:%-d %B %Y}: the plan's own limit is back already."
        )


@transaction.atomic
def grant(agency: Agency, *, limit: str, amount: int | None, reason: str, by: User, now: datetime) -> LimitException:
    """Put `amount` (None: unlimited) in the place of the plan's own limit; packs come on top of it.

    An exception of this limit that runs ends at this moment; the same one again changes nothing. An amount smaller than
    what is in use takes nothing back.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    running = LimitException.objects.filter(agency=agency, limit=limit, ended_at=None).first()
    if running and (running.amount, running.reason) == (amount, reason):
        return running
    if running:
        running.ended_at = max(now, running.made_at)
        running.save(update_fields=["ended_at"])
    exception = LimitException.objects.create(
        agency=agency, limit=limit, amount=amount, reason=reason, made_at=now, made_by=by
    )
    change: dict[str, Any] = audit.changes(about(running), about(exception))
    record(exception, Action.EXCEPTION_GRANTED, by=by, now=now, reason=reason, **change)
    entitlements.apply(agency, now=now)
    return exception


@transaction.atomic
def end(exception: LimitException, *, by: User, now: datetime) -> LimitException:
    """Let the plan's own limit be back. Raises ExceptionEnded."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=exception.agency_id)
    exception = LimitException.objects.get(pk=exception.pk)
    if exception.ended_at:
        raise ExceptionEnded(exception)
    exception.ended_at = max(now, exception.made_at)
    exception.save(update_fields=["ended_at"])
    record(exception, Action.EXCEPTION_ENDED, by=by, now=now, before=about(exception))
    entitlements.apply(agency, now=now)
    return exception


def about(exception: LimitException | None) -> dict[str, Any]:
    """What the audit log keeps of an exception."""
    return {exception.limit: "unlimited" if exception.amount is None else exception.amount} if exception else {}


def record(exception: LimitException, action: Action, *, by: User, now: datetime, **told: Any) -> None:
    target = exception.get_limit_display()
    audit.record(action, agency_id=exception.agency_id, by=by, at=now, target=target, **told)
