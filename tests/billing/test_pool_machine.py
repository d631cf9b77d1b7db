"""Stories that nobody thought of: whatever happens to a pool in whatever order, it does what its plain model does.

`make stories` lets Hypothesis make up thousands; `make test` tells the same few each time.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from agencies.models import Agency, User
from billing import allocation, entitlements, invariants, pools, rollups, subscriptions
from billing.models import AddOn, Hold, LedgerEntry, PoolPeriod, Resource, Subscription, UsageDay, WorkspacePeriod
from billing.units import Charge
from tests.billing.pool_model import Pack, Pool
from tests.billing.stories import DAYS, any_one, keys, plan_of, put_on_plan, story, units
from tests.conftest import client_workspace
from workspaces import caps, closing, lifecycle
from workspaces.models import Workspace

OUTCOMES = {
    pools.CapReached: "capped",
    pools.Reserved: "reserved",
    pools.PoolExhausted: "exhausted",
    pools.AlreadyHeld: "replayed",
    pools.KeyReused: "reused",
    Hold: "held",
}
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati"]
LINES = {0: {}, 1: {"visitor": 1}, 2: {"visitor": 1, "ai": 1}, 3: {"visitor": 1, "ai": 2}}

places = st.integers(0, 3)
limits = st.none() | st.integers(0, 12)


class PoolMachine(RuleBasedStateMachine):
    """One story of one agency with four workspaces, on this thread, rolled back at its end."""

    northwind: Agency
    by: User

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.ids = list(self.northwind.workspaces.order_by("pk").values_list("pk", flat=True))
        self.held: dict[str, Hold] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @initialize(begins=st.sampled_from(DAYS), base=limits)
    def begin(self, begins: datetime, base: int | None) -> None:
        self.now = begins + timedelta(hours=5)
        Subscription.objects.update(plan=plan_of(base), started_at=begins)
        entitlements.apply(self.northwind, now=self.now)
        self.pool = Pool(self.ids, anchor=begins, base=base)

    # --- what happens ---

    @rule(place=places, key=keys, fingerprint=st.sampled_from("xxxy"), amount=units, late=st.booleans())
    def hold(self, place: int, key: str, fingerprint: str, amount: int, late: bool) -> None:
        """Take some; `late`: by a clock that is a moment behind the period's beginning."""
        now = self.pool.starts(self.now)[0] - timedelta(milliseconds=1) if late and not self.now.minute else self.now
        expected = self.pool.hold(self.ids[place], key, fingerprint, amount, now)
        assert self.try_to_hold(place, key, fingerprint, amount, now) == expected

    def try_to_hold(self, place: int, key: str, fingerprint: str, amount: int, now: datetime) -> str:
        workspace = Workspace.objects.select_related("agency__subscription").get(pk=self.ids[place])
        try:
            result: Any = pools.hold(workspace, chatbot_id=1, key=key, fingerprint=fingerprint, units=amount, now=now)
        except (pools.Refused, pools.KeyReused, pools.AlreadyHeld) as refusal:
            result = refusal
        else:
            self.held[key] = result
        return OUTCOMES[type(result)]

    @precondition(lambda self: self.held)
    @rule(which=any_one, cost=st.integers(0, 3))
    def settle(self, which: int, cost: int) -> None:
        key, held = self.pick(self.held, which)
        lines = LINES[min(cost, held.units)]
        charges = {held.pk * 10 + n: Charge(kind, 1, amount, "") for n, (kind, amount) in enumerate(lines.items())}
        ended = self.is_same(key, held) and self.pool.settle(key, lines, self.now)
        if ended:
            assert pools.settle(held, charges, now=self.now) == sum(lines.values())
        else:
            with pytest.raises(pools.HoldGone):
                pools.settle(held, charges, now=self.now)

    @precondition(lambda self: self.held)
    @rule(which=any_one, twice=st.booleans())
    def release(self, which: int, twice: bool) -> None:
        key, held = self.pick(self.held, which)
        if self.is_same(key, held):
            self.pool.release(key)
        for _ in range(1 + twice):
            pools.release(held, now=self.now)

    @rule()
    def sweep(self) -> None:
        assert pools.sweep(self.now) == self.pool.sweep(self.now)

    # --- time, periods, plans ---

    @rule(by=st.sampled_from([timedelta(minutes=1), timedelta(minutes=20), timedelta(days=3), timedelta(days=11)]))
    def wait(self, by: timedelta) -> None:
        self.now += by

    @rule(ahead=st.integers(0, 2))
    def wait_for_the_next_period(self, ahead: int) -> None:
        """To its last moment, its first, or the one after."""
        self.now = self.pool.starts(self.now)[1] + timedelta(milliseconds=ahead - 1)

    @rule(months=st.integers(1, 13))
    def wait_long(self, months: int) -> None:
        self.now += timedelta(days=30.4 * months)

    @rule(base=limits)
    def change_plan(self, base: int | None) -> None:
        self.pool.base = base
        put_on_plan(self.northwind, base, self.pool.anchor, self.now)
        self.pool.refresh(self.now)

    @rule(ago=st.sampled_from([-1, 0, 1, 2, 3, 17, 28, 59, 60, 61]))
    def begin_on_another_day(self, ago: int) -> None:
        begins = self.now - timedelta(days=ago)
        if self.pool.may_begin_on(begins, self.now):
            put_on_plan(self.northwind, self.pool.base, begins, self.now)
            self.pool.begin_on(begins, self.now)
            self.pool.refresh(self.now)
        else:
            with pytest.raises(subscriptions.WrongStart):
                put_on_plan(self.northwind, self.pool.base, begins, self.now)

    # --- packs ---

    @rule(amount=st.integers(1, 9), lasts=st.sampled_from(["period", "recurring", "forever", "forever"]))
    def widen(self, amount: int, lasts: str) -> None:
        add_on = subscriptions.widen(
            self.northwind, resource=Resource.MESSAGES, amount=amount, lasts=lasts, added_at=self.now
        )
        ends_at = self.pool.starts(self.now)[1] if lasts == "period" else None
        self.pool.packs[add_on.pk] = Pack(lasts, amount, self.now, ends_at)
        self.pool.refresh(self.now)

    @precondition(lambda self: self.pool.packs)
    @rule(which=any_one, now=st.booleans())
    def end_pack(self, which: int, now: bool) -> None:
        """One that never lapses has its own end: what is left of it is returned."""
        pk, pack = self.pick(self.pool.packs, which)
        if pack.lasts == "forever" or (pack.ends_at and pack.ends_at <= self.now):
            return
        pack.ends_at = self.now if now else self.pool.starts(self.now)[1]
        self.write(pk, pack)

    @precondition(lambda self: self.pool.packs)
    @rule(which=any_one)
    def refund(self, which: int) -> None:
        """What is free goes back; what is in use stays."""
        pk, pack = self.pick(self.pool.packs, which)
        period = self.pool.at(self.now)
        if pack.ends_at and (pack.lasts == "forever" or pack.ends_at <= self.now):
            return
        stock = max(period.stock, max((known.stock for known in self.pool.periods.values()), default=0))
        free = stock - period.drawn if pack.lasts == "forever" else period.free
        pack.returned += max(0, min(pack.kept, pack.kept if free is None else free))
        if pack.lasts == "forever":
            pack.ends_at = self.now
        elif pack.lasts == "recurring":
            pack.ends_at = self.pool.starts(self.now)[1]
        self.write(pk, pack)

    def write(self, pk: int, pack: Pack) -> None:
        AddOn.objects.filter(pk=pk).update(returned=pack.returned, ends_at=pack.ends_at)
        entitlements.apply(self.northwind, now=self.now)
        self.pool.refresh(self.now)

    # --- workspaces ---

    @rule(place=places, cap=limits, guarantee=st.none() | st.integers(0, 6))
    def allocate(self, place: int, cap: int | None, guarantee: int | None) -> None:
        outcome = "done"
        expected = self.pool.allocate(self.ids[place], cap, guarantee, self.now)
        numbers = {"resource": "messages", "cap": cap, "guarantee": guarantee}
        try:
            allocation.allocate(self.workspace(place), **numbers, by=self.by, now=self.now)
        except (caps.Refused, lifecycle.Refused) as refusal:
            outcome = type(refusal).__name__
        assert outcome == expected

    @rule(place=st.integers(1, 3))
    def pause_or_resume(self, place: int) -> None:
        known = self.pool.places[self.ids[place]]
        if known.archived:
            return
        if not known.paused:
            closing.pause(self.workspace(place), by=self.by, now=self.now)
        elif not self.pool.fits(self.ids[place], known.guarantee, self.now):
            with pytest.raises(caps.GuaranteesAbovePool):
                allocation.resume(self.workspace(place), by=self.by, now=self.now)
            return
        else:
            allocation.resume(self.workspace(place), by=self.by, now=self.now)
        known.paused = not known.paused

    @rule(place=st.integers(1, 3))
    def archive_or_restore(self, place: int) -> None:
        """Restored, a guarantee that does not fit any more is gone."""
        known = self.pool.places[self.ids[place]]
        if not known.archived:
            closing.archive(self.workspace(place), by=self.by, now=self.now)
        else:
            closing.restore(self.workspace(place), by=self.by, now=self.now)
            allocation.give_up_what_does_not_fit(self.workspace(place), by=self.by, now=self.now)
            if not known.paused and not self.pool.fits(self.ids[place], known.guarantee, self.now):
                known.guarantee = None
        known.archived = not known.archived

    # --- the rollup ---

    @rule()
    def roll_up(self) -> None:
        rollups.roll_up()
        rows = UsageDay.objects.values_list("day", "workspace_id", "kind", "units")
        assert Counter({(day, place, kind): amount for day, place, kind, amount in rows}) == self.pool.days()

    @rule(zone=st.sampled_from(ZONES))
    def rezone(self, zone: str) -> None:
        rollups.rezone(self.northwind, time_zone=zone)
        self.pool.zone = zone

    # --- what must hold after each step ---

    @invariant()
    def counters_and_limits_are_the_models(self) -> None:
        expected = {p.start: (p.end, p.used.total(), p.held.total(), p.quota, p.stock) for p in self.known()}
        found = {p.start: (p.end, p.used, p.held, p.quota, p.stock) for p in PoolPeriod.objects.all()}
        assert found == expected
        parts = {(p.start, key): p.taken_by(key) for p in self.known() for key in self.ids if p.taken_by(key)}
        rows = WorkspacePeriod.objects.all()
        assert {(r.start, r.workspace_id): r.used + r.held for r in rows if r.used + r.held} == parts
        assert LedgerEntry.objects.count() == len(self.pool.ledger)

    @invariant()
    def nothing_is_breached(self) -> None:
        assert invariants.breaches() == []

    @invariant()
    def a_granted_unit_was_within_its_limit(self) -> None:
        """Of packs that never lapse, all periods together draw no more than was bought."""
        forever = sum(pack.amount for pack in self.pool.packs.values() if pack.lasts == "forever")
        assert sum(period.drawn for period in self.known()) <= forever

    @invariant()
    def guarantees_can_be_used(self) -> None:
        """As far as they are not used yet, at this very moment, whatever the siblings took."""
        if not hasattr(self, "pool") or not self.pool.keeps_its_word(self.now):
            return
        period = self.pool.at(self.now)
        for n, place in enumerate(self.ids):
            rest = self.pool.places[place].promised - period.taken_by(place)
            if rest > 0:
                with transaction.atomic():
                    assert self.try_to_hold(n, "probe", "", rest, self.now) == "held"
                    transaction.set_rollback(True)
                del self.held["probe"]

    # --- small things ---

    def known(self) -> list[Any]:
        return list(self.pool.periods.values()) if hasattr(self, "pool") else []

    def workspace(self, place: int) -> Workspace:
        return Workspace.objects.get(pk=self.ids[place])

    def is_same(self, key: str, held: Hold) -> bool:
        """Whether the key's present hold is this one; it may have been held anew, or be gone."""
        now_held = self.pool.holds.get(key)
        return now_held is not None and now_held.at == held.held_at

    @staticmethod
    def pick(among: dict[Any, Any], which: int) -> tuple[Any, Any]:
        return list(among.items())[which % len(among)]


@pytest.mark.usefixtures("bakery", "bookshop")
def test_a_pool_does_what_its_plain_model_does(northwind: Agency, ada: User) -> None:
    client_workspace(northwind, "Florist")
    told = type("Story", (PoolMachine,), {"northwind": northwind, "by": ada})
    run_state_machine_as_test(told, settings=story(12, 40))
