"""Checkout: Stripe is asked outside of transactions, answers late or not at all, and is asked again."""

import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode
from urllib.request import Request, urlopen

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Mail, User
from billing import checkout, letters, orders, webhooks
from billing.models import Lasts, Order, PaymentEvent
from config.local.checkout import server
from tests.billing import selling
from tests.billing.selling import KEY, SECRET, at_checkout, placed, receive, running, session
from tests.conftest import Visitor
from tests.local import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(ada: User, sign_in: Any) -> Client:
    return sign_in(ada)


@pytest.fixture
def heard() -> list[shop.Received]:
    """What the stand-in of `play` has told."""
    return []


@pytest.fixture
def play(settings: Any, heard: list[shop.Received]) -> Iterator[str]:
    """A stand-in for Stripe whose events are kept, so that a test hands them on."""
    ears = shop.receiver(heard, [])
    webhook = f"http://127.0.0.1:{ears.server_port}/"
    serving = server.opened("127.0.0.1", 0, key=KEY, webhook=webhook, secret=SECRET, pauses=())
    for each in (ears, serving):
        threading.Thread(target=each.serve_forever, args=(0.01,), daemon=True).start()
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = KEY, SECRET
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{serving.server_port}"
    yield settings.STRIPE_API_BASE
    for each in (ears, serving):
        each.shutdown()
        each.server_close()


def click(url: str) -> None:
    """A button of the stand-in, without going where it leads."""
    request = Request(url, data=urlencode({}).encode(), method="POST")
    with suppress(OSError):  # it leads to a console that does not run here
        urlopen(request, timeout=20).close()


def hand_on(door: Visitor, heard: list[shop.Received]) -> list[int]:
    """Everything that was told since the last time, at the public door."""
    every, heard[:] = list(heard), []
    send = {"content_type": "application/json"}
    return [
        door.post("/webhooks/stripe/", each.body, headers={"Stripe-Signature": each.signature}, **send).status_code
        for each in every
    ]


def buy(browser: Client, agency: Agency, **of: Any) -> Any:
    form = {"pack": selling.pack(**of).pk, "request_key": uuid.uuid4()}
    return browser.post(f"/agencies/{agency.pk}/add-ons/order/", form)


# --- with the stand-in, from the button to the receipt ---------------------------------------------------------------


def test_a_pack_is_bought_paid_and_given_back(
    browser: Client, northwind: Agency, play: str, heard: list[shop.Received], visitor: Visitor
) -> None:
    there = buy(browser, northwind)["Location"]
    assert there.startswith(f"{play}/pay/cs_")
    click(f"{there}/pay")
    assert hand_on(visitor, heard) == [200]
    order = northwind.orders.get()
    assert order.granted_at is not None
    assert order.receipts.get().url.startswith(f"{play}/receipts/ch_")
    click(f"{play}/sessions/{order.checkout_id}/refund")
    assert hand_on(visitor, heard) == [200]
    assert running(order).returned == 2000


def test_a_subscription_is_bought_renewed_and_cancelled(
    browser: Client, northwind: Agency, play: str, heard: list[shop.Received], visitor: Visitor
) -> None:
    click(buy(browser, northwind, lasts=Lasts.RECURRING)["Location"] + "/pay")
    hand_on(visitor, heard)
    order = northwind.orders.get()
    click(f"{play}/sessions/{order.checkout_id}/renew")
    hand_on(visitor, heard)
    assert sorted(order.receipts.values_list("kind", flat=True)) == ["payment", "renewal"]
    browser.post(f"/agencies/{northwind.pk}/orders/{order.pk}/cancel/")
    order.refresh_from_db()
    assert order.cancelled_at is not None
    ended = running(order).ends_at
    click(f"{play}/sessions/{order.checkout_id}/renew")  # the end of the month: there is no further one
    assert set(hand_on(visitor, heard)) == {200}
    assert running(order).ends_at == ended
    assert PaymentEvent.objects.filter(order=order, tells="ended").exists()


def test_the_money_of_a_subscription_goes_back_and_stripe_takes_no_more(
    browser: Client, northwind: Agency, play: str, heard: list[shop.Received], visitor: Visitor
) -> None:
    click(buy(browser, northwind, lasts=Lasts.RECURRING)["Location"] + "/pay")
    hand_on(visitor, heard)
    order = northwind.orders.get()
    click(f"{play}/sessions/{order.checkout_id}/charge-back")  # which names a payment, and no subscription
    hand_on(visitor, heard)
    order.refresh_from_db()
    assert order.refunded_at is not None
    assert running(order).returned == 2000
    found = checkout.ask(lambda stripe: stripe.v1.subscriptions.retrieve(order.subscription_id))
    assert found.status == "canceled"


