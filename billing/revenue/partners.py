"""The partner programme: which tier and rate an agency has, how far the next one is, and what it would have earned."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from agencies import audit
from agencies.models import Action, Agency, User
from billing.models import Partnership, PartnerTier, Statement
from billing.models.partners import WHOLE
from billing.revenue import books
from billing.revenue.sums import half_up, per_cent


@dataclass(frozen=True)
class Standing:
    """Where an agency stands: its partnership, the last closed month, and the next tier with what that is short of."""

    partnership: Partnership | None
    month: Statement | None
    tiers: list[PartnerTier]

    @property
    def clients(self) -> int:
        return self.month.clients if self.month else 0

    @property
    def next(self) -> PartnerTier | None:
        """The first tier above its own."""
        above = self.partnership.tier.clients if self.partnership else -1
        return next((tier for tier in self.tiers if tier.clients > above), None)

    @property
    def short_of(self) -> int:
        """Clients that the next tier asks for beyond those of the last closed month."""
        return max(self.next.clients - self.clients, 0) if self.next else 0

    @property
    def next_would_have_earned(self) -> int:
        """The commission of the last closed month at the next tier's rate."""
        return half_up(self.month.referred * self.next.rate, WHOLE) if self.next and self.month else 0


def at(agency: Agency, day: date) -> Partnership | None:
    """The partnership that holds on a day."""
    known = Partnership.objects.filter(agency=agency, since__lte=day).select_related("tier")
    return known.order_by("-since").first()


def standing(agency: Agency, day: date) -> Standing:
    tiers = list(PartnerTier.objects.filter(retired_at=None))
    return Standing(at(agency, day), books.last_closed(agency), tiers)


@transaction.atomic
def give(
    agency: Agency, *, tier: PartnerTier, rate: int, since: date, reason: str, by: User, now: datetime
) -> Partnership:
    """Support gives the agency a tier and a rate since a day, with a reason that it reads. Raises InAClosedMonth."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    books.refuse_closed(agency, since)
    before = at(agency, since)
    given = {"tier": tier, "rate": rate, "reason": reason, "set_by": by, "set_at": now}
    made, _ = Partnership.objects.update_or_create(agency=agency, since=since, defaults=given)
    change: dict[str, Any] = audit.changes(about(before), about(made))
    audit.record(Action.PARTNER_SET, agency_id=agency.pk, by=by, at=now, target=tier, reason=reason, **change)
    return made


def about(partnership: Partnership | None) -> dict[str, Any]:
    """What the audit log keeps of it."""
    if partnership is None:
        return {}
    rate = per_cent(partnership.rate)
    return {"tier": str(partnership.tier), "rate": rate, "since": partnership.since.isoformat()}
