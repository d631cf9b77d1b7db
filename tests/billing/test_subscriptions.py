"""Which plan an agency is on, and when its periods begin: previewed, then saved. Units stay in their period."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from agencies.models import Agency, User
from billing import entitlements, invariants, periods, plans, pools, subscriptions, units
from billing.models import Hold, LedgerEntry, Plan, PoolPeriod, Subscription
from billing.periods import Period
from workspaces.models import Workspace

PAGE = "/admin/billing/subscription/"


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def use(workspace: Workspace, key: str, at: datetime) -> Hold:
    """An exchange of two units."""
    held = pools.hold(workspace, chatbot_id=1, key=key, fingerprint="", units=3, now=at)
    pools.settle(held, {held.pk * 2: units.visitor("?"), held.pk * 2 + 1: units.ai("!")}, now=at)
    return held


def began(agency: Agency, at: datetime, now: datetime, plan: Plan | None = None) -> Agency:
    """The agency, whose periods begin on that day."""
    subscriptions.subscribe(agency, plan=plan or Plan.objects.get(code="agency"), started_at=at, now=now)
    return Agency.objects.get(pk=agency.pk)


def counted() -> list[tuple[str, str, int]]:
    found = PoolPeriod.objects.order_by("start").values_list("start", "end", "used")
    return [(f"{start:%m-%d}", f"{end:%m-%d}", used) for start, end, used in found]


@pytest.fixture
def since_the_fifth(northwind: Agency) -> Agency:
    """Northwind, in April 2026, in a period that began on the 5th."""
    return began(northwind, day("2026-03-05"), day("2026-04-20"))


# --- another day -----------------------------------------------------------------------------------------------------


def test_another_day_begins_a_new_period_with_a_full_quota_and_ends_the_running_one(
    since_the_fifth: Agency, bakery: Workspace
) -> None:
    use(bakery, "a", day("2026-04-10"))
    agency = began(since_the_fifth, day("2026-04-20"), day("2026-04-20 15:00"))
    bakery.agency = agency
    use(bakery, "b", day("2026-04-20 16:00"))
    assert counted() == [("04-05", "04-20", 2), ("04-20", "05-20", 2)]
    assert PoolPeriod.objects.get(start=day("2026-04-20")).quota == 10_000
    assert invariants.breaches() == []


def test_units_stay_in_the_period_in_which_they_were_charged(since_the_fifth: Agency, bakery: Workspace) -> None:
    use(bakery, "a", day("2026-04-20 09:00"))  # on the very day
    began(since_the_fifth, day("2026-04-20"), day("2026-04-20 15:00"))
    assert set(LedgerEntry.objects.values_list("period_start", flat=True)) == {day("2026-04-05")}
    assert invariants.breaches() == []


def test_a_hold_that_is_open_meanwhile_is_settled_in_its_own_period(since_the_fifth: Agency, bakery: Workspace) -> None:
    now = day("2026-04-20 15:00")
    held = pools.hold(bakery, chatbot_id=1, key="a", fingerprint="", units=3, now=now)
    bakery.agency = began(since_the_fifth, now, now)
    use(bakery, "b", now)
    pools.settle(held, {9999: units.visitor("?")}, now=now)
    assert counted() == [("04-05", "04-20", 1), ("04-20", "05-20", 2)]
    assert [message for message in invariants.breaches() if "is open since" not in message] == []


@pytest.mark.parametrize("start", ["2026-04-21", "2026-05-05", "2027-01-01"])
def test_a_period_does_not_begin_ahead(since_the_fifth: Agency, start: str) -> None:
    with pytest.raises(subscriptions.WrongStart, match="ahead of now"):
        began(since_the_fifth, day(start), day("2026-04-20 15:00"))


@pytest.mark.parametrize("start", ["2026-04-10", "2026-04-12", "2026-03-07", "2025-01-12"])
def test_a_period_does_not_begin_before_the_last_use(since_the_fifth: Agency, bakery: Workspace, start: str) -> None:
    use(bakery, "a", day("2026-04-13 08:00"))
    with pytest.raises(subscriptions.WrongStart, match="Messages were used on 13 April 2026"):
        began(since_the_fifth, day(start), day("2026-04-20 15:00"))
    assert counted() == [("04-05", "05-05", 2)]


def test_a_period_does_not_begin_before_a_use_in_the_one_before(since_the_fifth: Agency, bakery: Workspace) -> None:
    use(bakery, "a", day("2026-04-03"))
    with pytest.raises(subscriptions.WrongStart, match="3 April"):
        began(since_the_fifth, day("2026-04-02"), day("2026-04-20"))


def test_a_period_that_was_not_used_gives_way_to_one_that_begins_earlier(
    since_the_fifth: Agency, bakery: Workspace
) -> None:
    use(bakery, "a", day("2026-03-30"))
    bakery.agency = began(since_the_fifth, day("2026-04-01"), day("2026-04-20"))
    use(bakery, "b", day("2026-04-20"))
    assert counted() == [("03-05", "04-01", 2), ("04-01", "05-01", 2)]
    assert invariants.breaches() == []


def test_the_same_day_again_changes_no_period(since_the_fifth: Agency, bakery: Workspace) -> None:
    use(bakery, "a", day("2026-04-10"))
    began(since_the_fifth, day("2025-08-05"), day("2026-04-20"))
    assert counted() == [("04-05", "05-05", 2)]


def test_periods_that_begin_on_the_31st_hold_every_unit_once(northwind: Agency, bakery: Workspace) -> None:
    bakery.agency = began(northwind, day("2026-01-31"), day("2026-01-31"))
    for n, at in enumerate(("2026-01-31", "2026-02-27 23:59", "2026-02-28", "2026-03-30 23:59", "2026-03-31")):
        use(bakery, f"{n}", day(at))
    assert counted() == [("01-31", "02-28", 4), ("02-28", "03-31", 4), ("03-31", "04-30", 2)]
    assert invariants.breaches() == []


def test_periods_that_begin_on_a_leap_day_hold_every_unit_once(northwind: Agency, bakery: Workspace) -> None:
    bakery.agency = began(northwind, day("2028-02-29"), day("2028-02-29"))
    for n, at in enumerate(("2028-02-29", "2028-03-28 23:59", "2028-03-29", "2029-02-27 23:59", "2029-02-28")):
        use(bakery, f"{n}", day(at))
    assert [start for start, _, _ in counted()] == ["02-29", "03-29", "01-29", "02-28"]
    assert [used for _, _, used in counted()] == [4, 2, 2, 2]
    assert invariants.breaches() == []


def test_from_a_28th_to_a_31st_in_february_the_period_ends_later_and_its_packs_too(
    northwind: Agency, bakery: Workspace
) -> None:
    bakery.agency = began(northwind, day("2026-01-28"), day("2026-03-01"))
    pack = subscriptions.widen(northwind, resource="messages", amount=500, lasts="period", added_at=day("2026-03-01"))
    use(bakery, "a", day("2026-03-01"))
    bakery.agency = began(northwind, day("2026-01-31"), day("2026-03-02"))
    pack.refresh_from_db()
    assert (counted(), pack.ends_at) == ([("02-28", "03-31", 2)], day("2026-03-31"))
    assert PoolPeriod.objects.get().quota == 10_500


def test_a_pack_bought_on_the_new_periods_first_day_ends_with_that(since_the_fifth: Agency) -> None:
    before, after = (
        subscriptions.widen(since_the_fifth, resource=resource, amount=5, lasts="period", added_at=day(at))
        for resource, at in (("seats", "2026-04-19"), ("messages", "2026-04-20 09:00"))
    )
    began(since_the_fifth, day("2026-04-20"), day("2026-04-20 15:00"))
    for pack, ends_at in ((before, "2026-05-05"), (after, "2026-05-20")):
        pack.refresh_from_db()
        assert pack.ends_at == day(ends_at)


# --- the preview -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["2026-03-05", "2026-04-10", "2026-04-20"])
@pytest.mark.parametrize("messages", [1, 50, 10_000, None])
def test_what_is_previewed_is_what_comes_true(
    since_the_fifth: Agency, bakery: Workspace, start: str, messages: int | None
) -> None:
    now, plan = day("2026-04-20 15:00"), Plan.objects.create(code="made", name="Made", messages=messages, seats=9)
    for lasts in ("period", "recurring", "forever"):
        subscriptions.widen(since_the_fifth, resource="messages", amount=70, lasts=lasts, added_at=day("2026-04-10"))
        subscriptions.widen(since_the_fifth, resource="seats", amount=3, lasts=lasts, added_at=day("2026-04-10"))
    use(bakery, "a", day("2026-04-10"))
    preview = subscriptions.preview(since_the_fifth, plan=plan, started_at=day(start), now=now)
    agency = began(since_the_fifth, day(start), now, plan)
    assert preview.after == entitlements.explain(agency, now)
    assert preview.period == periods.current(agency, now)


def test_a_preview_changes_nothing(since_the_fifth: Agency, bakery: Workspace) -> None:
    use(bakery, "a", day("2026-04-10"))
    trial = Plan.objects.get(code="trial")
    subscriptions.preview(since_the_fifth, plan=trial, started_at=day("2026-04-20"), now=day("2026-04-20"))
    assert counted() == [("04-05", "05-05", 2)]
    assert entitlements.explain(since_the_fifth, day("2026-04-20"))[0].total == 10_000


def test_a_preview_names_the_packs_that_end_with_the_present_period(since_the_fifth: Agency) -> None:
    added = {"resource": "messages", "added_at": day("2026-04-10")}
    pack = subscriptions.widen(since_the_fifth, amount=500, lasts="period", **added)
    subscriptions.widen(since_the_fifth, amount=700, lasts="forever", **added)
    wanted: dict[str, Any] = {"plan": Plan.objects.get(code="agency"), "now": day("2026-04-20")}
    assert subscriptions.preview(since_the_fifth, started_at=day("2026-04-20"), **wanted).ending == [pack]
    assert subscriptions.preview(since_the_fifth, started_at=day("2026-03-05"), **wanted).ending == []


# --- in the admin ----------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(support: User, sign_in: Any) -> Client:
    return sign_in(support)


def shown(answer: Any) -> str:
    return answer.context["stamp"]


def test_support_previews_and_then_saves(
    desk: Client, northwind: Agency, support: User, bakery: Workspace, now: datetime
) -> None:
    use(bakery, "a", now)
    form = {"plan": Plan.objects.get(code="trial").pk, "begins_on": now.date().isoformat()}
    page = f"{PAGE}{northwind.subscription.pk}/change/"
    preview = desk.post(page, form)
    assert Agency.objects.get(pk=northwind.pk).message_limit == 10_000
    assert "with a full quota runs from" in preview.content.decode()
    answer = desk.post(page, {**form, "previewed": shown(preview)})
    subscription = Subscription.objects.get(agency=northwind)
    assert answer.status_code == 302
    assert (subscription.plan.code, subscription.started_at.date(), subscription.assigned_by) == (
        "trial",
        now.date(),
        support,
    )
    assert Agency.objects.get(pk=northwind.pk).message_limit == 1000
    assert invariants.breaches() == []


def test_what_was_changed_after_the_preview_is_previewed_again(desk: Client, northwind: Agency, now: datetime) -> None:
    form = {"plan": Plan.objects.get(code="trial").pk, "begins_on": now.date().isoformat()}
    page = f"{PAGE}{northwind.subscription.pk}/change/"
    seen = shown(desk.post(page, form))
    for instead in ({"plan": Plan.objects.get(code="free").pk}, {"begins_on": f"{now - timedelta(days=3):%F}"}):
        answer = desk.post(page, {**form, **instead, "previewed": seen})
        assert answer.context["preview"] is not None
    assert Agency.objects.get(pk=northwind.pk).message_limit == 10_000


def test_a_version_that_was_changed_after_the_preview_is_previewed_again(
    desk: Client, northwind: Agency, support: User, now: datetime
) -> None:
    free = Plan.objects.get(code="free")
    form = {"plan": free.pk, "begins_on": now.date().isoformat()}
    page = f"{PAGE}{northwind.subscription.pk}/change/"
    seen = shown(desk.post(page, form))
    assert plans.revise(free, by=support, now=now, messages=1) == free
    assert desk.post(page, {**form, "previewed": seen}).context["preview"] is not None


def test_support_puts_an_agency_on_a_plan(desk: Client, newcomer: Agency, now: datetime) -> None:
    form = {"agency": newcomer.pk, "plan": Plan.objects.get(code="agency").pk, "begins_on": now.date().isoformat()}
    preview = desk.post(f"{PAGE}add/", form)
    assert not Subscription.objects.exists()
    desk.post(f"{PAGE}add/", {**form, "previewed": shown(preview)})
    assert Agency.objects.get(pk=newcomer.pk).message_limit == 10_000


def test_a_link_from_the_agency_names_it(desk: Client, newcomer: Agency) -> None:
    text = desk.get(f"{PAGE}add/?agency={newcomer.pk}").content.decode()
    assert f'<option value="{newcomer.pk}" selected' in text


def test_an_agency_is_put_on_a_plan_once(desk: Client, northwind: Agency, now: datetime) -> None:
    form = {"agency": northwind.pk, "plan": Plan.objects.get(code="free").pk, "begins_on": now.date().isoformat()}
    answer = desk.post(f"{PAGE}add/", form)
    assert answer.status_code == 422
    assert "has a subscription already" in answer.content.decode()


def test_a_wrong_start_stands_at_its_field(desk: Client, northwind: Agency, bakery: Workspace, now: datetime) -> None:
    use(bakery, "a", now)
    page, plan = f"{PAGE}{northwind.subscription.pk}/change/", northwind.subscription.plan
    for begins_on, why in ((now + timedelta(days=2), "ahead of now"), (now - timedelta(days=2), "Messages were used")):
        answer = desk.post(page, {"plan": plan.pk, "begins_on": f"{begins_on:%F}"})
        assert answer.status_code == 422
        assert why in answer.context["form"].errors["begins_on"][0]
    assert PoolPeriod.objects.count() == 1


@pytest.mark.parametrize("begins_on", ["", "soon", "2026-02-30", "1999-12-31", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_refused_at_its_field(desk: Client, northwind: Agency, begins_on: str) -> None:
    page = f"{PAGE}{northwind.subscription.pk}/change/"
    answer = desk.post(page, {"plan": northwind.subscription.plan.pk, "begins_on": begins_on})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["begins_on"])


@pytest.mark.parametrize("plan", ["", "0", "many", "9" * 30])
def test_a_plan_that_is_none_is_refused_at_its_field(desk: Client, northwind: Agency, plan: str) -> None:
    page = f"{PAGE}{northwind.subscription.pk}/change/"
    answer = desk.post(page, {"plan": plan, "begins_on": "2026-01-01"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["plan"])


def test_a_subscription_stays_with_its_agency(desk: Client, northwind: Agency, rival: Agency) -> None:
    page, subscription = f"{PAGE}{northwind.subscription.pk}/change/", northwind.subscription
    form = {"agency": rival.pk, "plan": Plan.objects.get(code="trial").pk, "begins_on": f"{subscription.started_at:%F}"}
    desk.post(page, {**form, "previewed": shown(desk.post(page, form))})
    began_at = subscription.started_at
    subscription.refresh_from_db()
    assert (subscription.agency, subscription.plan.code, subscription.started_at) == (northwind, "trial", began_at)
    assert Agency.objects.get(pk=rival.pk).message_limit == 10_000


def test_a_plan_with_less_than_is_used_says_what_is_over(
    desk: Client, northwind: Agency, bakery: Workspace, bo: User, vi: User, now: datetime
) -> None:
    use(bakery, "a", now)
    tiny = Plan.objects.create(code="tiny", name="Tiny", messages=1, sources=1, seats=1, workspaces=0, chatbots=1)
    form = {"plan": tiny.pk, "begins_on": f"{northwind.subscription.started_at:%F}"}
    answer = desk.post(f"{PAGE}{northwind.subscription.pk}/change/", form)
    assert [str(over) for over in answer.context["preview"].over] == [
        "Messages per period: 2 in use, 1 given",
        "Seats: 2 in use, 1 given",
        "Sub-workspaces: 1 in use, 0 given",
    ]
    assert "What is in use stays, and nothing new is granted" in answer.content.decode()


def test_a_new_period_starts_without_what_was_used(
    desk: Client, northwind: Agency, bakery: Workspace, now: datetime
) -> None:
    use(bakery, "a", now)
    tiny = Plan.objects.create(code="tiny", name="Tiny", messages=1)
    answer = desk.post(
        f"{PAGE}{northwind.subscription.pk}/change/", {"plan": tiny.pk, "begins_on": now.date().isoformat()}
    )
    assert answer.context["preview"].over == []
    assert answer.context["preview"].period == Period(
        now.replace(hour=0, minute=0, second=0, microsecond=0), periods.containing(now, now).end
    )
