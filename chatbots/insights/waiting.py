"""How long visitors wait, from counts in slots that grow by a fixed ratio: days add up, and medians of any span follow.

A slot is as wide as a fifth of its time, so a percentile is right within WITHIN of itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

SHORTEST = 10  # milliseconds: below it is one slot
A_DOUBLING = 4  # slots from a time to twice as much
SLOTS = 60  # the last one is all above four minutes
WITHIN = 2 ** (1 / A_DOUBLING / 2) - 1  # 9 %
SLOT = (  # SQL: the slot of so many milliseconds, or null
    f"CASE WHEN {{ms}} IS NOT NULL THEN "
    f"least({SLOTS}, greatest(1, floor({A_DOUBLING} * log(2, greatest({{ms}}, 1) / {SHORTEST}.0))::int + 2)) END"
)


@dataclass(frozen=True)
class Waits:
    """Seconds: what half of the visitors waited at most, and 95 of 100; None where nothing was measured."""

    answers: int
    half: float | None
    most: float | None


def of_slots(counts: Sequence[int | None]) -> Waits:
    numbers = [max(count or 0, 0) for count in counts]
    return Waits(sum(numbers), percentile(numbers, 0.5), percentile(numbers, 0.95))


def percentile(numbers: Sequence[int], share: float) -> float | None:
    """Seconds in the middle of the slot in which the `share` of all is reached."""
    wanted, passed = share * sum(numbers), 0
    for slot, number in enumerate(numbers, start=1):
        passed += number
        if number and passed >= wanted:
            return middle(slot)
    return None


def middle(slot: int) -> float:
    """The geometric middle of a slot, in seconds."""
    return float(SHORTEST * 2 ** ((slot - 1.5) / A_DOUBLING)) / 1000
