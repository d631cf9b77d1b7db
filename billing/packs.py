"""The catalogue of packs. One that was ordered is never changed: it is retired, and another takes its place."""

from datetime import datetime
from typing import Any

from django.db import transaction

from billing.models import Order, Pack

CHANGEABLE = ("name", "resource", "amount", "price", "currency", "lasts")


@transaction.atomic
def revise(pack: Pack, *, now: datetime, **wanted: Any) -> Pack:
    """Offer a pack otherwise; returns what is offered then: the same row, or the next one once it was ordered."""
    pack = Pack.objects.select_for_update().get(pk=pack.pk)  # whoever orders it meanwhile waits
    kept: dict[str, Any] = {name: getattr(pack, name) for name in CHANGEABLE}
    if kept == kept | wanted:
        return pack
    if Order.objects.filter(pack=pack).exists():
        replaced = Pack.objects.create(**(kept | wanted), added_at=now, retired_at=pack.retired_at)
        retire(pack, now=now)
        return replaced
    for name, value in wanted.items():
        setattr(pack, name, value)
    pack.save(update_fields=list(wanted))
    return pack


def retire(pack: Pack, *, now: datetime) -> None:
    """Offer it no longer. What was ordered of it stays as it is."""
    Pack.objects.filter(pk=pack.pk, retired_at=None).update(retired_at=now)


def bring_back(pack: Pack) -> None:
    """Offer it again."""
    Pack.objects.filter(pk=pack.pk).update(retired_at=None)
