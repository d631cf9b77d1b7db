"""Packs: the catalogue, and what runs. One for a period ends with it; one until cancelled runs to the period's end."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from agencies.models import Action, Agency, AuditEntry, User
from billing import entitlements, money, periods, pools, stock, subscriptions, tasks
from billing.models import AddOn, Lasts, Order, Pack, PoolPeriod
from workspaces.models import Workspace


@pytest.fixture
def desk(support: User, sign_in: Any) -> Client:
    return sign_in(support)


def added(agency: Agency, now: datetime, **instead: Any) -> AddOn:
    return subscriptions.widen(agency, **{"resource": "messages", "amount": 2000, "added_at": now} | instead)


def messages(agency: Agency, at: datetime) -> int | None:
    return entitlements.explain(agency, at)[0].total


def seats(agency: Agency) -> int | None:
    return Agency.objects.get(pk=agency.pk).seat_limit


# --- how long one lasts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("used", [True, False])
def test_messages_for_a_period_end_with_it_without_any_job(
    northwind: Agency, bakery: Workspace, now: datetime, used: bool
) -> None:
    end = periods.current(northwind, now).end
    if used:  # the counter was made before
        pools.hold(bakery, chatbot_id=1, key="a", fingerprint="", units=1, now=now)
    added(northwind, now, lasts=Lasts.PERIOD)
    assert [messages(northwind, at) for at in (now, end - timedelta(seconds=1), end)] == [12_000, 12_000, 10_000]
    pools.hold(bakery, chatbot_id=1, key="b", fingerprint="", units=1, now=end)
    assert PoolPeriod.objects.get(start=end).quota == 10_000


def test_messages_until_cancelled_come_with_every_period(northwind: Agency, now: datetime) -> None:
    added(northwind, now, lasts=Lasts.RECURRING)
    assert [messages(northwind, now + timedelta(days=days)) for days in (0, 40, 400)] == [12_000] * 3


def test_a_cancelled_pack_runs_to_the_periods_end(northwind: Agency, support: User, now: datetime) -> None:
    pack, end = added(northwind, now, lasts=Lasts.RECURRING), periods.current(northwind, now).end
    ended = subscriptions.end_pack(pack, at_once=False, by=support, now=now)
    assert ended.ends_at == end
    assert [messages(northwind, at) for at in (now, end - timedelta(seconds=1), end)] == [12_000, 12_000, 10_000]


def test_a_pack_that_is_ended_at_once_counts_no_more(northwind: Agency, support: User, now: datetime) -> None:
    for resource in ("messages", "seats"):
        pack = added(northwind, now, resource=resource, amount=50)
        subscriptions.end_pack(pack, at_once=True, by=support, now=now)
    assert (messages(northwind, now), seats(northwind)) == (10_000, 20)


def test_seats_for_a_period_lapse_by_the_job_and_twice_changes_nothing(northwind: Agency, now: datetime) -> None:
    end = periods.current(northwind, now).end
    added(northwind, now, resource="seats", amount=5, lasts=Lasts.PERIOD)
    assert entitlements.lapse(end - timedelta(seconds=1), since=end - timedelta(days=2)) == 0
    assert seats(northwind) == 25
    assert [entitlements.lapse(end, since=end - timedelta(days=2)) for _ in range(2)] == [1, 1]
    assert seats(northwind) == 20


def test_the_schedule_lets_packs_lapse(northwind: Agency, rival: Agency, now: datetime, settings: Any) -> None:
    for agency in (northwind, rival):
        added(agency, now - timedelta(days=1), resource="seats", amount=5)
    AddOn.objects.filter(agency=northwind).update(ends_at=now - timedelta(minutes=1))
    for _ in range(2):
        tasks.lapse_packs()
        assert (seats(northwind), seats(rival)) == (20, 25)
    assert settings.CELERY_BEAT_SCHEDULE["let packs lapse"]["task"] == tasks.lapse_packs.name


def test_a_pack_ends_once(northwind: Agency, support: User, now: datetime) -> None:
    pack = added(northwind, now)
    subscriptions.end_pack(pack, at_once=False, by=support, now=now)
    with pytest.raises(subscriptions.PackStays, match="already"):
        subscriptions.end_pack(pack, at_once=False, by=support, now=now)
    subscriptions.end_pack(pack, at_once=True, by=support, now=now)  # sooner than that
    with pytest.raises(subscriptions.PackStays, match="ended on"):
        subscriptions.end_pack(pack, at_once=True, by=support, now=now + timedelta(seconds=1))


def test_ending_a_pack_takes_nothing_back(northwind: Agency, bakery: Workspace, support: User, now: datetime) -> None:
    pack = added(northwind, now)
    pools.hold(bakery, chatbot_id=1, key="a", fingerprint="", units=11_000, now=now)
    subscriptions.end_pack(pack, at_once=True, by=support, now=now)
    line = entitlements.explain(northwind, now)[0]
    assert (line.given, line.kept, line.total) == (10_000, 1000, 11_000)
    with pytest.raises(pools.PoolExhausted):
        pools.hold(bakery, chatbot_id=1, key="b", fingerprint="", units=1, now=now)


def test_messages_that_never_lapse_are_ended_at_once_and_what_was_used_stays(
    northwind: Agency, bakery: Workspace, support: User, now: datetime
) -> None:
    pack = added(northwind, now, lasts=Lasts.FOREVER)
    pools.hold(bakery, chatbot_id=1, key="a", fingerprint="", units=10_700, now=now)
    assert stock.left_of(pack) == 1300
    with pytest.raises(subscriptions.PackStays, match="belong to no period"):
        subscriptions.end_pack(pack, at_once=False, by=support, now=now)
    assert subscriptions.end_pack(pack, at_once=True, by=support, now=now).returned == 1300
    assert messages(northwind, now) == 10_700
    assert messages(northwind, now + timedelta(days=40)) == 10_000


def test_the_end_of_a_pack_stands_in_the_audit_log(northwind: Agency, support: User, now: datetime) -> None:
    subscriptions.end_pack(added(northwind, now), at_once=True, by=support, now=now)
    told = AuditEntry.objects.filter(agency=northwind, action=Action.PACK_ENDED).get()
    assert (told.acting_as, told.after["messages"]) == ("Support", 2000)


# --- in the admin ----------------------------------------------------------------------------------------------------


def test_support_adds_a_pack_and_ends_it(desk: Client, northwind: Agency, support: User) -> None:
    form = {"agency": northwind.pk, "resource": "seats", "amount": "5", "lasts": "recurring"}
    assert desk.post("/admin/billing/addon/add/", form).status_code == 302
    pack = northwind.add_ons.get()
    assert (seats(northwind), pack.added_by) == (25, support)
    assert "It ends" in desk.get(f"/admin/billing/addon/{pack.pk}/end/").content.decode()
    desk.post(f"/admin/billing/addon/{pack.pk}/end/", {"when": "now"})
    assert seats(northwind) == 20


def test_a_pack_that_support_adds_with_a_double_click_is_one(desk: Client, northwind: Agency) -> None:
    opened = desk.get("/admin/billing/addon/add/").context["adminform"].form
    form = {"agency": northwind.pk, "resource": "seats", "amount": "5", "lasts": "recurring"}
    form["request_key"] = opened["request_key"].value()
    answers = [desk.post("/admin/billing/addon/add/", form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert seats(northwind) == 25
    other = desk.post("/admin/billing/addon/add/", form | {"amount": "6"})
    assert "This form has added a pack before: +5 seats for Northwind." in other.content.decode()
    assert northwind.add_ons.count() == 1


def test_support_lets_a_pack_run_to_the_periods_end(desk: Client, northwind: Agency, now: datetime) -> None:
    pack = added(northwind, now, resource="seats", amount=5)
    desk.post(f"/admin/billing/addon/{pack.pk}/end/", {"when": "period"})
    pack.refresh_from_db()
    period = periods.current(northwind, now)
    assert (pack.ends_at, pack.last_day) == (period.end, period.last_day)
    assert seats(northwind) == 25


@pytest.mark.parametrize("when", ["", "tomorrow", "period"])
def test_a_pack_that_cannot_be_ended_so_says_why(desk: Client, northwind: Agency, now: datetime, when: str) -> None:
    pack = added(northwind, now, lasts=Lasts.FOREVER)
    answer = desk.post(f"/admin/billing/addon/{pack.pk}/end/", {"when": when})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["when"])
    assert messages(northwind, now) == 12_000


@pytest.mark.parametrize("amount", ["0", "-1", str(10**12), "many", ""])
def test_an_amount_that_is_none_adds_no_pack(desk: Client, northwind: Agency, amount: str) -> None:
    form = {"agency": northwind.pk, "resource": "seats", "amount": amount, "lasts": "recurring"}
    answer = desk.post("/admin/billing/addon/add/", form)
    assert list(answer.context["adminform"].form.errors) == ["amount"]
    assert not northwind.add_ons.exists()


def test_a_pack_stays_as_it_was_added(desk: Client, northwind: Agency, rival: Agency, now: datetime) -> None:
    pack = added(northwind, now)
    form = {"agency": rival.pk, "resource": "seats", "amount": 9, "lasts": "forever"}
    desk.post(f"/admin/billing/addon/{pack.pk}/change/", form)
    pack.refresh_from_db()
    assert (pack.agency, pack.resource, pack.amount, pack.lasts) == (northwind, "messages", 2000, "recurring")


# --- the catalogue ---------------------------------------------------------------------------------------------------

OFFER = {"name": "More", "resource": "messages", "amount": "2000", "lasts": "period"}


def offered(desk: Client, **instead: str) -> Pack:
    answer = desk.post("/admin/billing/pack/add/", {**OFFER, "price": "19.00", "currency": "EUR"} | instead)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    return Pack.objects.latest("pk")


@pytest.mark.parametrize(
    ("price", "currency", "minor", "again"),
    [
        ("19.00", "EUR", 1900, "19.00 EUR"),
        ("19", "usd", 1900, "19.00 USD"),
        ("0", "EUR", 0, "0.00 EUR"),
        ("0.01", "EUR", 1, "0.01 EUR"),
        ("1900", "JPY", 1900, "1,900 JPY"),
        ("1900.00", "JPY", 1900, "1,900 JPY"),
        ("5.250", "KWD", 5250, "5.250 KWD"),
        ("1.2345", "CLF", 12345, "1.2345 CLF"),
    ],
)
def test_a_price_is_typed_as_people_write_it_and_kept_in_minor_units(
    desk: Client, plans: None, price: str, currency: str, minor: int, again: str
) -> None:
    pack = offered(desk, price=price, currency=currency)
    assert (pack.price, pack.currency) == (minor, currency.upper())
    assert money.shown(pack.price, pack.currency) == again
    page = desk.get(f"/admin/billing/pack/{pack.pk}/change/").context["adminform"].form
    assert page.initial["price"] == money.major(minor, currency.upper()) == Decimal(price)


@pytest.mark.parametrize(
    ("price", "currency", "field"),
    [
        ("19.005", "EUR", "price"),
        ("19.5", "JPY", "price"),
        ("-1", "EUR", "price"),
        (str(10**12), "EUR", "price"),
        ("many", "EUR", "price"),
        ("NaN", "EUR", "price"),
        ("19", "E", "currency"),
        ("19", "€€€", "currency"),
        ("19", "12E", "currency"),
    ],
)
def test_a_price_that_is_none_offers_no_pack(desk: Client, plans: None, price: str, currency: str, field: str) -> None:
    answer = desk.post("/admin/billing/pack/add/", {**OFFER, "price": price, "currency": currency})
    assert list(answer.context["adminform"].form.errors) == [field]
    assert not Pack.objects.exists()


def order(pack: Pack, agency: Agency, by: User) -> Order:
    kept = {name: getattr(pack, name) for name in ("name", "resource", "amount", "price", "currency", "lasts")}
    return Order.objects.create(agency=agency, pack=pack, **kept, way="request", request_key=uuid4(), ordered_by=by)


def test_a_pack_that_nobody_ordered_is_changed_in_its_place(desk: Client, plans: None) -> None:
    pack = offered(desk)
    desk.post(f"/admin/billing/pack/{pack.pk}/change/", {**OFFER, "price": "25.50", "currency": "EUR"})
    assert [(each.pk, each.price, each.retired_at) for each in Pack.objects.all()] == [(pack.pk, 2550, None)]


def test_a_pack_that_was_ordered_is_retired_and_replaced(desk: Client, northwind: Agency, ada: User) -> None:
    pack = offered(desk)
    order(pack, northwind, ada)
    form = {**OFFER, "price": "25.50", "currency": "EUR"}
    answer = desk.post(f"/admin/billing/pack/{pack.pk}/change/", form, follow=True)
    pack.refresh_from_db()
    assert "that one is retired" in answer.content.decode()
    assert (pack.price, pack.retired_at is None) == (1900, False)
    assert [each.price for each in Pack.objects.filter(retired_at=None)] == [2550]


def test_the_same_again_replaces_nothing(desk: Client, northwind: Agency, ada: User) -> None:
    pack = offered(desk)
    order(pack, northwind, ada)
    desk.post(f"/admin/billing/pack/{pack.pk}/change/", {**OFFER, "price": "19", "currency": "EUR"})
    assert list(Pack.objects.filter(retired_at=None)) == [pack]


def test_a_pack_is_retired_and_brought_back(desk: Client, plans: None) -> None:
    pack = offered(desk)
    assert desk.get(f"/admin/billing/pack/{pack.pk}/retire/").status_code == 302
    assert Pack.objects.get().retired_at is None  # looking retires nothing
    desk.post(f"/admin/billing/pack/{pack.pk}/retire/")
    assert Pack.objects.get().retired_at is not None
    assert pack not in desk.get("/admin/billing/pack/").context["cl"].queryset
    desk.post(f"/admin/billing/pack/{pack.pk}/bring-back/")
    assert Pack.objects.get().retired_at is None


def test_a_pack_is_not_deleted(desk: Client, plans: None) -> None:
    pack = offered(desk)
    assert desk.post(f"/admin/billing/pack/{pack.pk}/delete/", {"post": "yes"}).status_code == 403
