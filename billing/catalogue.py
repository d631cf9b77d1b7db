"""What can be bought, what runs, and what is in use beyond it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from agencies.models import Agency
from billing import entitlements, limits, periods
from billing.limits import LimitLine, Over, Place
from billing.models import AddOn, Pack, Resource

IN_ORDER = Case(
    *(When(resource=resource, then=Value(n)) for n, resource in enumerate(Resource.values)),
    output_field=IntegerField(),
)


def on_sale() -> QuerySet[Pack]:
    """The packs of the catalogue: messages, data sources, seats; the cheapest first."""
    return Pack.objects.filter(retired_at=None).order_by(IN_ORDER, "price", "pk")


def running(agency: Agency, now: datetime) -> QuerySet[AddOn]:
    """The packs that widen the agency's pool now, with the orders they come from."""
    begun = AddOn.objects.filter(agency=agency, added_at__lte=now).filter(Q(ends_at=None) | Q(ends_at__gt=now))
    return begun.select_related("order").order_by(IN_ORDER, "added_at", "pk")


def over(agency: Agency, lines: Iterable[LimitLine], now: datetime) -> list[Over]:
    """What is in use beyond these limits; data sources and chatbots are counted by the floor above."""
    place = Place(agency, entitlements.plan_of(agency), periods.current(agency, now))
    return limits.over(lines, limits.used([place], now)[agency.pk])
