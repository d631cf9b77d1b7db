"""What an agency may use: its plan plus its add-ons, written in one place."""

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

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
