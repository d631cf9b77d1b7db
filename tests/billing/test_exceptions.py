"""Exceptions: another limit for one agency, with a reason that it reads, until support ends it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from agencies.models import Action, Agency, AuditEntry, User
from billing import entitlements, exceptions, pools, subscriptions
from billing.limits import LimitLine
from billing.models import LimitException, Plan
from workspaces.models import Workspace

Limit = LimitException.Limit


@pytest.fixture
def desk(support: User, sign_in: Any) -> Client:
    return sign_in(support)


def line(agency: Agency, limit: str, now: datetime) -> LimitLine:
    return next(each for each in entitlements.explain(agency, now) if each.limit == limit)


def granted(agency: Agency, by: User, now: datetime, **instead: Any) -> LimitException:
    wanted = {"limit": Limit.SEATS, "amount": 50, "reason": "A big client", **instead}
    return exceptions.grant(agency, **wanted, by=by, now=now)


@pytest.mark.parametrize("limit", Limit.values)
@pytest.mark.parametrize("amount", [0, 7, None])
def test_an_exception_stands_in_the_place_of_the_plans_own_limit(
    northwind: Agency, support: User, now: datetime, limit: str, amount: int | None
) -> None:
    before = entitlements.explain(northwind, now)
    granted(northwind, support, now, limit=limit, amount=amount)
    changed = [new for old, new in zip(before, entitlements.explain(northwind, now), strict=True) if old != new]
    column = f"{limit.removesuffix('s')}_limit"
    assert [(each.limit, each.total, each.exception.reason) for each in changed] == [(limit, amount, "A big client")]
    assert getattr(Agency.objects.get(pk=northwind.pk), column) == amount


def test_packs_come_on_top_of_an_exception(northwind: Agency, support: User, now: datetime) -> None:
    subscriptions.widen(northwind, resource="seats", amount=5, added_at=now)
    granted(northwind, support, now)
    seats = line(northwind, "seats", now)
    assert (seats.plan, seats.base, seats.packs, seats.total) == (20, 50, 5, 55)


def test_an_ended_exception_gives_the_plans_own_limit_back(northwind: Agency, support: User, now: datetime) -> None:
    exception = granted(northwind, support, now)
    exceptions.end(exception, by=support, now=now + timedelta(hours=1))
    assert Agency.objects.get(pk=northwind.pk).seat_limit == 20
    assert line(northwind, "seats", now).exception is None
    with pytest.raises(exceptions.ExceptionEnded, match="ended on"):
        exceptions.end(exception, by=support, now=now + timedelta(hours=2))


def test_another_exception_of_the_same_limit_ends_the_one_before(
    northwind: Agency, support: User, now: datetime
) -> None:
    first = granted(northwind, support, now)
    granted(northwind, support, now + timedelta(hours=1), amount=None)
    first.refresh_from_db()
    assert first.ended_at == now + timedelta(hours=1)
    assert LimitException.objects.get(ended_at=None).amount is None
    assert Agency.objects.get(pk=northwind.pk).seat_limit is None


def test_the_same_exception_twice_is_one(northwind: Agency, support: User, now: datetime) -> None:
    assert granted(northwind, support, now) == granted(northwind, support, now + timedelta(seconds=1))
    assert LimitException.objects.count() == 1


def test_an_exception_is_of_one_agency(northwind: Agency, rival: Agency, support: User, now: datetime) -> None:
    granted(northwind, support, now)
    assert Agency.objects.get(pk=rival.pk).seat_limit == 20


def test_both_stand_in_the_audit_log(northwind: Agency, support: User, now: datetime) -> None:
    exceptions.end(granted(northwind, support, now), by=support, now=now)
    end, grant = AuditEntry.objects.filter(agency=northwind)[:2]
    assert (grant.action, grant.before, grant.after) == (Action.EXCEPTION_GRANTED, {"seats": None}, {"seats": 50})
    assert (grant.acting_as, grant.target, grant.reason) == ("Support", "Seats", "A big client")
    assert (end.action, end.before, end.acting_as) == (Action.EXCEPTION_ENDED, {"seats": 50}, "Support")


def test_an_exception_below_what_is_used_takes_nothing_back(
    northwind: Agency, bakery: Workspace, support: User, now: datetime
) -> None:
    pools.hold(bakery, chatbot_id=1, key="a", fingerprint="", units=9, now=now)
    granted(northwind, support, now, limit=Limit.MESSAGES, amount=5)
    with pytest.raises(pools.PoolExhausted):
        pools.hold(bakery, chatbot_id=1, key="b", fingerprint="", units=1, now=now)
    messages = line(northwind, "messages", now)
    assert (messages.given, messages.kept, messages.total) == (5, 4, 9)


def test_an_exception_outlives_another_plan(northwind: Agency, support: User, now: datetime) -> None:
    granted(northwind, support, now)
    trial, begun = Plan.objects.get(code=Plan.TRIAL), northwind.subscription.started_at
    subscriptions.subscribe(northwind, plan=trial, started_at=begun, now=now, by=support)
    assert [each.total for each in entitlements.explain(northwind, now)] == [1000, 50, 50, 3, 10]


@pytest.mark.parametrize("amount", [-1, 10**12])
def test_the_database_knows_no_such_amount(northwind: Agency, support: User, now: datetime, amount: int) -> None:
    with pytest.raises(Exception, match=r"constraint|range"), transaction.atomic():
        granted(northwind, support, now, amount=amount)


def test_the_database_knows_one_running_exception_of_a_limit(northwind: Agency, support: User, now: datetime) -> None:
    exception = granted(northwind, support, now)
    exception.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        exception.save()


# --- in the admin ----------------------------------------------------------------------------------------------------

FORM = {"limit": "seats", "amount": "50", "reason": "A big client"}


def test_support_grants_and_ends_an_exception(desk: Client, northwind: Agency, support: User) -> None:
    desk.post("/admin/billing/limitexception/add/", {**FORM, "agency": northwind.pk})
    exception = LimitException.objects.get()
    assert (exception.amount, exception.reason, exception.made_by) == (50, "A big client", support)
    assert Agency.objects.get(pk=northwind.pk).seat_limit == 50
    answer = desk.post(f"/admin/billing/limitexception/{exception.pk}/end/", follow=True)
    assert "has the plan&#x27;s own limit again" in answer.content.decode()
    assert Agency.objects.get(pk=northwind.pk).seat_limit == 20


def test_looking_ends_nothing(desk: Client, northwind: Agency, support: User, now: datetime) -> None:
    exception = granted(northwind, support, now)
    desk.get(f"/admin/billing/limitexception/{exception.pk}/end/")
    assert Agency.objects.get(pk=northwind.pk).seat_limit == 50


def test_what_was_granted_is_not_edited(desk: Client, northwind: Agency, support: User, now: datetime) -> None:
    exception = granted(northwind, support, now)
    desk.post(f"/admin/billing/limitexception/{exception.pk}/change/", {**FORM, "amount": "9"})
    exception.refresh_from_db()
    assert exception.amount == 50


@pytest.mark.parametrize("amount", ["-1", str(10**12), "many", "1.5"])
def test_an_amount_that_is_none_is_refused_at_its_field(desk: Client, northwind: Agency, amount: str) -> None:
    answer = desk.post("/admin/billing/limitexception/add/", {**FORM, "agency": northwind.pk, "amount": amount})
    assert list(answer.context["adminform"].form.errors) == ["amount"]
    assert not LimitException.objects.exists()


def test_an_exception_needs_a_reason(desk: Client, northwind: Agency) -> None:
    answer = desk.post("/admin/billing/limitexception/add/", {**FORM, "agency": northwind.pk, "reason": " "})
    assert list(answer.context["adminform"].form.errors) == ["reason"]


def test_an_empty_amount_is_unlimited(desk: Client, northwind: Agency) -> None:
    desk.post("/admin/billing/limitexception/add/", {**FORM, "agency": northwind.pk, "amount": ""})
    assert Agency.objects.get(pk=northwind.pk).seat_limit is None


@pytest.mark.usefixtures("bo", "vi")
def test_support_reads_what_is_over_then(desk: Client, northwind: Agency) -> None:
    form = {**FORM, "agency": northwind.pk, "amount": "1"}
    answer = desk.post("/admin/billing/limitexception/add/", form, follow=True)
    assert "Seats: 2 in use, 1 given. What is in use stays" in answer.content.decode()