def test_a_double_click_is_one_order_and_one_page_to_pay_on(browser: Client, northwind: Agency, play: str) -> None:
    form = {"pack": selling.pack().pk, "request_key": uuid.uuid4()}
    answers = [browser.post(f"/agencies/{northwind.pk}/add-ons/order/", form) for _ in range(3)]
    assert len({answer["Location"] for answer in answers}) == 1
    assert northwind.orders.count() == 1


def test_the_page_to_pay_on_leads_back_to_the_console_and_says_what_is_bought(
    northwind: Agency, ada: User, play: str, now: datetime
) -> None:
    order = placed(northwind, ada, now)
    orders.pay(order, now=now)
    order.refresh_from_db()
    found = checkout.ask(lambda stripe: stripe.v1.checkout.sessions.retrieve(order.checkout_id))
    page = f"http://127.0.0.1:8000/agencies/{northwind.pk}/add-ons/"
    assert (found.success_url, found.cancel_url) == (f"{page}?paid={order.pk}", f"{page}?unpaid={order.pk}")
    assert (found.amount_total, found.currency, found.customer_email) == (3800, "eur", "ada@example.com")
    assert found.client_reference_id == checkout.reference(order)


def test_a_page_that_was_left_is_found_again(browser: Client, northwind: Agency, play: str) -> None:
    there = buy(browser, northwind)["Location"]
    order = northwind.orders.get()
    assert browser.post(f"/agencies/{northwind.pk}/orders/{order.pk}/pay/")["Location"] == there


def test_a_page_that_has_expired_closes_the_order(browser: Client, northwind: Agency, play: str) -> None:
    buy(browser, northwind)
    order = northwind.orders.get()
    click(f"{play}/sessions/{order.checkout_id}/expire")
    answer = browser.post(f"/agencies/{northwind.pk}/orders/{order.pk}/pay/", follow=True)
    assert "has expired, and nothing was paid" in answer.content.decode()
    order.refresh_from_db()
    assert order.closed_at is not None


def test_a_page_that_is_paid_is_not_paid_again(browser: Client, northwind: Agency, play: str) -> None:
    click(buy(browser, northwind)["Location"] + "/pay")
    order = northwind.orders.get()
    answer = browser.post(f"/agencies/{northwind.pk}/orders/{order.pk}/pay/", follow=True)
    assert "counts once the payment is confirmed" in answer.content.decode()


# --- Stripe slow, failing, away --------------------------------------------------------------------------------------


