"""What an agency may use: its plan plus its add-ons, written in one place."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from agencies.models import Agency, User
from billing import entitlements, subscriptions
from billing.models import AddOn, Plan, Resource


def limits(agency: Agency) -> tuple[int | None, ...]:
    agency.refresh_from_db()
    return (
        agency.message_limit,
        agency.source_limit,
        agency.seat_limit,
        agency.workspace_limit,
        agency.chatbot_limit,
    )


def test_an_account_is_on_the_free_plan(newcomer: Agency) -> None:
    assert limits(newcomer) == (250, 10, 0, 0, 2)


def test_an_approved_agency_without_a_subscription_is_on_the_trial(newcomer: Agency, support: User, now: Any) -> None:
    Agency.objects.filter(pk=newcomer.pk).update(approved_at=now, approved_by=support)
    entitlements.apply(newcomer)
    assert limits(newcomer) == (1000, 50, 5, 3, 10)


@pytest.mark.parametrize(
    ("resource", "limit"), [(Resource.MESSAGES, 12_000), (Resource.SOURCES, 2200), (Resource.SEATS, 2020)]
)
def test_a_pack_widens_its_own_resource_and_nothing_else(
    northwind: Agency, now: datetime, resource: str, limit: int
) -> None:
    before = limits(northwind)
    subscriptions.widen(northwind, resource=resource, amount=2000, added_at=now)
    changed = [new for old, new in zip(before, limits(northwind), strict=True) if old != new]
    assert changed == [limit]


def test_packs_add_up_and_end(northwind: Agency, now: datetime) -> None:
    for _ in range(3):
        pack = subscriptions.widen(northwind, resource=Resource.MESSAGES, amount=2000, added_at=now)
    assert limits(northwind)[0] == 16_000
    AddOn.objects.filter(pk=pack.pk).update(ended_at=now)
    entitlements.apply(northwind)
    assert limits(northwind)[0] == 14_000


def test_an_unlimited_plan_stays_unlimited_with_a_pack(northwind: Agency, now: datetime) -> None:
    Plan.objects.filter(code="agency").update(messages=None)
    subscriptions.widen(northwind, resource=Resource.MESSAGES, amount=2000, added_at=now)
    assert limits(northwind)[0] is None


def test_another_agency_keeps_its_limits(northwind: Agency, rival: Agency, now: datetime) -> None:
    subscriptions.widen(northwind, resource=Resource.MESSAGES, amount=2000, added_at=now)
    assert limits(rival)[0] == 10_000


def test_a_changed_plan_changes_everybody_on_it(
    northwind: Agency, newcomer: Agency, superuser: User, sign_in: Any
) -> None:
    plan = Plan.objects.get(code="agency")
    form = {"code": "agency", "name": "Agency", "messages": 20_000, "sources": "", "seats": 20, "workspaces": 25}
    sign_in(superuser).post(f"/admin/billing/plan/{plan.pk}/change/", {**form, "chatbots": 100})
    assert limits(northwind) == (20_000, None, 20, 25, 100)
    assert limits(newcomer)[0] == 250


def test_a_pack_added_by_support_counts_at_once(northwind: Agency, support: User, sign_in: Any) -> None:
    form = {"agency": northwind.pk, "resource": "seats", "amount": 5, "added_at_0": "2026-01-01", "added_at_1": "00:00"}
    answer = sign_in(support).post("/admin/billing/addon/add/", form)
    assert answer.status_code == 302
    assert limits(northwind)[2] == 25
    assert northwind.add_ons.get().added_by == support


def test_support_does_not_write_limits_by_hand(northwind: Agency, support: User, sign_in: Any) -> None:
    form = {"time_zone": "UTC", "message_limit": "999999", "approved_at_0": "", "name": "Renamed"}
    sign_in(support).post(f"/admin/agencies/agency/{northwind.pk}/change/", form)
    assert limits(northwind)[0] == 10_000
    assert (northwind.name, northwind.is_approved) == ("Northwind", True)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "x" * 63])
def test_support_does_not_write_a_time_zone_that_is_none(
    northwind: Agency, support: User, sign_in: Any, zone: str
) -> None:
    sign_in(support).post(f"/admin/agencies/agency/{northwind.pk}/change/", {"time_zone": zone})
    northwind.refresh_from_db()
    assert northwind.time_zone == "UTC"


def test_the_database_knows_no_pack_of_nothing(northwind: Agency, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        subscriptions.widen(northwind, resource=Resource.SEATS, amount=0, added_at=now)


# --- what support may change afterwards ------------------------------------------------------------------------------

LIMITS = {"messages": 1000, "sources": "", "seats": 20, "workspaces": 25, "chatbots": 100}


def day(at: datetime, name: str) -> dict[str, str]:
    return {f"{name}_0": at.date().isoformat(), f"{name}_1": "00:00:00"}


def test_a_subscription_stays_with_its_agency_and_its_day(
    northwind: Agency, rival: Agency, support: User, sign_in: Any, now: datetime
) -> None:
    paid, trial = northwind.subscription, Plan.objects.get(code="trial")
    form = {"agency": rival.pk, "plan": trial.pk, **day(now - timedelta(days=9), "started_at")}
    sign_in(support).post(f"/admin/billing/subscription/{paid.pk}/change/", form)
    begun = paid.started_at
    paid.refresh_from_db()
    assert (paid.agency, paid.started_at, paid.plan) == (northwind, begun, trial)
    assert limits(northwind)[0] == 1000
    assert limits(rival)[0] == 10_000


def test_a_pack_stays_as_it_was_added_and_may_be_ended(
    northwind: Agency, rival: Agency, support: User, sign_in: Any, now: datetime
) -> None:
    pack = subscriptions.widen(northwind, resource=Resource.MESSAGES, amount=2000, added_at=now)
    form = {"agency": rival.pk, "resource": "seats", "amount": 9, **day(now - timedelta(days=1), "ended_at")}
    sign_in(support).post(f"/admin/billing/addon/{pack.pk}/change/", form)
    pack.refresh_from_db()
    assert (pack.agency, pack.resource, pack.amount, pack.added_at) == (northwind, "messages", 2000, now)
    assert limits(northwind)[0] == 10_000


def test_a_pack_does_not_end_in_the_future(northwind: Agency, support: User, sign_in: Any, now: datetime) -> None:
    pack = subscriptions.widen(northwind, resource=Resource.MESSAGES, amount=2000, added_at=now)
    form = day(now + timedelta(days=20), "ended_at")
    answer = sign_in(support).post(f"/admin/billing/addon/{pack.pk}/change/", form)
    assert "please end it on its day" in answer.content.decode()
    assert limits(northwind)[0] == 12_000


def test_a_pack_is_not_added_in_the_future(northwind: Agency, support: User, sign_in: Any, now: datetime) -> None:
    form = {"agency": northwind.pk, "resource": "seats", "amount": 5, **day(now + timedelta(days=2), "added_at")}
    answer = sign_in(support).post("/admin/billing/addon/add/", form)
    assert "please add it on its day" in answer.content.decode()
    assert not northwind.add_ons.exists()


def test_a_plan_keeps_the_code_that_sign_up_finds_it_by(plans: None, support: User, sign_in: Any) -> None:
    plan = Plan.objects.get(code=Plan.FREE)
    form = {**LIMITS, "code": "starter", "name": "Starter"}
    sign_in(support).post(f"/admin/billing/plan/{plan.pk}/change/", form)
    plan.refresh_from_db()
    assert (plan.code, plan.name) == ("free", "Starter")


def test_a_new_plan_gets_its_code(plans: None, support: User, sign_in: Any) -> None:
    sign_in(support).post("/admin/billing/plan/add/", {**LIMITS, "code": "gold", "name": "Gold"})
    assert Plan.objects.get(code="gold").messages == 1000


@pytest.mark.parametrize("amount", [1_000_000_001, 2_147_483_647, 9_999_999_999])
def test_an_amount_stays_within_what_the_limits_can_hold(
    northwind: Agency, support: User, sign_in: Any, amount: int
) -> None:
    desk, plan = sign_in(support), Plan.objects.get(code="agency")
    form = {**LIMITS, "name": "Agency", "messages": amount}
    assert desk.post(f"/admin/billing/plan/{plan.pk}/change/", form).status_code == 200
    pack = {"agency": northwind.pk, "resource": "messages", "amount": amount, "added_at_0": "2026-01-01"}
    assert desk.post("/admin/billing/addon/add/", {**pack, "added_at_1": "00:00"}).status_code == 200
    assert limits(northwind)[0] == 10_000


def test_many_big_packs_stop_at_the_most(northwind: Agency, now: datetime) -> None:
    for _ in range(3):
        subscriptions.widen(northwind, resource=Resource.MESSAGES, amount=1_000_000_000, added_at=now)
    assert limits(northwind)[0] == entitlements.MOST


def test_a_plans_agencies_are_locked_in_one_order(northwind: Agency, rival: Agency) -> None:
    with CaptureQueriesContext(connection) as asked:  # small tables come in that order by chance
        assert entitlements.agencies_on(Plan.objects.get(code="agency")) == [northwind, rival]
    assert 'ORDER BY "agencies_agency"."id" ASC' in asked[1]["sql"]
