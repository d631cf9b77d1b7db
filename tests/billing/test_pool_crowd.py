"""Stories of several people at once, each on a connection of their own, by the procedures that answer promptly.

Of what happens at one moment any order may come true; what must hold, holds after each.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from agencies.models import Agency, User
from billing import entitlements, invariants, periods, pools, rollups, subscriptions
from billing.models import AddOn, Hold, PoolPeriod, Subscription, WorkspacePeriod
from billing.units import Charge
from tests.billing.stories import DAYS, any_one, plan_of, story, units
from tests.conftest import agency, client_workspace, fill_catalogue, person
from tests.racing import at_once
from workspaces.models import Workspace

SEND = st.tuples(st.just("hold"), st.integers(0, 2), st.integers(0, 40).map(str), units)
END = st.tuples(st.sampled_from(["settle", "release"]), any_one)
AROUND = st.tuples(st.sampled_from(["sweep", "widen", "apply", "roll_up"]))
REFUSALS = (pools.Refused, pools.AlreadyHeld, pools.KeyReused, pools.HoldGone)
DONE = (Hold, int, list, AddOn, Agency, type(None))


class CrowdMachine(RuleBasedStateMachine):
    """One story of an agency with three workspaces: one is free, one is capped, one has a guarantee."""

    by: User

    def __init__(self) -> None:
        super().__init__()
        self.now = DAYS[0] + timedelta(days=9)
        support, name = self.by, f"Northwind {Agency.objects.count()}"
        self.northwind = agency(person(f"Ada {name}"), name, support)
        for client in ("Bakery", "Bookshop"):
            client_workspace(self.northwind, client)
        self.ids = list(self.northwind.workspaces.order_by("pk").values_list("pk", flat=True))
        Workspace.objects.filter(pk=self.ids[1]).update(message_cap=5)
        Workspace.objects.filter(pk=self.ids[2]).update(message_guarantee=4)
        Subscription.objects.filter(agency=self.northwind).update(plan=plan_of(9), started_at=DAYS[0])
        entitlements.apply(self.northwind, now=self.now)
        self.held: list[Hold] = []

    @rule(moment=st.lists(st.one_of(SEND, SEND, SEND, END, AROUND), min_size=2, max_size=6))
    def at_one_moment(self, moment: list[tuple[Any, ...]]) -> None:
        results = at_once(lambda person: self.do(*moment[person]), people=len(moment))
        assert [result for result in results if not isinstance(result, (*REFUSALS, *DONE))] == []
        self.held += [result for result in results if isinstance(result, Hold)]
        if {what for what, *_ in moment} == {"hold"}:
            self.nobody_was_refused_what_is_still_free(moment, results)

    @rule(by=st.sampled_from([timedelta(minutes=20), timedelta(days=25)]))
    def wait(self, by: timedelta) -> None:
        self.now += by

    def do(self, what: str, *rest: Any) -> Any:
        return getattr(self, what)(*rest)

    def hold(self, place: int, key: str, amount: int) -> Hold:
        workspace = Workspace.objects.select_related("agency__subscription").get(pk=self.ids[place])
        return pools.hold(workspace, chatbot_id=1, key=key, fingerprint="", units=amount, now=self.now)

    def settle(self, which: int) -> int | None:
        if not self.held:
            return None
        held = self.held[which % len(self.held)]
        return pools.settle(held, {held.pk: Charge("visitor", 1, 1, "")}, now=self.now)

    def release(self, which: int) -> None:
        if self.held:
            pools.release(self.held[which % len(self.held)], now=self.now)

    def sweep(self) -> int:
        return pools.sweep(self.now)

    def widen(self) -> AddOn:
        return subscriptions.widen(self.northwind, resource="messages", amount=1, lasts="forever", added_at=self.now)

    def apply(self) -> Agency:
        return entitlements.apply(self.northwind, now=self.now)

    def roll_up(self) -> list[int]:
        return rollups.roll_up()

    def nobody_was_refused_what_is_still_free(self, moment: list[tuple[Any, ...]], results: list[Any]) -> None:
        for (_, place, _, amount), result in zip(moment, results, strict=True):
            cap_left, free, kept = self.left(place)
            if isinstance(result, pools.CapReached):
                assert cap_left < amount
            elif isinstance(result, pools.PoolExhausted):
                assert free - kept < amount

    def left(self, place: int) -> tuple[int, int, int]:
        """What its cap leaves to a workspace, what the pool has left, and what of this is kept for the others."""
        start = periods.current(Agency.objects.get(pk=self.northwind.pk), self.now).start
        rows = WorkspacePeriod.objects.filter(agency=self.northwind, start=start)
        taken = Counter({row.workspace_id: row.used + row.held for row in rows})
        pool = PoolPeriod.objects.filter(agency=self.northwind, start=start).first()
        free = (pool.limit or 0) - taken.total() if pool else 9
        cap_left = 5 - taken[self.ids[1]] if place == 1 else 99
        return cap_left, free, 0 if place == 2 else max(0, 4 - taken[self.ids[2]])

    @invariant()
    def what_must_hold_holds(self) -> None:
        assert invariants.breaches() == []
        for place in range(3):
            cap_left, free, kept = self.left(place)
            assert min(cap_left, free, free - kept) >= 0


@pytest.mark.django_db(transaction=True)
def test_several_people_at_once_leave_a_pool_whole(support: User) -> None:
    fill_catalogue()
    told = type("Crowd", (CrowdMachine,), {"by": support})
    run_state_machine_as_test(told, settings=story(8, 10, again=False))