@pytest.fixture
def away(settings: Any) -> None:
    """Stripe is configured, and nobody answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = KEY, SECRET
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{port}"


def test_with_stripe_away_one_reads_a_sentence_and_the_order_can_be_tried_again(
    browser: Client, northwind: Agency, away: None, standin: str, settings: Any
) -> None:
    answer = buy(browser, northwind)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Stripe does not answer at the moment. Nothing was paid" in page
    assert "Continue to payment" in page
    order = northwind.orders.get()
    assert order.is_open
    settings.STRIPE_API_BASE = standin
    there = browser.post(f"/agencies/{northwind.pk}/orders/{order.pk}/pay/")["Location"]
    assert there.startswith(f"{standin}/pay/")


def test_a_subscription_that_cannot_be_cancelled_at_stripe_is_not_cancelled_here(
    browser: Client, northwind: Agency, ada: User, now: datetime, away: None
) -> None:
    order = at_checkout(northwind, ada, now, lasts=Lasts.RECURRING)
    receive(session(order), now)
    answer = browser.post(f"/agencies/{northwind.pk}/orders/{order.pk}/cancel/", follow=True)
    assert "Stripe does not answer" in answer.content.decode()
    order.refresh_from_db()
    assert order.cancelled_at is None
    assert running(order).ends_at is None


def test_a_payment_counts_though_stripe_does_not_say_where_its_receipt_is(
    northwind: Agency, ada: User, now: datetime, away: None
) -> None:
    order = at_checkout(northwind, ada, now)
    receive(session(order), now)
    assert running(order).amount == 2000
    assert order.receipts.get().url == ""


def test_whose_money_went_back_is_asked_again_later(
    northwind: Agency, ada: User, now: datetime, away: None, visitor: Visitor
) -> None:
    order = at_checkout(northwind, ada, now, lasts=Lasts.RECURRING)
    receive(session(order), now)
    assert selling.post(visitor, selling.refund(order)).status_code == 503
    assert not PaymentEvent.objects.filter(kind="charge.refunded").exists()


def test_support_ends_a_subscription_by_hand_where_stripe_is_away(
    northwind: Agency, ada: User, now: datetime, away: None, settings: Any
) -> None:
    order = at_checkout(northwind, ada, now, lasts=Lasts.RECURRING)
    told = (session(order), selling.invoice(order), selling.invoice_payment(order), selling.refund(order))
    settings.STRIPE_SECRET_KEY = ""  # nothing is looked up
    for each in told:
        receive(each, now)
    mail = Mail.objects.get(recipient="sam@example.com")
    assert f"its subscription sub_{order.pk} could not be ended" in mail.text


class Slow(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.server.asked.append(self.rfile.read(int(self.headers["Content-Length"])))  # type: ignore[attr-defined]
        self.server.seen.append(Order.objects.filter(checkout_id="").count())  # type: ignore[attr-defined]
        connections.close_all()
        self.server.gate.wait(20)  # type: ignore[attr-defined]

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def slow(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Takes every question, and looks into the database; it never answers."""
    serving: Any = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    serving.asked, serving.seen, serving.gate = [], [], threading.Event()
    serving.daemon_threads = True
    threading.Thread(target=serving.serve_forever, args=(0.01,), daemon=True).start()
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = KEY, SECRET
    settings.STRIPE_API_BASE = f"http://127.0.0.1:{serving.server_port}"
    monkeypatch.setattr(checkout, "TIMEOUT", 1)
    yield serving
    serving.gate.set()
    serving.shutdown()
    serving.server_close()


@pytest.mark.django_db(transaction=True)
def test_stripe_is_asked_once_the_order_is_stored_and_locks_nothing(
    northwind: Agency, ada: User, now: datetime, slow: Any
) -> None:
    with pytest.raises(checkout.Unavailable):
        orders.buy(northwind, pack=selling.pack(), request_key=uuid.uuid4(), by=ada, now=now)
    assert set(slow.seen) == {1}  # another connection sees it while Stripe is asked
    sent = parse_qs(slow.asked[0].decode())
    assert sent["line_items[0][price_data][unit_amount]"] == ["3800"]


# --- what is believed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://pay.stripe.com/receipts/x", True),
        ("http://pay.stripe.com/receipts/x", False),
        ("javascript:alert(1)", False),
        ("https://ada@evil.example/", False),
        ("https://", False),
        ("https://[", False),
        ("//pay.stripe.com/", False),
        ("https://pay.stripe.com/" + "x" * 500, False),
        (None, False),
        (7, False),
    ],
)
def test_only_an_https_address_becomes_a_link(url: Any, kept: bool) -> None:
    assert webhooks.web(url) == (url if kept else "")


@pytest.mark.parametrize(
    ("units", "currency", "stripes"),
    [(3800, "EUR", 3800), (3800, "JPY", 3800), (3800, "KWD", 3800), (3800, "ISK", 380_000), (3800, "MGA", 38)],
)
def test_stripe_counts_some_currencies_otherwise(units: int, currency: str, stripes: int) -> None:
    assert webhooks.stripes_of(units, currency) == stripes
    assert webhooks.ours_of(stripes, currency) == units


@pytest.mark.parametrize(("price", "currency"), [(3850, "MGA"), (19_005, "KWD")])
def test_a_price_that_stripe_cannot_charge_is_asked_for(
    northwind: Agency, ada: User, now: datetime, till: str, price: int, currency: str
) -> None:
    sold = selling.pack(price=price)
    sold.currency = currency
    sold.save()
    assert placed(northwind, ada, now, sold).way == Order.Way.REQUEST


def test_the_addresses_in_mails_are_those_of_the_console(asked_order: Order) -> None:
    page = reverse("billing:add-ons", args=[asked_order.agency_id], urlconf="config.urls")
    assert letters.address(asked_order.agency_id) == f"http://127.0.0.1:8000{page}"
    desk = reverse("admin:billing_order_change", args=[asked_order.pk], urlconf="config.urls")
    assert letters.desk(asked_order) == f"http://127.0.0.1:8000{desk}"


@pytest.fixture
def asked_order(northwind: Agency, ada: User, now: datetime) -> Order:
    return placed(northwind, ada, now)
