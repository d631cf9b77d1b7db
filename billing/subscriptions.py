"""Which plan an agency is on, when its periods begin, and the packs that widen it."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from agencies import applications, audit
from agencies.models import Action, Agency, Application, User
from billing import entitlements, limits, periods, pools, stock
from billing.limits import LimitLine, Over, Place, end_of
from billing.models import AddOn, Hold, Lasts, Order, Plan, PlanSince, PoolPeriod, Resource, Statement, Subscription
from billing.periods import Period


class WrongStart(Exception):
    """Periods cannot begin on that day; the text is for the eyes of support."""


class PackStays(Exception):
    """The pack cannot be ended so; the text is for the eyes of support."""


@dataclass(frozen=True)
class Preview:
    """What subscribing would change: each limit before and after, the running period, and what would be over."""

    plan: Plan
    before: list[LimitLine]
    after: list[LimitLine]
    running: Period
    period: Period  # the running one afterwards
    ending: list[AddOn]  # packs of messages that end with the running period, when that ends early
    over: list[Over]

    @property
    def begins_anew(self) -> bool:
        """Whether a new period begins, with a full quota."""
        return self.period.start != self.running.start

    @property
    def pairs(self) -> list[tuple[LimitLine, LimitLine]]:
        return list(zip(self.before, self.after, strict=True))


@transaction.atomic
def approve(application: Application, *, by: User, now: datetime) -> Agency:
    """Support's *Approve as Agency*: the account becomes an agency and is on the trial plan from this moment.

    One that support had put on another plan than the free one stays there. It stands on this floor since the floor
    below knows no plans. Raises applications.NotWaiting.
    """
    agency = applications.approve(application, by=by, now=now)
    free = Subscription.objects.filter(agency=agency, plan__code=Plan.FREE).first()
    if free:
        trial = Plan.objects.filter(code=Plan.TRIAL).latest("version")
        subscribe(agency, plan=trial, started_at=free.started_at, now=now, by=by)
    return entitlements.apply(agency, now=now)


@transaction.atomic
def subscribe(
    agency: Agency, *, plan: Plan, started_at: datetime, now: datetime, by: User | None = None
) -> Subscription:
    """Put the agency on `plan`; its billing periods begin on `started_at`'s day of the month.

    Another day than before begins a new period with a full quota, and ends the running one there: each unit stays in
    the period in which it was charged. Raises WrongStart for a day ahead, or before the last use of the running period.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    pools.lock(agency)
    before = Subscription.objects.filter(agency=agency).select_related("plan").first()
    running = periods.current(agency, now)
    period = period_from(agency, running, started_at, now)
    if period.start != running.start:
        end_early(agency, at=period.start)
    if period != running:
        take_over(agency, running, period)
    subscription, _ = Subscription.objects.update_or_create(
        agency=agency, defaults={"plan": plan, "started_at": started_at, "assigned_by": by}
    )
    if before is None or before.plan_id != plan.pk:  # what its months cost, also those that it is closed on later
        PlanSince.objects.create(agency=agency, plan=plan, since=now if before else started_at)
    change: dict[str, Any] = audit.changes(about(before), about(subscription))
    audit.record(Action.SUBSCRIBED, agency_id=agency.pk, by=by, at=now, target=plan, **change)
    entitlements.apply(agency, now=now)
    return subscription


def about(subscription: Subscription | None) -> dict[str, str]:
    """What the audit log keeps of a subscription."""
    if subscription is None:
        return {}
    return {"plan": str(subscription.plan), "periods begin on": f"{subscription.started_at.astimezone(UTC):%Y-%m-%d}"}


def period_from(agency: Agency, running: Period, started_at: datetime, now: datetime) -> Period:
    """The period that runs once they begin on `started_at`'s day.

    Raises WrongStart for a day ahead, and when that period would begin before units that an earlier one has taken, or
    within a month that the agency has closed.
    """
    if started_at > now:
        raise WrongStart("A period cannot begin ahead of now. Please choose today or an earlier day.")
    period, last = periods.containing(started_at, now), last_use(agency)
    if period.start != running.start and last and period.start < midnight(last):
        raise WrongStart(
            f"Messages were used on {last:%-d %B %Y}, before a new period would begin: on {period.start:%-d %B %Y}. "
            f"One may begin on {last:%-d %B %Y} or later, and units stay in the period in which they were used."
        )
    closed = Statement.objects.filter(agency=agency, end__gt=period.start).order_by("-end").first()
    if period.start != running.start and closed:
        raise WrongStart(
            f"The agency has closed its months up to {closed.last_day:%-d %B %Y}, and a new period would begin within "
            f"them: on {period.start:%-d %B %Y}. One may begin on {closed.end:%-d %B %Y} or later."
        )
    return period


