"""Resell or refer: what each client leaves under both models, from which price on reselling pays, and who loses money.

Nothing here looks ahead: the numbers are those of a month, and what would have been is worked out from the same units.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from billing.models import Way
from billing.models.partners import WHOLE
from billing.revenue import sums
from billing.revenue.gathering import Gathered
from billing.revenue.sums import Line, Month, half_up, split

HUNDRED = 100


@dataclass(frozen=True)
class Choice:
    """One client's month under both models. `cost` is its share of the pool by units, and its own models."""

    workspace_id: int
    name: str
    way: str
    units: int
    cost: int
    revenue: int  # resold, as its terms say now; of a referred client what it pays Bureau
    commission: int  # referred, at the partner's rate of the same price

    @property
    def resold(self) -> int:
        """What reselling leaves."""
        return self.revenue - self.cost

    @property
    def loses(self) -> bool:
        """Whether the client costs more than it brings, as it is billed now."""
        return self.way not in (Way.NONE, Way.REFERRAL) and self.resold < 0

    @property
    def better(self) -> str:
        """Which model leaves more: resale where both leave the same, since the client is the agency's own."""
        return "resale" if self.resold >= self.commission else "referral"

    @property
    def break_even(self) -> int:
        """The price a month from which reselling loses nothing."""
        return max(self.cost, 0)

    def price_for(self, margin: int) -> int:
        """The price a month that leaves a margin in per cent, below 100; rounded up, so that it is reached."""
        return -(-max(self.cost, 0) * HUNDRED // (HUNDRED - margin))

    def worth_it_from(self, rate: int) -> int:
        """The price a month from which reselling leaves more than referring at the same price."""
        return -(-max(self.cost, 0) * WHOLE // (WHOLE - rate)) if rate < WHOLE else 0


def choices(gathered: Gathered) -> list[Choice]:
    """Every client of the month, but the agency's own workspace.

    A referred client's cost is what it would be if everybody were resold; the others' is what their lines say.
    """
    month = gathered.month
    lines = sums.lines(month)
    own, pays = sums.by_client(lines), paid(lines)
    shares = as_if_all_were_resold(month)
    clients = {each.workspace_id: each for each in month.stretches if not each.is_main}  # of several the last one
    return [
        Choice(
            pk,
            last.name,
            last.terms.way,
            own[pk].units,
            shares[pk] if last.terms.way == Way.REFERRAL else own[pk].cost,
            pays[pk],
            half_up(pays[pk] * month.rate, WHOLE),
        )
        for pk, last in clients.items()
    ]


def paid(lines: Sequence[Line]) -> Counter[int]:
    """What each client pays, to the agency or to Bureau."""
    pays: Counter[int] = Counter()
    for line in lines:
        pays[line.workspace_id] += line.quantity if line.kind == sums.Kind.COMMISSION else line.revenue
    return pays


def as_if_all_were_resold(month: Month) -> Counter[int]:
    """Each client's share of the pool by units, referred or not, and its own models."""
    units = [max(each.units, 0) for each in month.stretches]
    shares = split(month.pool_cost, units if any(units) else [int(each.is_main) for each in month.stretches])
    costs: Counter[int] = Counter()
    for stretch, share in zip(month.stretches, shares, strict=True):
        costs[stretch.workspace_id] += share + sum(each.cost for each in stretch.tokens)
    return costs


def ordered(found: Sequence[Choice]) -> list[Choice]:
    """Loss-makers first, then by what reselling leaves, the least first."""
    return sorted(found, key=lambda each: (not each.loses, each.resold, each.name.lower()))


def with_prices(found: Sequence[Choice], margin: int) -> list[tuple[Choice, int]]:
    """Each with the price for a wished margin in per cent."""
    return [(each, each.price_for(margin)) for each in found]
