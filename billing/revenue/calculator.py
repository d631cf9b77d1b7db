"""The public calculator: what an agency would keep by reselling and by referring. Nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from billing.models import PartnerTier, Plan
from billing.models.partners import WHOLE
from billing.revenue.sums import half_up

CLIENTS, MESSAGES, PRICE = 5, 2_000, 99  # what the page begins with: clients, messages of each, whole units of currency


@dataclass(frozen=True)
class Outcome:
    """A month with so many clients, in the currency of the plans. `plan` None: no plan with a price is large enough."""

    plan: Plan | None
    tier: PartnerTier | None
    revenue: int
    clients: int
    currency: str

    @property
    def cost(self) -> int:
        return (self.plan.price or 0) if self.plan else 0

    @property
    def resold(self) -> int:
        return self.revenue - self.cost

    @property
    def margin(self) -> float | None:
        return self.resold / self.revenue if self.revenue else None

    @property
    def break_even(self) -> int:
        """What each client has to pay so that reselling loses nothing."""
        return -(-self.cost // self.clients)

    @property
    def rate(self) -> int:
        return self.tier.rate if self.tier else 0

    @property
    def referred(self) -> int:
        return half_up(self.revenue * self.rate, WHOLE)


def work_out(plans: Sequence[Plan], *, clients: int, messages: int, price: int) -> Outcome:
    """`price` in minor units is what each client pays a month. The plan is the cheapest that carries all of them."""
    priced = [plan for plan in plans if plan.price and plan.currency == currency_of(plans)]
    large = [plan for plan in priced if carries(plan, clients=clients, messages=messages)]
    tiers = PartnerTier.objects.filter(retired_at=None, clients__lte=clients)
    plan = min(large, key=lambda plan: plan.price or 0, default=None)
    return Outcome(plan, tiers.last(), clients * price, clients, currency_of(plans))


def carries(plan: Plan, *, clients: int, messages: int) -> bool:
    has_room = plan.workspaces is None or plan.workspaces >= clients
    return has_room and (plan.messages is None or plan.messages >= clients * messages)


def currency_of(plans: Sequence[Plan]) -> str:
    """That of the first plan with a price."""
    return next((plan.currency for plan in plans if plan.price), "EUR")
