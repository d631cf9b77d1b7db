"""Versions of plans: agencies stay on the one they came to, until support moves them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from agencies import applications
from agencies.models import Action, Agency, AuditEntry, User
from billing import entitlements, plans, pools, subscriptions
from billing.models import LimitException, Plan
from tests import conftest
from tests.queries import sent_by
from workspaces.models import Workspace

LIMITS = {"messages": 12_000, "sources": 200, "seats": 20, "workspaces": 25, "chatbots": 100}


@pytest.fixture
def desk(support: User, sign_in: Any) -> Client:
    return sign_in(support)


@pytest.fixture
def paid(northwind: Agency) -> Plan:
    """The plan that Northwind is on."""
    return northwind.subscription.plan


def page(plan: Plan) -> str:
    return f"/admin/billing/plan/{plan.pk}/change/"


def said(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def messages_of(agency: Agency) -> int | None:
    return Agency.objects.get(pk=agency.pk).message_limit


# --- the next version ------------------------------------------------------------------------------------------------


def test_a_version_that_an_agency_is_on_is_not_changed_by_editing_the_plan(
    desk: Client, northwind: Agency, paid: Plan
) -> None:
    answer = desk.post(page(paid), {**LIMITS, "name": "Agency"}, follow=True)
    paid.refresh_from_db()
    assert "Version 2 begins now; 1 agency stays on version 1." in said(answer)
    assert (paid.messages, plans.newest_of("agency").messages) == (10_000, 12_000)
    assert (entitlements.plan_of(northwind), messages_of(northwind)) == (paid, 10_000)


def test_a_version_that_nobody_is_on_is_changed_in_its_place(desk: Client, plans: None) -> None:
    plan = Plan.objects.get(code="agency")
    desk.post(page(plan), {**LIMITS, "name": "Agency"})
    assert list(Plan.objects.filter(code="agency").values_list("version", "messages")) == [(1, 12_000)]


def test_saving_the_same_again_begins_no_version(desk: Client, paid: Plan) -> None:
    desk.post(page(paid), {**LIMITS, "name": "Agency", "messages": 10_000})
    assert Plan.objects.filter(code="agency").count() == 1


def test_who_comes_later_comes_to_the_newest_version(newcomer: Agency, support: User) -> None:
    free = entitlements.plan_of(newcomer)
    newest = plans.revise(free, by=support, now=newcomer.created_at + timedelta(microseconds=1), messages=500)
    later = conftest.account(conftest.person("Later"), "Later")
    assert (entitlements.plan_of(newcomer), entitlements.plan_of(later)) == (free, newest)


def test_an_account_without_a_subscription_holds_its_version_too(desk: Client, newcomer: Agency) -> None:
    free = Plan.objects.get(code=Plan.FREE)
    desk.post(page(free), {**LIMITS, "name": "Free"})
    entitlements.apply(newcomer, now=newcomer.created_at + timedelta(days=9))
    assert messages_of(newcomer) == 250
    assert list(plans.agencies_on(free)) == [newcomer]
    assert not plans.agencies_on(plans.newest_of(Plan.FREE)).exists()


def test_every_agency_is_on_exactly_the_version_that_its_limits_come_from(
    northwind: Agency, newcomer: Agency, nina: User, support: User, now: datetime
) -> None:
    trial = Plan.objects.get(code=Plan.TRIAL)
    for n, approved in enumerate((-3, 0, 3)):
        other = conftest.account(conftest.person(f"Owner {n}"), f"Other {n}")
        Agency.objects.filter(pk=other.pk).update(approved_at=now + timedelta(days=approved), approved_by=support)
    for n in (-4, 1, 2):  # the first version was there before all of them
        trial = plans.revise(Plan.objects.filter(code="trial").latest("version"), by=support, now=now, seats=9 + n)
        Plan.objects.filter(pk=trial.pk).update(since=now + timedelta(days=n))
    on = {agency: plan for plan in Plan.objects.all() for agency in plans.agencies_on(plan)}
    assert on == {agency: entitlements.plan_of(agency) for agency in Agency.objects.all()}
    assert sum(plans.agencies_on(plan).count() for plan in Plan.objects.all()) == Agency.objects.count()


def test_an_older_version_is_read_only(desk: Client, paid: Plan, support: User, now: datetime) -> None:
    newest = plans.revise(paid, by=support, now=now, seats=30)
    answer = desk.post(page(paid), {**LIMITS, "name": "Agency"}, follow=True)
    assert "Version 1 is not changed any more" in said(answer)
    assert b'name="messages"' not in desk.get(page(paid)).content
    assert list(Plan.objects.filter(code="agency").values_list("pk", "messages")) == [
        (newest.pk, 10_000),
        (paid.pk, 10_000),
    ]
    with pytest.raises(plans.Superseded):
        plans.revise(paid, by=support, now=now, seats=40)


def test_the_catalogue_shows_the_newest_versions_and_older_ones_when_asked(
    desk: Client, paid: Plan, support: User, now: datetime
) -> None:
    newest = plans.revise(paid, by=support, now=now, seats=30)
    shown = desk.get("/admin/billing/plan/").context["cl"].queryset
    every = desk.get("/admin/billing/plan/?versions=all").context["cl"].queryset
    assert newest in shown
    assert paid not in shown
    assert list(every.filter(code="agency")) == [newest, paid]


def test_a_new_plan_gets_its_code_once(desk: Client, plans: None) -> None:
    desk.post("/admin/billing/plan/add/", {**LIMITS, "code": "gold", "name": "Gold"})
    answer = desk.post("/admin/billing/plan/add/", {**LIMITS, "code": "gold", "name": "More gold"})
    assert "A plan has this code already" in answer.content.decode()
    assert [plan.name for plan in Plan.objects.filter(code="gold")] == ["Gold"]


def test_the_code_stays_for_all_versions(desk: Client, paid: Plan) -> None:
    desk.post(page(paid), {**LIMITS, "code": "starter", "name": "Starter"})
    assert [(each.code, each.name) for each in Plan.objects.filter(code="agency")] == [
        ("agency", "Starter"),
        ("agency", "Agency"),
    ]


@pytest.mark.parametrize("amount", ["-1", str(10**12), "many", "1.5", str(2**31 - 1)])
@pytest.mark.parametrize("field", Plan.LIMITS)
def test_a_limit_that_is_no_number_begins_no_version(desk: Client, paid: Plan, field: str, amount: str) -> None:
    answer = desk.post(page(paid), {**LIMITS, "name": "Agency", field: amount})
    assert list(answer.context["adminform"].form.errors) == [field]
    assert Plan.objects.filter(code="agency").count() == 1


def test_an_empty_limit_is_unlimited(desk: Client, paid: Plan) -> None:
    desk.post(page(paid), {**LIMITS, "name": "Agency", "seats": ""})
    assert plans.newest_of("agency").seats is None


# --- moving agencies -------------------------------------------------------------------------------------------------


def move(plan: Plan, *agencies: Agency) -> str:
    return f"/admin/billing/plan/{plan.pk}/move/?" + "&".join(f"agency={agency.pk}" for agency in agencies)


@pytest.fixture
def smaller(paid: Plan, support: User, now: datetime) -> Plan:
    """The next version of the plan that Northwind is on, with less of everything."""
    return plans.revise(paid, by=support, now=now, messages=100, seats=1, workspaces=1)


def test_the_plans_page_lists_the_agencies_on_each_version(
    desk: Client, northwind: Agency, rival: Agency, smaller: Plan, support: User, now: datetime
) -> None:
    plans.move([rival], to=smaller, by=support, now=now)
    text = desk.get(page(smaller)).content.decode()
    assert f'name="agency" value="{northwind.pk}"' in text
    assert f'name="agency" value="{rival.pk}"' not in text  # it is on the newest already
    assert f"/admin/agencies/agency/{rival.pk}/change/" in text


@pytest.mark.usefixtures("bo", "sue")
def test_a_preview_of_moving_says_what_comes_out_and_what_is_over(
    desk: Client, northwind: Agency, bakery: Workspace, smaller: Plan, now: datetime
) -> None:
    pools.hold(bakery, chatbot_id=1, key="a", fingerprint="", units=101, now=now)
    moves = desk.get(move(smaller, northwind)).context["moves"]
    assert [(line.given) for line in moves[0].after] == [100, 200, 1, 1, 100]
    assert [str(over) for over in moves[0].over] == [
        "Messages per period: 101 in use, 100 given",
        "Seats: 2 in use, 1 given",
        "Sub-workspaces: 2 in use, 1 given",
    ]
    assert messages_of(northwind) == 10_000  # nobody was moved by looking


def test_chosen_agencies_are_moved_and_the_others_stay(
    desk: Client, northwind: Agency, rival: Agency, smaller: Plan
) -> None:
    began = northwind.subscription.started_at
    desk.post(move(smaller), {"agency": [northwind.pk]})
    assert (messages_of(northwind), messages_of(rival)) == (100, 10_000)
    assert entitlements.plan_of(northwind) == smaller
    assert Agency.objects.get(pk=northwind.pk).subscription.started_at == began
    told = AuditEntry.objects.filter(action=Action.SUBSCRIBED, agency=northwind).first()
    assert (told.before, told.after) == ({"plan": "Agency"}, {"plan": "Agency (version 2)"})


def test_moving_below_what_is_used_deletes_nothing_and_grants_nothing_new(
    northwind: Agency, bakery: Workspace, smaller: Plan, support: User, now: datetime
) -> None:
    held = pools.hold(bakery, chatbot_id=1, key="a", fingerprint="", units=150, now=now)
    plans.move([northwind], to=smaller, by=support, now=now)
    with pytest.raises(pools.PoolExhausted):
        pools.hold(bakery, chatbot_id=1, key="b", fingerprint="", units=1, now=now)
    pools.release(held, now=now)  # what was set aside comes back, and is not granted again
    entitlements.apply(northwind, now=now)
    assert entitlements.explain(northwind, now)[0].total == 100
    assert Workspace.objects.filter(agency=northwind).count() == 2


def test_who_is_on_another_plan_is_not_moved(northwind: Agency, newcomer: Agency, smaller: Plan, support: User) -> None:
    moved = plans.move([newcomer, northwind], to=smaller, by=support, now=newcomer.created_at)
    assert moved == [northwind]
    assert messages_of(newcomer) == 250


def test_an_account_that_was_moved_keeps_its_periods_and_comes_to_the_trial_when_it_is_approved(
    newcomer: Agency, nina: User, support: User, now: datetime
) -> None:
    newest = plans.revise(Plan.objects.get(code=Plan.FREE), by=support, now=now, messages=500)
    plans.move([newcomer], to=newest, by=support, now=now)
    newcomer.refresh_from_db()
    assert (messages_of(newcomer), newcomer.subscription.started_at) == (500, newcomer.created_at)
    application = applications.submit(newcomer, by=nina, website="", clients=3, messages=500, goals="", now=now)
    subscriptions.approve(application, by=support, now=now)
    assert entitlements.plan_of(Agency.objects.get(pk=newcomer.pk)).code == Plan.TRIAL
    assert messages_of(newcomer) == 1000


def test_an_exception_counts_in_the_preview(northwind: Agency, smaller: Plan, support: User, now: datetime) -> None:
    LimitException.objects.create(agency=northwind, limit="seats", amount=None, reason="Loyal", made_by=support)
    (moving,) = plans.preview([northwind], to=smaller, now=now)
    assert [line.given for line in moving.after] == [100, 200, None, 1, 100]


def test_a_preview_costs_the_same_for_many_as_for_one(
    northwind: Agency, rival: Agency, bakery: Workspace, kiosk: Workspace, smaller: Plan, now: datetime
) -> None:
    one = sent_by(lambda: plans.preview([northwind], to=smaller, now=now))
    two = sent_by(lambda: plans.preview([northwind, rival], to=smaller, now=now))
    assert len(one) == len(two)


def test_agencies_are_locked_in_one_order(northwind: Agency, rival: Agency, smaller: Plan, support: User) -> None:
    asked = sent_by(lambda: plans.move([rival, northwind], to=smaller, by=support, now=northwind.created_at))
    chosen = next(sql for sql in asked if "IN (" in sql)
    assert 'ORDER BY "agencies_agency"."id" ASC' in chosen


@pytest.mark.parametrize("agency", ["", "0", "many", "9" * 30, "-1"])
def test_a_preview_of_nobody_says_so(desk: Client, smaller: Plan, agency: str) -> None:
    answer = desk.get(f"/admin/billing/plan/{smaller.pk}/move/?agency={agency}")
    assert "No agency was chosen" in answer.content.decode()


def test_who_is_not_support_moves_nobody(northwind: Agency, ada: User, smaller: Plan, sign_in: Any) -> None:
    assert sign_in(ada).post(move(smaller), {"agency": [northwind.pk]}).status_code == 302
    assert messages_of(northwind) == 10_000
