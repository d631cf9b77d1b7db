"""The pool in an example: how much clients take of it together. Plain sums, nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

POOL = 10_000  # messages a period
TAKEN = (7_000, 2_000, 1_000)


@dataclass(frozen=True)
class Taker:
    """One client of the example, with the tone that colours it."""

    name: str
    used: int
    tone: int


@dataclass(frozen=True)
class Example:
    """A pool and what each client wants of it."""

    pool: int
    takers: list[Taker]

    @property
    def wanted(self) -> int:
        return sum(taker.used for taker in self.takers)

    @property
    def left(self) -> int:
        return max(self.pool - self.wanted, 0)

    @property
    def missing(self) -> int:
        return max(self.wanted - self.pool, 0)


def of(pool: int = POOL, taken: Sequence[int] = TAKEN) -> Example:
    return Example(pool, [Taker(f"Client {'ABC'[n]}", used, n + 2) for n, used in enumerate(taken)])
