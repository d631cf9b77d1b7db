"""The stand-in for Stripe Checkout: Stripe's own SDK works against it unchanged, and a person can play a payment."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from tests.local.shop import HOSTILE, KEY, Shop


def test_a_new_session_is_open_and_has_a_page_to_pay_on(a_shop: Shop) -> None:
    session = a_shop.order(client_reference_id="pack-7", metadata={"pack": "7"})
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert (session.amount_total, session.currency) == (4900, "eur")
    assert session.url == f"{a_shop.url}/pay/{session.id}"
    again = a_shop.client.checkout.sessions.retrieve(session.id)
    assert (again.client_reference_id, again.metadata["pack"]) == ("pack-7", "7")


def test_the_page_says_what_is_bought_and_that_no_money_moves(a_shop: Shop) -> None:
    page = a_shop.read(f"/pay/{a_shop.subscribe(amount=4950).id}")
    assert "5,000 messages" in page
    assert "€49.50 <small>every month</small>" in page
    assert "Stand-in for Stripe" in page
    assert "No money moves" in page
    assert 'href="http://shop.example/back"' in page


def test_paying_sends_an_event_that_stripes_sdk_accepts_and_leads_back(a_shop: Shop) -> None:
    session = a_shop.order(client_reference_id="pack-7", payment_intent_data={"metadata": {"pack": "7"}})
    page = a_shop.click(f"/pay/{session.id}/pay")
    assert (page.status, page.leads_to) == (303, f"http://shop.example/done?session={session.id}")
    paid = a_shop.events("checkout.session.completed")[0].data.object
    assert (paid.id, paid.status, paid.payment_status) == (session.id, "complete", "paid")
    assert (paid.client_reference_id, paid.amount_total) == ("pack-7", 4900)
    intent = a_shop.client.payment_intents.retrieve(paid.payment_intent, {"expand": ["latest_charge"]})
    assert (intent.status, intent.metadata["pack"], intent.latest_charge.amount) == ("succeeded", "7", 4900)


def test_an_event_is_signed_with_the_webhooks_secret_only(a_shop: Shop) -> None:
    a_shop.bought()
    sent = a_shop.received[0]
    for body, secret in ((sent.body, "whsec_other"), (sent.body.replace(b"4900", b"4901"), "whsec_tests")):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body, sent.signature, secret)


def test_paying_twice_sends_one_event_twice_for_one_charge(a_shop: Shop) -> None:
    session = a_shop.order()
    for _ in range(2):  # and a second click does nothing more
        a_shop.click(f"/pay/{session.id}/pay-twice")
    events = a_shop.events("checkout.session.completed")
    assert len(events) == 2
    assert len({(event.id, event.data.object.payment_intent) for event in events}) == 1


def test_an_event_that_does_not_arrive_is_sent_again(a_shop: Shop) -> None:
    a_shop.refusals += [500, 302]
    a_shop.bought()
    a_shop.heard("checkout.session.completed", 3)
    assert len({received.event.id for received in a_shop.received}) == 1
    assert "<td>200</td>" in a_shop.read("/")


def test_a_declined_card_pays_nothing_and_sends_nothing(a_shop: Shop) -> None:
    session = a_shop.order()
    page = a_shop.click(f"/pay/{session.id}/decline")
    assert page.status == 402
    assert "The card was declined" in page.text
    assert a_shop.client.checkout.sessions.retrieve(session.id).status == "open"
    assert a_shop.received == []


def test_the_same_idempotency_key_gives_the_same_session(a_shop: Shop) -> None:
    first = a_shop.order(key="pack-7")
    assert a_shop.order(key="pack-7").id == first.id
    assert a_shop.order(key="pack-8").id != first.id
    with pytest.raises(stripe.IdempotencyError):
        a_shop.order(key="pack-7", amount=5000)


def test_a_session_that_expires_says_so_and_cannot_be_paid(a_shop: Shop) -> None:
    session = a_shop.order()
    assert a_shop.client.checkout.sessions.expire(session.id).status == "expired"
    assert a_shop.heard("checkout.session.expired").data.object.id == session.id
    assert a_shop.click(f"/pay/{session.id}/pay").status == 410
    with pytest.raises(stripe.InvalidRequestError):
        a_shop.client.checkout.sessions.expire(session.id)
    assert a_shop.events("checkout.session.completed") == []


def test_a_session_expires_by_itself_after_a_day(a_shop: Shop) -> None:
    session = a_shop.order()
    a_shop.clock.ahead = 24 * 3600 - 60
    assert a_shop.client.checkout.sessions.retrieve(session.id).status == "open"
    a_shop.clock.ahead = 24 * 3600
    assert a_shop.client.checkout.sessions.retrieve(session.id).status == "expired"
    assert a_shop.heard("checkout.session.expired").data.object.url is None


@pytest.mark.parametrize("key", ["", "sk_test_other", "Bearer"])
def test_without_the_right_key_nothing_is_told(a_shop: Shop, key: str) -> None:
    answer = a_shop.ask("GET", f"/v1/checkout/sessions/{a_shop.order().id}", Authorization=f"Bearer {key}")
    assert answer.status == 401
    assert json.loads(answer.text)["error"]["type"] == "invalid_request_error"
    with pytest.raises(stripe.AuthenticationError):
        stripe.StripeClient("sk_test_other", base_addresses={"api": a_shop.url}).v1.refunds.create({"charge": "ch_1"})


@pytest.mark.parametrize(
    ("changed", "param"),
    [
        ({"success_url": ""}, "success_url"),
        ({"success_url": "javascript:alert(1)"}, "success_url"),
        ({"cancel_url": "http://shop.example/\r\nX: y"}, "cancel_url"),
        ({"line_items": []}, "line_items"),
        ({"mode": "subscription"}, "line_items[0][price_data][recurring]"),
        ({"amount": -1}, "line_items[0][price_data][unit_amount]"),
        ({"name": ""}, "line_items[0][price_data][product_data][name]"),
        ({"client_reference": "pack-7"}, "client_reference"),
        ({"expires_at": 1}, "expires_at"),
    ],
)
def test_what_stripe_would_refuse_is_refused(a_shop: Shop, changed: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        a_shop.order(**changed)
    assert (refusal.value.http_status, refusal.value.param) == (400, param)


@pytest.mark.parametrize("folder", ["checkout.sessions", "subscriptions", "payment_intents", "invoices"])
def test_what_does_not_exist_is_missing(a_shop: Shop, folder: str) -> None:
    service = a_shop.client
    for name in folder.split("."):
        service = getattr(service, name)
    customer = a_shop.bought(customer_creation="always").customer
    for name in ("nothing_1", customer):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            service.retrieve(name)
        assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")


def test_a_hostile_name_is_only_text(a_shop: Shop) -> None:
    session = a_shop.order(HOSTILE, metadata={"pack": HOSTILE}, payment_intent_data={"description": HOSTILE})
    before = a_shop.read(f"/pay/{session.id}")
    a_shop.click(f"/pay/{session.id}/pay")
    name = a_shop.heard("checkout.session.completed").data.object.payment_intent
    receipt = a_shop.read(f"/receipts/{a_shop.client.payment_intents.retrieve(name).latest_charge}")
    for page in (before, a_shop.read("/"), receipt):
        assert "<script" not in page
        assert "&lt;script&gt;" in page


def test_a_page_runs_no_script_and_leads_to_the_shop_only(a_shop: Shop) -> None:
    policy = a_shop.ask("GET", f"/pay/{a_shop.order().id}").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://shop.example;" in policy
    assert "frame-ancestors 'none'" in policy


def test_another_site_pays_nothing(a_shop: Shop) -> None:
    session = a_shop.order()
    assert a_shop.click(f"/pay/{session.id}/pay", Origin="http://evil.example").status == 403
    assert a_shop.click(f"/pay/{session.id}/pay", Host="evil.example").status == 421
    assert a_shop.ask("GET", f"/pay/{session.id}/pay").status == 404
    assert a_shop.client.checkout.sessions.retrieve(session.id).status == "open"


def test_what_was_bought_is_there_after_a_restart(open_shop: Callable[[], Shop]) -> None:
    session = open_shop().subscribed(key="pack-7")
    later = open_shop()
    assert later.client.subscriptions.cancel(session.subscription).status == "canceled"
    assert later.heard("customer.subscription.deleted").data.object.id == session.subscription
    assert later.subscribe(key="pack-7").id == session.id


def test_a_body_that_is_too_long_or_no_form_is_refused(a_shop: Shop) -> None:
    key = {"Authorization": f"Bearer {KEY}"}
    assert a_shop.ask("POST", "/v1/refunds", "x" * 300_000, **key).status == 413
    for body in ("charge=1&charge[b]=2", "a]b=1", "%ff=1", "charge[x]=1", "payment_intent=pi_1&amount[]=1"):
        assert a_shop.ask("POST", "/v1/refunds", body, **key).status == 400