def last_use(agency: Agency) -> datetime | None:
    """When units were last taken that were not given back."""
    taken = Hold.objects.filter(agency=agency, released_at=None)
    last: datetime | None = taken.aggregate(last=Max("held_at"))["last"]
    return last


def midnight(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def end_early(agency: Agency, *, at: datetime) -> None:
    """The period that runs at `at` ends there; one that would begin later was never used, and never will be."""
    PoolPeriod.objects.filter(agency=agency, start__lt=at, end__gt=at).update(end=at)
    PoolPeriod.objects.filter(agency=agency, start__gt=at, used=0, held=0).delete()


def take_over(agency: Agency, running: Period, period: Period) -> None:
    """What was to end with the running period ends with `period`, unless it was of use before that began."""
    PoolPeriod.objects.filter(agency=agency, start=period.start).update(end=period.end)
    ending = AddOn.objects.filter(agency=agency, ends_at=running.end)
    moving = [pack.pk for pack in ending if end_of(pack, running, period) != pack.ends_at]
    AddOn.objects.filter(pk__in=moving).update(ends_at=period.end)


def preview(agency: Agency, *, plan: Plan, started_at: datetime, now: datetime) -> Preview:
    """What `subscribe` would change. Nothing is written. Raises WrongStart as it does."""
    agency = Agency.objects.select_related("subscription").get(pk=agency.pk)
    running = periods.current(agency, now)
    period = period_from(agency, running, started_at, now)
    place = Place(agency, plan, period, replaces=running)
    after = limits.of([place], now)[agency.pk]
    return Preview(
        plan=plan,
        before=entitlements.explain(agency, now),
        after=after,
        running=running,
        period=period,
        ending=left_behind(agency, running, period),
        over=limits.over(after, limits.used([place], now)[agency.pk]),
    )


def left_behind(agency: Agency, running: Period, period: Period) -> list[AddOn]:
    """Packs of messages that end with the running period, when that ends early."""
    if period.start <= running.start:
        return []
    ending = AddOn.objects.filter(agency=agency, resource=Resource.MESSAGES, ends_at=running.end).order_by("pk")
    return [pack for pack in ending if end_of(pack, running, period) == pack.ends_at]


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
    request_key: uuid.UUID | None = None,
) -> AddOn:
    """Add a pack to the agency's pool; it counts at once. One for this period ends with the period of `added_at`.

    The same `request_key` again returns the pack that it added before.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    if request_key and (added := agency.add_ons.filter(request_key=request_key).first()):
        return added
    add_on = AddOn.objects.create(
        agency=agency,
        order=order,
        resource=resource,
        amount=amount,
        lasts=lasts,
        added_at=added_at,
        added_by=by,
        ends_at=periods.current(agency, added_at).end if lasts == Lasts.PERIOD else None,
        request_key=request_key,
    )
    after = {resource: amount, "lasts": str(Lasts(lasts).label)}
    audit.record(Action.WIDENED, agency_id=agency.pk, by=by, at=added_at, after=after)
    entitlements.apply(agency, now=added_at)
    return add_on


@transaction.atomic
def end_pack(add_on: AddOn, *, at_once: bool, by: User, now: datetime) -> AddOn:
    """End a pack: at once, or with the running period. What is in use by then stays.

    Of messages that never lapse those go that nobody has used, and they go at once. Raises PackStays.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=add_on.agency_id)
    add_on = AddOn.objects.select_for_update().get(pk=add_on.pk)
    refuse_to_end(add_on, at_once=at_once, now=now)
    if is_stock(add_on):
        pools.lock(agency)  # nobody takes units of it now
        add_on.returned += stock.left_of(add_on)
    add_on.ends_at = now if at_once else periods.current(agency, now).end
    add_on.save(update_fields=["ends_at", "returned"])
    after = {add_on.resource: add_on.amount, "ends": f"{add_on.ends_at.astimezone(UTC):%Y-%m-%d %H:%M}"}
    audit.record(Action.PACK_ENDED, agency_id=agency.pk, by=by, at=now, after=after)
    entitlements.apply(agency, now=now)
    return add_on


def is_stock(add_on: AddOn) -> bool:
    """Whether its messages wait, without an end, until periods' own are used up."""
    return add_on.resource == Resource.MESSAGES and add_on.lasts == Lasts.FOREVER


def refuse_to_end(add_on: AddOn, *, at_once: bool, now: datetime) -> None:
    if add_on.ends_at and add_on.ends_at <= now:
        raise PackStays(f"This pack ended on {add_on.ends_at:%-d %B %Y}.")
    if add_on.ends_at and not at_once:
        raise PackStays(f"This pack ends on {add_on.ends_at:%-d %B %Y} already.")
    if is_stock(add_on) and not at_once:
        raise PackStays("Messages that never lapse belong to no period. End the pack at once; what was used stays.")
