"""The stock: messages of packs that never lapse. A period's quota is used first, then the stock, oldest pack first."""

from django.db.models import BigIntegerField, F, Func, Sum
from django.db.models.functions import Cast

from billing.models import AddOn, Lasts, PoolPeriod, Resource


def packs(agency_id: int) -> list[AddOn]:
    """The packs of the stock, the oldest first; ended ones too, as far as they were used."""
    found = AddOn.objects.filter(agency=agency_id, resource=Resource.MESSAGES, lasts=Lasts.FOREVER)
    return list(found.order_by("added_at", "pk"))


def drawn(agency_id: int) -> int:
    """Messages that all periods together took from the stock."""
    taken = Cast(F("used") + F("held"), BigIntegerField())
    drew = Func(F("quota"), F("stock"), taken, function="billing_drawn", output_field=BigIntegerField())
    return int(PoolPeriod.objects.filter(agency=agency_id).aggregate(total=Sum(drew))["total"] or 0)


def left_of(pack: AddOn) -> int:
    """Messages of one pack of the stock that nobody has used. The agency's row is locked."""
    taken = drawn(pack.agency_id)
    for each in packs(pack.agency_id):
        amount = each.amount - each.returned
        if each.pk == pack.pk:
            return max(0, amount - taken)
        taken = max(0, taken - amount)
    return 0
