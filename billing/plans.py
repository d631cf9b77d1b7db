"""Versions of plans: one that agencies are on is never changed, the next begins beside it, and who moves is chosen."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Min, Q, QuerySet

from agencies.models import Agency, User
from billing import limits, periods, subscriptions
from billing.limits import LimitLine, Over, Place
from billing.models import Plan


class Superseded(Exception):
    """A newer version began; only the newest is revised. The text is for the eyes of support."""

    def __init__(self, plan: Plan, newest: Plan) -> None:
        super().__init__(
            f"Version {newest.version} of {newest.name} began on {newest.since:%-d %B %Y}. "
            f"Version {plan.version} is not changed any more: please change the newest one."
        )


@dataclass(frozen=True)
class Move:
    """What moving one agency to another version would make of its limits, and what would be over."""

    agency: Agency
    was: Plan
    before: list[LimitLine]
    after: list[LimitLine]
    over: list[Over]

    @property
    def pairs(self) -> list[tuple[LimitLine, LimitLine]]:
        return list(zip(self.before, self.after, strict=True))


def newest_of(code: str) -> Plan:
    return Plan.objects.filter(code=code).latest("version")


def offered(now: datetime) -> list[Plan]:
    """The newest begun version of each plan, the smallest first, as the public page lists them."""
    begun = Plan.objects.filter(since__lte=now).order_by("code", "-version").distinct("code")
    return sorted(begun, key=lambda plan: (plan.messages is None, plan.messages or 0, plan.name))


def agencies_on(plan: Plan) -> QuerySet[Agency]:
    """The agencies whose limits are this version's: subscribed to it, or there by `entitlements.plan_of`."""
    return Agency.objects.filter(Q(subscription__plan=plan) | without_subscription(plan)).order_by("name", "pk")


def without_subscription(plan: Plan) -> Q:
    """Who is on this version since accounts and agencies without a subscription have to be on something."""
    came = {
        Plan.FREE: ("created_at", Q(approved_at=None)),
        Plan.TRIAL: ("approved_at", Q(approved_at__isnull=False)),
    }
    if plan.code not in came:
        return Q(pk__in=[])
    column, state = came[plan.code]
    versions = Plan.objects.filter(code=plan.code)
    until = versions.filter(version__gt=plan.version).aggregate(began=Min("since"))["began"]
    first = not versions.filter(version__lt=plan.version).exists()
    where = Q() if first else Q((f"{column}__gte", plan.since))
    return Q(subscription=None) & state & where & (Q((f"{column}__lt", until)) if until else Q())


@transaction.atomic
def add(*, code: str, by: User, now: datetime, **wanted: Any) -> Plan:
    """A plan that was not there before, in its first version. The code stays for all versions."""
    return Plan.objects.create(code=code, version=1, since=now, made_by=by, **wanted)


@transaction.atomic
def revise(plan: Plan, *, by: User, now: datetime, **wanted: Any) -> Plan:
    """Give the newest version of a plan another name, price or limits (None: unlimited); returns what holds then.

    A version that agencies are on stays as it is, and so do they: the next version begins now, for whoever comes from
    now on. One that nobody is on is changed in its place. Raises Superseded.
    """
    plan = Plan.objects.select_for_update().get(pk=plan.pk)  # whoever subscribes to it meanwhile waits
    newest = newest_of(plan.code)
    if newest != plan:
        raise Superseded(plan, newest)
    if all(getattr(plan, name) == value for name, value in wanted.items()):
        return plan
    if agencies_on(plan).exists():
        kept: dict[str, Any] = {name: getattr(plan, name) for name in ("code", "name", *Plan.LIMITS, *Plan.MONEY)}
        return Plan.objects.create(**(kept | wanted), version=plan.version + 1, since=now, made_by=by)
    for name, value in wanted.items():
        setattr(plan, name, value)
    plan.made_by = by
    plan.save(update_fields=[*wanted, "made_by"])
    return plan


@transaction.atomic
def move(agencies: Collection[Agency], *, to: Plan, by: User, now: datetime) -> list[Agency]:
    """Put agencies on this version of the plan that they are on; returns who was moved.

    Whoever came to another plan meanwhile, or is on this version already, stays. Billing periods stay as they are.
    """
    moved = []
    for agency in movable(to).filter(pk__in=[agency.pk for agency in agencies]).order_by("pk"):
        subscriptions.subscribe(agency, plan=to, started_at=periods.anchor_of(agency), now=now, by=by)
        moved.append(agency)
    return moved


def preview(agencies: Collection[Agency], *, to: Plan, now: datetime) -> list[Move]:
    """What `move` would do, to read: in a few queries, however many agencies there are."""
    chosen = [agency.pk for agency in agencies]
    was: dict[int, Plan] = {}
    for version in others(to):
        was |= dict.fromkeys(agencies_on(version).filter(pk__in=chosen).values_list("pk", flat=True), version)
    moving = list(movable(to).filter(pk__in=was))
    places = [Place(agency, to, periods.current(agency, now)) for agency in moving]
    before = limits.of([replace(place, plan=was[place.agency.pk]) for place in places], now)
    after, in_use = limits.of(places, now), limits.used(places, now)
    return [
        Move(agency, was[agency.pk], before[pk], after[pk], limits.over(after[pk], in_use[pk]))
        for pk, agency in ((agency.pk, agency) for agency in moving)
    ]


def others(plan: Plan) -> QuerySet[Plan]:
    """The other versions of a plan, the newest first."""
    return Plan.objects.filter(code=plan.code).exclude(pk=plan.pk).select_related("made_by")


def movable(to: Plan) -> QuerySet[Agency]:
    """The agencies on other versions of this plan."""
    on = Q(pk__in=[])
    for version in others(to):
        on |= Q(subscription__plan=version) | without_subscription(version)
    return Agency.objects.filter(on).select_related("subscription").order_by("name", "pk")
