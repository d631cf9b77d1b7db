"""The Add-ons page: who sees it, who may order on it, and what it says."""

import uuid
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from agencies.models import Agency, User
from billing import exceptions, orders, subscriptions
from billing.models import Lasts, Order, Pack
from tests import queries
from tests.billing import selling
from tests.billing.selling import at_checkout, granted, placed
from workspaces.models import Membership, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(ada: User, sign_in: Any) -> Client:
    return sign_in(ada)


@pytest.fixture
def page(northwind: Agency) -> str:
    return f"/agencies/{northwind.pk}/add-ons/"


def ask_for(browser: Client, page: str, pack: Pack | int) -> Any:
    form = {"pack": getattr(pack, "pk", pack), "request_key": uuid.uuid4()}
    return browser.post(f"{page}order/", form, follow=True)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_page_says_what_fills_the_pool(
    browser: Client, page: str, northwind: Agency, ada: User, support: User, now: datetime
) -> None:
    orders.confirm(placed(northwind, ada, now), by=support, now=now)
    said = words(browser.get(page))
    assert "shared, not divided" in said
    assert '<th scope="row">Messages per period</th> <td class="number"><b>12,000' in said
    assert '10,000 <span class="muted small">by the plan</span> + 2,000 <span class="muted small">by packs' in said


def test_an_exception_is_shown_with_its_reason(
    browser: Client, page: str, northwind: Agency, support: User, now: datetime
) -> None:
    exceptions.grant(northwind, limit="seats", amount=30, reason="Until spring", by=support, now=now)
    assert "“<bdi>Until spring</bdi>”" in words(browser.get(page))


def test_without_stripe_a_pack_is_asked_for(browser: Client, page: str, northwind: Agency) -> None:
    sold = selling.pack()
    assert "Ask for it" in words(browser.get(page))
    assert "is with support. We answer by mail." in words(ask_for(browser, page, sold))
    assert northwind.orders.get().way == Order.Way.REQUEST


def test_with_stripe_a_pack_is_bought(browser: Client, page: str, till: str) -> None:
    selling.pack()
    said = words(browser.get(page))
    assert ">Buy<" in said
    assert "Ask for" not in said


def test_a_retired_pack_is_neither_shown_nor_sold(browser: Client, page: str, now: datetime) -> None:
    sold = selling.pack()
    Pack.objects.update(retired_at=now)
    assert "2,000 messages" not in words(browser.get(page))
    answer = ask_for(browser, page, sold)
    assert answer.status_code == 422
    assert "This pack is not sold any more" in words(answer)
    assert not Order.objects.exists()


@pytest.mark.parametrize("pack", ["", "x", "-1", "0", 2**63, 10**40, "1 OR 1=1", "\0"])
def test_a_pack_that_is_none_is_refused(browser: Client, page: str, pack: Any) -> None:
    answer = ask_for(browser, page, pack)
    assert answer.status_code == 422
    assert not Order.objects.exists()


@pytest.mark.parametrize("key", ["", "x", "0" * 31])
def test_a_form_without_its_key_orders_nothing(browser: Client, page: str, key: str) -> None:
    answer = browser.post(f"{page}order/", {"pack": selling.pack().pk, "request_key": key})
    assert answer.status_code == 422
    assert "lost its key" in words(answer)


def test_an_analyst_looks_and_orders_nothing(page: str, analyst: User, sign_in: Any) -> None:
    sold = selling.pack()
    browser = sign_in(analyst)
    said = words(browser.get(page))
    assert "2,000 messages" in said
    assert "An owner or an admin of the agency can buy packs." in said
    assert "request_key" not in said
    assert ask_for(browser, page, sold).status_code == 403
    assert not Order.objects.exists()


def test_an_admin_orders(page: str, admin: User, sign_in: Any, northwind: Agency) -> None:
    ask_for(sign_in(admin), page, selling.pack())
    assert northwind.orders.get().ordered_by == admin


@pytest.mark.parametrize("who", ["bo", "vi"])
def test_a_client_learns_nothing_of_it(page: str, who: str, sign_in: Any, request: pytest.FixtureRequest) -> None:
    browser = sign_in(request.getfixturevalue(who))
    assert browser.get(page).status_code == 404
    assert ask_for(browser, page, selling.pack()).status_code == 404


