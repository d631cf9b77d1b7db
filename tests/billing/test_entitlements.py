"""What an agency may use: its plan plus its add-ons, written in one place."""

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from agencies.models import Agency, User
from billing import entitlements, exceptions, pools, subscriptions, usage
from billing.limits import MOST
from billing.models import AddOn, Plan, Resource
from tests.queries import sent_by
from workspaces.models import Workspace


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
    entitlements.apply(newcomer, now=now)
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
        pack = subscriptions.widen(northwind, resource=Resource.SOURCES, amount=2000, added_at=now)
    assert limits(northwind)[1] == 6200
    AddOn.objects.filter(pk=pack.pk).update(ends_at=now)
    entitlements.apply(northwind, now=now)
    assert limits(northwind)[1] == 4200


def test_an_unlimited_plan_stays_unlimited_with_a_pack(northwind: Agency, now: datetime) -> None:
    Plan.objects.filter(code="agency").update(messages=None)
    subscriptions.widen(northwind, resource=Resource.MESSAGES, amount=2000, added_at=now)
    assert limits(northwind)[0] is None


def test_another_agency_keeps_its_limits(northwind: Agency, rival: Agency, now: datetime) -> None:
    subscriptions.widen(northwind, resource=Resource.MESSAGES, amount=2000, added_at=now)
    assert limits(rival)[0] == 10_000


def test_every_limit_is_explained_line_by_line(northwind: Agency, support: User, now: datetime) -> None:
    exceptions.grant(northwind, limit="messages", amount=8000, reason="A quiet year", by=support, now=now)
    for lasts, amount in (("period", 1), ("recurring", 20), ("forever", 300)):
        subscriptions.widen(northwind, resource="messages", amount=amount, lasts=lasts, added_at=now)
    messages, sources, *_ = entitlements.explain(northwind, now)
    assert (messages.label, messages.plan, messages.exception.reason) == ("Messages per period", 10_000, "A quiet year")
    assert (messages.packs, messages.ending, messages.stock, messages.total) == (21, 1, 300, 8321)
    assert (sources.label, sources.plan, sources.exception, sources.packs, sources.total) == (
        "Data sources",
        200,
        None,
        0,
        200,
    )


@pytest.mark.parametrize("used", [False, True])
def test_what_is_explained_is_what_holds(
    northwind: Agency, bakery: Workspace, support: User, now: datetime, used: bool
) -> None:
    if used:  # the period's counter was made before
        pools.hold(bakery, chatbot_id=1, key="a", fingerprint="", units=3, now=now)
    for resource in Resource.values:
        for lasts in ("period", "recurring", "forever"):
            subscriptions.widen(northwind, resource=resource, amount=70, lasts=lasts, added_at=now)
    exceptions.grant(northwind, limit="chatbots", amount=None, reason="Loyal", by=support, now=now)
    totals = [line.total for line in entitlements.explain(northwind, now)]
    assert totals == [usage.pool(northwind, now).limit, *limits(northwind)[1:]]
    assert totals == [10_210, 410, 230, 25, None]


def test_an_explanation_costs_the_same_with_many_packs(northwind: Agency, now: datetime) -> None:
    northwind = Agency.objects.select_related("subscription").get(pk=northwind.pk)
    few = sent_by(lambda: entitlements.explain(northwind, now))
    for _ in range(5):
        subscriptions.widen(northwind, resource=Resource.SEATS, amount=1, added_at=now)
    assert len(sent_by(lambda: entitlements.explain(northwind, now))) == len(few)


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


# --- the most that limits can hold -----------------------------------------------------------------------------------

LIMITS = {"messages": 1000, "sources": "", "seats": 20, "workspaces": 25, "chatbots": 100}


@pytest.mark.parametrize("amount", [1_000_000_001, 2_147_483_647, 9_999_999_999])
def test_an_amount_stays_within_what_the_limits_can_hold(
    northwind: Agency, support: User, sign_in: Any, amount: int
) -> None:
    desk, plan = sign_in(support), Plan.objects.get(code="agency")
    form = {**LIMITS, "name": "Agency", "messages": amount}
    assert desk.post(f"/admin/billing/plan/{plan.pk}/change/", form).status_code == 200
    pack = {"agency": northwind.pk, "resource": "messages", "amount": amount, "lasts": "recurring"}
    assert desk.post("/admin/billing/addon/add/", pack).status_code == 200
    assert limits(northwind)[0] == 10_000


def test_many_big_packs_stop_at_the_most(northwind: Agency, now: datetime) -> None:
    for _ in range(3):
        subscriptions.widen(northwind, resource=Resource.MESSAGES, amount=1_000_000_000, added_at=now)
    assert limits(northwind)[0] == MOST
