"""Which plan an agency is on, when its periods begin, and the packs that widen it."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from agencies import applications, audit
from agencies.models import Action, Agency, Application, User
from billing import entitlements, periods
from billing.models import AddOn, Hold, Lasts, Order, Plan, PoolPeriod, Subscription


class WrongStart(Exception):
    """Periods cannot begin on that day; the text is for the eyes of support."""


@transaction.atomic
def approve(application: Application, *, by: User, now: datetime) -> Agency:
    """Support's *Approve as Agency*: the account becomes an agency and is on the trial plan from this moment.

    It stands on this floor since the floor below knows no plans. Raises applications.NotWaiting.
    """
    return entitlements.apply(applications.approve(application, by=by, now=now), now=now)


@transaction.atomic
def subscribe(
    agency: Agency, *, plan: Plan, started_at: datetime, now: datetime, by: User | None = None
) -> Subscription:
    """Put the agency on `plan`; its billing periods begin on `started_at`'s day of the month.

    Another day than before begins a new period with a full quota, and ends the running one there: each unit stays in
    the period in which it was charged. Raises WrongStart for a day ahead, or before the last use of the running period.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    before = Subscription.objects.filter(agency=agency).select_related("plan").first()
    running = periods.current(agency, now)
    period = periods.containing(started_at, now)
    if period.start != running.start:
        refuse_wrong_start(agency, running, started_at, now)
        end_early(agency, running, at=period.start)
    if period != running:
        take_over(agency, running, period)
    subscription, _ = Subscription.objects.update_or_create(
        agency=agency, defaults={"plan": plan, "started_at": started_at, "assigned_by": by}
    )
    change: dict[str, Any] = audit.changes(about(before), about(subscription))
    audit.record(Action.SUBSCRIBED, agency_id=agency.pk, by=by, at=now, target=plan, **change)
    entitlements.apply(agency, now=now)
    return subscription


def about(subscription: Subscription | None) -> dict[str, str]:
    """What the audit log keeps of a subscription."""
    if subscription is None:
        return {}
    return {"plan": str(subscription.plan), "periods begin on": f"{subscription.started_at.astimezone(UTC):%Y-%m-%d}"}


def refuse_wrong_start(agency: Agency, running: periods.Period, started_at: datetime, now: datetime) -> None:
    """Raises WrongStart when the new period would begin ahead, or before units that the running one has taken."""
    if started_at > now:
        raise WrongStart("A period cannot begin ahead of now. Please choose today or an earlier day.")
    held = Hold.objects.filter(agency=agency, period_start=running.start, released_at=None)
    last = held.aggregate(last=Max("held_at"))["last"]
    begins = periods.containing(started_at, now).start
    if last and begins < last.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0):
        raise WrongStart(
            f"Messages were used on {last:%-d %B %Y}, in the period that began on {running.start:%-d %B}. "
            "A new one may begin on that day or later."
        )


def end_early(agency: Agency, running: periods.Period, *, at: datetime) -> None:
    """The running period ends where the new one begins; one that would begin later was never used."""
    PoolPeriod.objects.filter(agency=agency, start=running.start, start__lt=at).update(end=at)
    PoolPeriod.objects.filter(agency=agency, start__gt=at, used=0, held=0).delete()


def take_over(agency: Agency, running: periods.Period, period: periods.Period) -> None:
    """What was to end with the running period ends with `period`, unless it was of use before that began."""
    PoolPeriod.objects.filter(agency=agency, start=period.start).update(end=period.end)
    of_it = AddOn.objects.filter(agency=agency, ends_at=running.end).exclude(lasts=Lasts.FOREVER)
    if period.start > running.start:
        of_it = of_it.filter(added_at__gte=period.start)
    of_it.update(ends_at=period.end)


@transaction.atomic
def widen(
    agency: Agency,
    *,
    resource: str,
    amount: int,
    added_at: datetime,
    lasts: str = Lasts.RECURRING,
    order: Order | None = None,
    by: User | None = None,
) -> AddOn:
    """Add a pack to the agency's pool; it counts at once. One for this period ends with the period of `added_at`."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    add_on = AddOn.objects.create(
        agency=agency,
        order=order,
        resource=resource,
        amount=amount,
        lasts=lasts,
        added_at=added_at,
        added_by=by,
        ends_at=periods.current(agency, added_at).end if lasts == Lasts.PERIOD else None,
    )
    after = {resource: amount, "lasts": str(Lasts(lasts).label)}
    audit.record(Action.WIDENED, agency_id=agency.pk, by=by, at=added_at, after=after)
    entitlements.apply(agency, now=added_at)
    return add_on