def test_another_agencys_order_is_one_that_never_was(
    browser: Client, northwind: Agency, rival: Agency, mallory: User, now: datetime, till: str
) -> None:
    theirs = granted(rival, mallory, now, lasts=Lasts.RECURRING)
    receipt = theirs.receipts.get()
    for path in (f"orders/{theirs.pk}/pay/", f"orders/{theirs.pk}/cancel/", f"receipts/{receipt.pk}/"):
        assert browser.get(f"/agencies/{northwind.pk}/{path}").status_code == 404
    assert browser.post(f"/agencies/{northwind.pk}/orders/{theirs.pk}/cancel/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.cancelled_at is None


def test_coming_back_from_paying_says_how_it_stands(
    browser: Client, page: str, northwind: Agency, ada: User, now: datetime, till: str
) -> None:
    order = at_checkout(northwind, ada, now)
    assert "counts once the payment is confirmed" in words(browser.get(f"{page}?paid={order.pk}"))
    assert "Nothing was paid for 2,000 messages" in words(browser.get(f"{page}?unpaid={order.pk}"))
    orders.grant(order, by=None, now=now)
    assert "your order of 2,000 messages is in the pool" in words(browser.get(f"{page}?paid={order.pk}"))


@pytest.mark.parametrize("key", ["", "x", "-1", "0", "9" * 40, "١", "1.5"])
def test_coming_back_with_an_order_that_is_none_says_nothing(browser: Client, page: str, key: str) -> None:
    answer = browser.get(page, {"paid": key, "unpaid": key})
    assert answer.status_code == 200
    assert "Thank you" not in words(answer)


def test_coming_back_with_another_agencys_order_says_nothing(
    browser: Client, page: str, rival: Agency, mallory: User, now: datetime, till: str
) -> None:
    theirs = at_checkout(rival, mallory, now, amount=7777)
    assert "7,777" not in words(browser.get(f"{page}?paid={theirs.pk}&unpaid={theirs.pk}")).split("Widen the pool")[0]


def test_a_pack_that_support_has_ended_can_still_be_cancelled_since_it_is_charged_still(
    browser: Client, page: str, northwind: Agency, ada: User, support: User, now: datetime, till: str
) -> None:
    order = granted(northwind, ada, now, lasts=Lasts.RECURRING)
    cancel = f"/agencies/{northwind.pk}/orders/{order.pk}/cancel/"
    assert words(browser.get(page)).count(cancel) == 1
    subscriptions.end_pack(selling.running(order), at_once=True, by=support, now=now)
    assert words(browser.get(page)).count(cancel) == 1
    browser.post(cancel)
    order.refresh_from_db()
    assert order.cancelled_at is not None
    assert cancel not in words(browser.get(page))


def test_what_is_in_use_beyond_the_pool_is_named(
    browser: Client, page: str, northwind: Agency, bakery: Workspace, now: datetime
) -> None:
    people = User.objects.bulk_create(User(email=f"p{n}@example.com") for n in range(22))
    Membership.objects.bulk_create(Membership(workspace=bakery, user=user, role="viewer") for user in people)
    said = words(browser.get(page))
    assert "Seats: 22 in use, 20 given. What is in use stays, and nothing new is granted." in said


def test_a_receipt_has_a_page_to_print(browser: Client, northwind: Agency, ada: User, now: datetime, till: str) -> None:
    receipt = granted(northwind, ada, now).receipts.get()
    said = words(browser.get(f"/agencies/{northwind.pk}/receipts/{receipt.pk}/"))
    assert "Payment 1" in said
    assert "38.00 EUR" in said
    assert "Northwind" in said


def test_a_form_that_met_a_login_is_pressed_again(browser: Client, page: str, northwind: Agency) -> None:
    answer = browser.get(f"{page}order/", follow=True)
    assert "please press the button again" in words(answer)


def test_the_page_asks_as_much_for_many_orders_as_for_few(
    browser: Client, page: str, northwind: Agency, ada: User, now: datetime, till: str
) -> None:
    sold = selling.pack(lasts=Lasts.RECURRING)

    def sold_once() -> None:
        orders.grant(placed(northwind, ada, now, sold), by=None, now=now)

    sold_once()
    browser.get(page)
    few = len(queries.sent_by(lambda: browser.get(page)))
    for _ in range(5):
        sold_once()
    assert len(queries.sent_by(lambda: browser.get(page))) == few


def test_support_confirms_and_declines_in_the_admin(
    northwind: Agency, ada: User, support: User, now: datetime, sign_in: Any
) -> None:
    desk, first, second = sign_in(support), placed(northwind, ada, now), placed(northwind, ada, now)
    assert "2,000 messages" in desk.get("/admin/billing/order/").content.decode()
    shown = desk.get(f"/admin/billing/order/{first.pk}/change/").content.decode()
    assert "Decline with a reason" in shown
    assert '<div class="readonly">38.00 EUR</div>' in shown
    desk.post(f"/admin/billing/order/{first.pk}/confirm/")
    assert "Payment 1: 38.00 EUR" in desk.get(f"/admin/billing/order/{first.pk}/change/").content.decode()
    assert desk.post(f"/admin/billing/order/{second.pk}/decline/", {"reason": ""}).status_code == 422
    desk.post(f"/admin/billing/order/{second.pk}/decline/", {"reason": "Not this month."})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.granted_by, second.closed_by, second.reason) == (support, support, "Not this month.")


def test_looking_at_confirm_confirms_nothing(
    northwind: Agency, ada: User, support: User, now: datetime, sign_in: Any
) -> None:
    order = placed(northwind, ada, now)
    sign_in(support).get(f"/admin/billing/order/{order.pk}/confirm/")
    order.refresh_from_db()
    assert order.is_open
