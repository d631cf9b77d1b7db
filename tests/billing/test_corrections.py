"""Corrections: support takes units of a ledger row back, in the period of that row, and the books stay right."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from agencies.models import Action, Agency, AuditEntry, User
from billing import corrections, invariants, pools, rollups, subscriptions, units
from billing.models import Lasts, LedgerEntry, PoolPeriod, Resource, UsageDay, WorkspacePeriod
from tests.racing import at_once
from workspaces.models import Workspace


def charged(workspace: Workspace, at: datetime, *, key: str = "a", words: int = 201) -> LedgerEntry:
    """The row of an AI reply; a visitor's message of 1 unit stands before it."""
    held = pools.hold(workspace, chatbot_id=7, key=key, fingerprint="", units=3, now=at)
    lines = {held.pk * 2: units.visitor("when?"), held.pk * 2 + 1: units.ai("word " * words)}
    pools.settle(held, lines, now=at, conversation_id=5)
    return LedgerEntry.objects.get(hold=held, kind="ai")


def used(workspace: Workspace, start: datetime) -> tuple[int, int]:
    """(of the pool, of the workspace)"""
    pool = PoolPeriod.objects.get(agency=workspace.agency, start=start)
    return pool.used, WorkspacePeriod.objects.get(workspace=workspace, start=start).used


@pytest.fixture
def reply(bakery: Workspace, now: datetime) -> LedgerEntry:
    """It cost 2 units, and the exchange 3."""
    return charged(bakery, now)


@pytest.fixture(autouse=True)
def _books(db: None) -> Any:
    """Whatever a test does, the counters, the ledger and the rollup agree afterwards, rolled up or not."""
    yield
    assert invariants.breaches() == []
    rollups.roll_up()
    assert invariants.breaches() == []


def test_a_correction_is_a_row_of_its_own_in_the_place_of_the_other(
    reply: LedgerEntry, support: User, now: datetime
) -> None:
    made = corrections.correct(reply, units=2, reason="Answered twice", by=support, now=now)
    same = ("agency_id", "workspace_id", "chatbot_id", "conversation_id", "kind", "period_start")
    assert [getattr(made, name) for name in same] == [getattr(reply, name) for name in same]
    assert (made.units, made.words, made.pool_after, made.corrects) == (-2, 0, 1, reply)
    assert (made.rule, made.reason, made.author) == ("Correction: 201 words → 2 units", "Answered twice", support)


def test_what_is_taken_back_is_free_again(reply: LedgerEntry, support: User, now: datetime) -> None:
    corrections.correct(reply, units=2, reason="Answered twice", by=support, now=now)
    assert used(reply.workspace, reply.period_start) == (1, 1)


def test_a_row_is_corrected_until_it_costs_nothing(reply: LedgerEntry, support: User, now: datetime) -> None:
    corrections.correct(reply, units=1, reason="Too long", by=support, now=now)
    with pytest.raises(corrections.MoreThanItCosts, match="At most 1 unit can be taken back"):
        corrections.correct(reply, units=2, reason="Too long", by=support, now=now)
    corrections.correct(reply, units=1, reason="Too long", by=support, now=now)
    with pytest.raises(corrections.MoreThanItCosts, match="Nothing more can be taken back"):
        corrections.correct(reply, units=1, reason="Too long", by=support, now=now)
    assert used(reply.workspace, reply.period_start) == (1, 1)


@pytest.mark.parametrize("amount", [-1, 0, 3, 40_000])
def test_no_other_amount_is_taken_back(reply: LedgerEntry, support: User, now: datetime, amount: int) -> None:
    with pytest.raises(corrections.MoreThanItCosts):
        corrections.correct(reply, units=amount, reason="Typed wrong", by=support, now=now)
    assert used(reply.workspace, reply.period_start) == (3, 3)


def test_a_correction_is_not_corrected(reply: LedgerEntry, support: User, now: datetime) -> None:
    made = corrections.correct(reply, units=1, reason="Too long", by=support, now=now)
    with pytest.raises(corrections.IsACorrection, match=f"row {reply.pk}"):
        corrections.correct(made, units=1, reason="Too short", by=support, now=now)


def test_a_row_of_a_past_period_is_corrected_there(bakery: Workspace, support: User, now: datetime) -> None:
    old = charged(bakery, now - timedelta(days=40))
    new = charged(bakery, now, key="b")
    made = corrections.correct(old, units=2, reason="A test of ours", by=support, now=now)
    assert (used(bakery, old.period_start), used(bakery, new.period_start)) == ((1, 1), (3, 3))
    assert (made.period_start, made.pool_after, made.at) == (old.period_start, 1, now)


def test_what_a_past_row_had_drawn_of_the_stock_is_in_the_newest_period_again(
    bakery: Workspace, northwind: Agency, support: User, now: datetime
) -> None:
    before = now - timedelta(days=40)
    subscriptions.widen(northwind, resource=Resource.MESSAGES, amount=10, added_at=before, lasts=Lasts.FOREVER)
    Agency.objects.filter(pk=northwind.pk).update(message_limit=1)
    old = charged(bakery, before)  # 1 of the period's own, 2 of the stock
    charged(bakery, now, key="b")
    corrections.correct(old, units=1, reason="A test of ours", by=support, now=now)
    assert list(PoolPeriod.objects.order_by("start").values_list("used", "stock")) == [(2, 1), (3, 9)]


