"""The world that the matrix walks through holds a row of everything, and a canary in every text."""

import pytest

from tests.matrix import canaries
from tests.matrix.world import World

pytestmark = pytest.mark.django_db


def test_every_text_column_holds_a_canary_or_says_why_not() -> None:
    assert canaries.uncovered() == []


def test_probe(world: World) -> None:
    from tests.matrix import tenancy
    for t in tenancy.tables():
        print(t._meta.label, {o: sum(1 for k, v in world.owners.tenant.items() if k[0] is t and v == o) for o in sorted(set(v for k, v in world.owners.tenant.items() if k[0] is t))})
    print(len(world.canaries.known), world.tokens)
