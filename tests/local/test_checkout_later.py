"""What comes after a payment at the stand-in for Stripe: refunds, charge-backs, renewals and cancellations."""

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from config.local.checkout import cycles
from tests.local.shop import Shop


def test_a_refund_in_parts_tells_how_much_is_back(a_shop: Shop) -> None:
    intent = a_shop.bought().payment_intent
    a_shop.client.refunds.create({"payment_intent": intent, "amount": 900})
    charge = a_shop.heard("charge.refunded").data.object
    assert (charge.payment_intent, charge.amount_refunded, charge.refunded) == (intent, 900, False)
    assert a_shop.client.refunds.create({"payment_intent": intent}).amount == 4000
    event = a_shop.heard("charge.refunded", 2)
    assert {seen.data.object.refunded for seen in a_shop.events("charge.refunded")} == {True, False}
    with pytest.raises(stripe.InvalidRequestError, match="already been refunded"):
        a_shop.client.refunds.create({"payment_intent": intent})
    assert event.data.object.amount == 4900


@pytest.mark.parametrize("wrong", [{"amount": 4901}, {"amount": 0}, {"reason": "mood"}])
def test_a_refund_of_too_much_or_for_no_reason_is_refused(a_shop: Shop, wrong: dict[str, Any]) -> None:
    session = a_shop.bought()
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        a_shop.client.refunds.create({"payment_intent": session.payment_intent, **wrong})
    assert refusal.value.http_status == 400
    assert a_shop.events("charge.refunded") == []


def test_a_charge_back_names_the_payment(a_shop: Shop) -> None:
    session = a_shop.bought()
    assert a_shop.click(f"/sessions/{session.id}/charge-back").status == 303
    dispute = a_shop.heard("charge.dispute.created").data.object
    assert (dispute.payment_intent, dispute.amount) == (session.payment_intent, 4900)
    assert dispute.status == "needs_response"
    assert a_shop.click(f"/sessions/{session.id}/refund").status == 400


def test_a_subscription_begins_with_a_paid_invoice(a_shop: Shop) -> None:
    session = a_shop.subscribed(subscription_data={"metadata": {"pack": "7"}})
    invoice = a_shop.heard("invoice.paid").data.object
    assert (session.payment_intent, session.invoice) == (None, invoice.id)
    assert invoice.parent.subscription_details.subscription == session.subscription
    assert invoice.parent.subscription_details.metadata["pack"] == "7"
    assert (invoice.billing_reason, invoice.amount_paid) == ("subscription_create", 4900)
    subscription = a_shop.client.subscriptions.retrieve(session.subscription)
    assert (subscription.status, subscription.customer) == ("active", session.customer)
    assert subscription["items"].data[0].current_period_end == invoice.lines.data[0].period.end


def test_an_invoice_and_its_payment_find_each_other(a_shop: Shop) -> None:
    session = a_shop.subscribed()
    by_invoice = a_shop.client.invoice_payments.list({"invoice": session.invoice}).data[0]
    intent = by_invoice.payment.payment_intent
    asked = {"payment": {"type": "payment_intent", "payment_intent": intent}}
    assert a_shop.client.invoice_payments.list(asked).data[0].invoice == session.invoice
    invoice = a_shop.client.invoices.retrieve(session.invoice, {"expand": ["payments"]})
    assert invoice.payments.data[0].payment.payment_intent == intent
    assert "€49.00" in a_shop.read(invoice.hosted_invoice_url.removeprefix(a_shop.url))


def test_a_renewal_pays_the_next_period(a_shop: Shop) -> None:
    session = a_shop.subscribed()
    a_shop.heard("invoice.paid")
    first = a_shop.client.invoices.retrieve(session.invoice)
    a_shop.click(f"/sessions/{session.id}/renew")
    second = a_shop.heard("invoice.paid", 2).data.object
    assert (second.billing_reason, second.parent.subscription_details.subscription) == (
        "subscription_cycle",
        session.subscription,
    )
    assert second.lines.data[0].period.start == first.lines.data[0].period.end
    assert a_shop.heard("customer.subscription.updated").data.object.latest_invoice == second.id


def test_a_subscription_cancelled_to_its_end_ends_instead_of_being_renewed(a_shop: Shop) -> None:
    session = a_shop.subscribed()
    a_shop.client.subscriptions.update(session.subscription, {"cancel_at_period_end": True})
    event = a_shop.heard("customer.subscription.updated")
    assert event.data.object.cancel_at == event.data.object["items"].data[0].current_period_end
    assert event.data.previous_attributes["cancel_at_period_end"] is False
    assert "End the period" in a_shop.read("/")
    a_shop.click(f"/sessions/{session.id}/renew")
    assert a_shop.heard("customer.subscription.deleted").data.object.status == "canceled"
    assert len(a_shop.events("invoice.paid")) == 1


def test_a_cancellation_can_be_taken_back(a_shop: Shop) -> None:
    name = a_shop.subscribed().subscription
    for ends in (True, False):
        a_shop.client.subscriptions.update(name, {"cancel_at_period_end": ends})
    a_shop.heard("customer.subscription.updated", 2)
    subscription = a_shop.client.subscriptions.retrieve(name)
    assert (subscription.cancel_at, subscription.canceled_at, subscription.status) == (None, None, "active")


def test_a_cancelled_subscription_is_gone(a_shop: Shop) -> None:
    session = a_shop.subscribed()
    a_shop.client.subscriptions.cancel(session.subscription)
    assert a_shop.heard("customer.subscription.deleted").data.object.ended_at
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        a_shop.client.subscriptions.cancel(session.subscription)
    assert refusal.value.http_status == 404
    assert a_shop.click(f"/sessions/{session.id}/renew").status == 404


def test_a_customer_who_bought_before_is_known(a_shop: Shop) -> None:
    customer = a_shop.subscribed(customer_email="ada@northwind.example").customer
    assert a_shop.subscribed(customer=customer).customer == customer
    assert a_shop.client.customers.retrieve(customer).email == "ada@northwind.example"
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        a_shop.order(customer="cus_nobody")


@pytest.mark.parametrize(
    ("began", "turns", "ends"),
    [("2026-01-31", 1, "2026-02-28"), ("2026-01-31", 2, "2026-03-31"), ("2027-12-31", 2, "2028-02-29")],
)
def test_a_month_that_is_short_shifts_no_later_one(began: str, turns: int, ends: str) -> None:
    anchor = end = int(datetime.fromisoformat(began).replace(tzinfo=UTC).timestamp())
    for _ in range(turns):
        end = cycles.next_end(anchor, end, "month", 1)
    assert datetime.fromtimestamp(end, UTC).date().isoformat() == ends