def test_the_day_of_the_correction_is_lowered_and_counts_no_message(
    reply: LedgerEntry, support: User, now: datetime
) -> None:
    rollups.roll_up()
    later = now + timedelta(days=1)
    corrections.correct(reply, units=2, reason="Answered twice", by=support, now=later)
    rollups.roll_up()
    assert list(UsageDay.objects.filter(day=later.date()).values_list("units", "messages")) == [(-2, 0)]


def test_a_correction_stands_in_the_audit_log_and_names_its_workspace_only(
    reply: LedgerEntry, bookshop: Workspace, support: User, now: datetime
) -> None:
    corrections.correct(reply, units=2, reason="Answered twice", by=support, now=now)
    told = AuditEntry.objects.get(action=Action.UNITS_TAKEN_BACK)
    assert (told.workspace_id, told.actor, told.acting_as) == (reply.workspace_id, support, "Support")
    assert (told.before, told.after, told.reason) == ({"units": 2}, {"units": 0}, "Answered twice")
    assert told.target == f"row {reply.pk} of the ledger"


def test_a_correction_stays_as_it_is(reply: LedgerEntry, support: User, now: datetime) -> None:
    made = corrections.correct(reply, units=1, reason="Too long", by=support, now=now)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        LedgerEntry.objects.filter(pk=made.pk).update(units=-2)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_take_back_what_the_row_cost(reply: LedgerEntry, support: User, now: datetime) -> None:
    def take_back(_: int) -> LedgerEntry:
        return corrections.correct(reply, units=1, reason="Answered twice", by=support, now=now)

    results = at_once(take_back)
    assert sum(isinstance(result, LedgerEntry) for result in results) == 2
    assert sum(isinstance(result, corrections.MoreThanItCosts) for result in results) == 18
    assert used(reply.workspace, reply.period_start) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_corrections_and_charges_at_once_wait_for_each_other_and_never_for_ever(
    bakery: Workspace, support: User, now: datetime
) -> None:
    rows = [charged(bakery, now, key=str(number)) for number in range(20)]

    def work(number: int) -> LedgerEntry:
        if number % 2:
            return charged(bakery, now, key=f"new {number}")
        return corrections.correct(rows[number // 2], units=2, reason="A test of ours", by=support, now=now)

    assert all(isinstance(result, LedgerEntry) for result in at_once(work, people=10, times=4))
    assert used(bakery, rows[0].period_start) == (20 * 3 + 20 * 3 - 20 * 2,) * 2


# --- in the admin ----------------------------------------------------------------------------------------------------


def page_of(entry: LedgerEntry, step: str = "correct") -> str:
    return f"/admin/billing/ledgerentry/{entry.pk}/{step}/"


def test_support_corrects_a_row_with_a_button_and_a_form(reply: LedgerEntry, support: User, sign_in: Any) -> None:
    browser = sign_in(support)
    assert page_of(reply) in browser.get(page_of(reply, "change")).content.decode()
    answer = browser.post(page_of(reply), {"units": "2", "reason": "Answered twice"}, follow=True)
    made = reply.corrections.get()
    assert answer.redirect_chain == [(page_of(made, "change"), 302)]
    assert page_of(made) not in answer.content.decode()
    assert (made.units, made.author) == (-2, support)


def test_the_form_sent_twice_takes_back_once(reply: LedgerEntry, support: User, sign_in: Any) -> None:
    browser = sign_in(support)
    form = browser.get(page_of(reply)).context["form"]
    sent = {"seen": form["seen"].value(), "units": "1", "reason": "Answered twice"}
    browser.post(page_of(reply), sent)
    second = browser.post(page_of(reply), sent, follow=True)
    assert "corrected meanwhile, and costs 1 now" in second.content.decode()
    assert reply.corrections.count() == 1
    browser.post(page_of(reply), {"units": "1", "reason": "All of it"})
    assert "Nothing is left to take back" in browser.get(page_of(reply)).content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"units": "3", "reason": "Answered twice"}, "At most 2 units can be taken back"),
        ({"units": "1", "reason": " "}, "Please give a reason"),
        ({"units": "0", "reason": "Answered twice"}, "whole number of 1 or more"),
    ],
)
def test_the_form_says_what_is_wrong(
    reply: LedgerEntry, support: User, sign_in: Any, sent: dict[str, str], said: str
) -> None:
    answer = sign_in(support).post(page_of(reply), sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not reply.corrections.exists()


def test_who_may_only_look_corrects_nothing(reply: LedgerEntry, support: User, sign_in: Any) -> None:
    support.user_permissions.set(support.user_permissions.exclude(codename="change_ledgerentry"))
    browser = sign_in(support)
    assert page_of(reply) not in browser.get(page_of(reply, "change")).content.decode()
    assert browser.get(page_of(reply)).status_code == 403
    assert browser.post(page_of(reply), {"units": "1", "reason": "Mine"}).status_code == 403
    assert not reply.corrections.exists()


def test_rows_are_read_only_in_the_admin(reply: LedgerEntry, support: User, sign_in: Any) -> None:
    assert sign_in(support).post(page_of(reply, "change"), {"units": "0"}).status_code == 403
    reply.refresh_from_db()
    assert reply.units == 2


def test_a_row_that_never_was_cannot_be_corrected(support: User, sign_in: Any) -> None:
    assert sign_in(support).get("/admin/billing/ledgerentry/987654321/correct/").status_code == 404
