"""What can be bought, and what runs."""

from datetime import datetime

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from agencies.models import Agency
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
