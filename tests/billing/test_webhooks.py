"""Webhooks of the payment provider: signed, each once, in any order; the order ends as it should."""

import itertools
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencies.models import Agency, Mail, User
from billing import payments, webhooks
from billing.models import Lasts, Order, PaymentEvent, PoolPeriod, Receipt
from tests.billing import selling
from tests.billing.selling import (
    at_checkout,
    body_of,
    deleted,
    dispute,
    event,
    invoice,
    invoice_payment,
    post,
    receive,
    refund,
    running,
    session,
    signature,
)
from tests.conftest import Visitor
from tests.racing import at_once
from tests.test_doors import told_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("till")]


@pytest.fixture
def order(northwind: Agency, ada: User, now: datetime, till: str) -> Order:
    """Ada is about to pay for 2,000 messages of this period, 38.00 EUR."""
    return at_checkout(northwind, ada, now)


@pytest.fixture
def monthly(northwind: Agency, ada: User, now: datetime, till: str) -> Order:
    return at_checkout(northwind, ada, now, lasts=Lasts.RECURRING)


def limit(agency: Agency) -> int | None:
    agency.refresh_from_db()
    counter = PoolPeriod.objects.filter(agency=agency).first()
    if counter:
        return counter.limit
    from billing import periods, usage

    return usage.limit_in(agency, periods.current(agency, agency.subscription.started_at), None)


def to_support() -> list[str]:
    return [mail.subject for mail in Mail.objects.filter(recipient="sam@example.com")]


# --- who may tell ----------------------------------------------------------------------------------------------------


def test_a_payment_widens_the_pool(visitor: Visitor, order: Order, northwind: Agency) -> None:
    assert post(visitor, session(order)).status_code == 200
    order.refresh_from_db()
    assert order.granted_at is not None
    assert (order.payment_id, order.granted_by) == (f"pi_{order.pk}", None)
    assert limit(northwind) == 12_000
    receipt = order.receipts.get()
    assert (receipt.kind, receipt.number, receipt.amount, receipt.external_id) == ("payment", 1, 3800, order.payment_id)


@pytest.mark.django_db(transaction=True)
def test_the_public_door_as_its_own_process_loads_it_takes_a_payment(
    northwind: Agency, ada: User, now: datetime, settings: Any
) -> None:
    """It has no login and no admin, and cannot load the console's URLs."""
    order = at_checkout(northwind, ada, now)
    settings.STRIPE_SECRET_KEY = ""
    body = selling.body_of(session(order))
    program = (
        "from django.conf import settings; from django.db import connection; from django.test import Client;"
        f"settings.ALLOWED_HOSTS, settings.STRIPE_WEBHOOK_SECRET = ['testserver'], {selling.SECRET!r};"
        f"connection.settings_dict['NAME'] = {connection.settings_dict['NAME']!r};"
        f"sent = dict(content_type='application/json', headers={{'Stripe-Signature': {selling.signature(body)!r}}});"
        f"print(Client().post('/webhooks/stripe/', {body!r}, **sent).status_code)"
    )
    assert told_by("public", program) == "200"
    assert running(order).amount == 2000


@pytest.mark.parametrize("wrong", [{"secret": "whsec_other"}, {"age": 301}, {"age": 7 * 24 * 3600}])
def test_what_is_not_signed_by_stripe_lately_changes_nothing(
    visitor: Visitor, order: Order, northwind: Agency, wrong: Any
) -> None:
    assert post(visitor, session(order), **wrong).status_code == 400
    assert limit(northwind) == 10_000
    assert not PaymentEvent.objects.exists()


def test_a_body_that_was_changed_on_its_way_is_refused(visitor: Visitor, order: Order) -> None:
    body = selling.body_of(session(order))
    signed = {"Stripe-Signature": selling.signature(body)}
    sent = {"content_type": "application/json", "headers": signed}
    assert visitor.post("/webhooks/stripe/", body.replace(b"3800", b"0001"), **sent).status_code == 400
    assert visitor.post("/webhooks/stripe/", body, **sent).status_code == 200


@pytest.mark.parametrize("header", ["", "t=1", "v1=x", "t=x,v1=y", "t=9999999999999999999999,v1=é", "t=,v1="])
def test_a_signature_that_is_none_is_refused(visitor: Visitor, order: Order, header: str) -> None:
    body = selling.body_of(session(order))
    headers = {"Stripe-Signature": header}
    assert visitor.post("/webhooks/stripe/", body, content_type="application/json", headers=headers).status_code == 400


def test_without_a_secret_nothing_is_believed(visitor: Visitor, order: Order, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRET = ""
    assert post(visitor, session(order), secret="").status_code == 400


def test_a_body_that_is_too_large_is_not_read(visitor: Visitor, order: Order) -> None:
    assert post(visitor, session(order, metadata={"a": "x" * 70_000})).status_code == 413
    assert not PaymentEvent.objects.exists()


def test_only_a_post_tells(visitor: Visitor) -> None:
    assert visitor.get("/webhooks/stripe/").status_code == 405


@pytest.mark.parametrize(
    "told",
    [
        event("customer.created", {"id": "cus_1"}),
        event("invoice.paid", {"id": "in_1", "billing_reason": "manual", "amount_paid": 1, "currency": "eur"}),
        event("charge.refunded", {"id": "ch", "payment_intent": "pi_foreign", "amount_refunded": 1, "currency": "eur"}),
    ],
)
def test_what_is_nothing_to_us_is_taken_and_changes_nothing(
    visitor: Visitor, order: Order, northwind: Agency, told: Any
) -> None:
    assert post(visitor, told).status_code == 200
    assert limit(northwind) == 10_000
    assert not Receipt.objects.exists()


def test_a_session_of_another_shop_on_the_same_account_is_not_kept(visitor: Visitor, order: Order) -> None:
    told = session(order)
    told["data"]["object"] |= {"id": "cs_foreign", "client_reference_id": "7-seven", "payment_intent": "pi_foreign"}
    assert post(visitor, told).status_code == 200
    assert not PaymentEvent.objects.exists()


@pytest.mark.parametrize("reference", ["", "x", "-", "9" * 40 + "-1", "١-" + "0" * 32, "\0", None, 7, {"id": "7"}])
def test_a_reference_that_is_none_finds_no_order(visitor: Visitor, order: Order, reference: Any) -> None:
    assert post(visitor, session(order, id="cs_x", client_reference_id=reference)).status_code == 200
    order.refresh_from_db()
    assert order.is_open


@pytest.mark.parametrize("lost", ["amount_total", "payment_status", "id"])
def test_a_shape_that_is_not_known_is_told_again(visitor: Visitor, order: Order, lost: str) -> None:
    told = session(order)
    del told["data"]["object"][lost]
    assert post(visitor, told).status_code == 422
    assert not PaymentEvent.objects.exists()


# --- once ------------------------------------------------------------------------------------------------------------


def test_an_event_that_comes_twice_counts_once(visitor: Visitor, order: Order, northwind: Agency) -> None:
    told = session(order)
    assert [post(visitor, told).status_code for _ in range(3)] == [200, 200, 200]
    assert limit(northwind) == 12_000
    assert order.receipts.count() == 1


def test_two_events_about_one_payment_count_once(visitor: Visitor, order: Order, northwind: Agency) -> None:
    post(visitor, session(order))
    post(visitor, session(order, "async_payment_succeeded"))
    assert limit(northwind) == 12_000
    assert order.receipts.count() == 1
    assert to_support() == []


def test_paid_in_two_pages_is_granted_once_and_support_gives_the_second_back(
    order: Order, northwind: Agency, now: datetime
) -> None:
    receive(session(order), now)
    receive(session(order, id="cs_other", payment_intent="pi_other"), now)
    assert limit(northwind) == 12_000
    assert order.receipts.count() == 1
    assert to_support() == ["A payment of Northwind needs you"]
    assert "was paid twice" in Mail.objects.get(recipient="sam@example.com").text


def test_the_second_payment_of_two_is_given_back_and_the_pack_stays(
    order: Order, northwind: Agency, now: datetime
) -> None:
    receive(session(order), now)
    receive(session(order, id="cs_other", payment_intent="pi_other"), now)
    told = refund(order)
    told["data"]["object"]["payment_intent"] = "pi_other"
    receive(told, now)
    order.refresh_from_db()
    assert order.refunded_at is None
    assert limit(northwind) == 12_000


@pytest.mark.parametrize("other", [{"amount_total": 3799}, {"amount_total": 1}, {"currency": "usd"}])
def test_another_amount_is_not_granted_and_support_hears_of_it(
    order: Order, northwind: Agency, now: datetime, other: Any
) -> None:
    receive(session(order, **other), now)
    assert limit(northwind) == 10_000
    assert not order.receipts.exists()
    assert "was not the price of the order, 38.00 EUR" in Mail.objects.get(recipient="sam@example.com").text


def test_money_that_is_still_on_its_way_counts_once_it_is_there(order: Order, northwind: Agency, now: datetime) -> None:
    receive(session(order, payment_status="unpaid"), now)
    assert limit(northwind) == 10_000
    receive(session(order, "async_payment_succeeded"), now)
    assert limit(northwind) == 12_000


def test_a_page_that_expired_closes_the_order(order: Order, now: datetime) -> None:
    receive(session(order, "expired", payment_status="unpaid"), now)
    order.refresh_from_db()
    assert order.closed_at is not None
    assert order.reason == "The payment page expired."


def test_what_was_paid_counts_for_an_account_whose_approval_was_taken_back(
    order: Order, northwind: Agency, now: datetime
) -> None:
    Agency.objects.filter(pk=northwind.pk).update(approved_at=None, approved_by=None)
    receive(session(order), now)
    assert limit(northwind) == 12_000


def test_what_was_paid_counts_though_its_buyer_has_left(order: Order, ada: User, admin: User, now: datetime) -> None:
    ada.staff_of.all().delete()
    receive(session(order), now)
    assert running(order).amount == 2000
    assert [mail.recipient for mail in Mail.objects.filter(subject__contains="2,000")] == ["al@example.com"]


# --- money that goes back --------------------------------------------------------------------------------------------


def test_a_refund_takes_the_units_back(order: Order, northwind: Agency, now: datetime) -> None:
    receive(session(order), now)
    receive(refund(order), now)
    order.refresh_from_db()
    assert order.refunded_at is not None
    assert limit(northwind) == 10_000
    assert [(each.kind, each.amount, each.number) for each in order.receipts.order_by("number")] == [
        ("payment", 3800, 1),
        ("refund", 3800, 2),
    ]


def test_parts_of_the_money_take_parts_of_the_units_rounded_down(
    order: Order, northwind: Agency, now: datetime
) -> None:
    receive(session(order), now)
    receive(refund(order, 1000), now)
    assert running(order).returned == 526  # of 526.3
    receive(refund(order, 1001, before=1000), now)
    assert running(order).returned == 1053  # of 1,053.2
    receive(refund(order, before=2001), now)
    assert running(order).returned == 2000


def test_a_charge_back_takes_the_units_back_and_support_answers_it(
    order: Order, northwind: Agency, now: datetime
) -> None:
    receive(session(order), now)
    receive(dispute(order), now)
    assert limit(northwind) == 10_000
    assert order.receipts.latest("number").kind == "charge_back"
    assert "was charged back" in Mail.objects.get(recipient="sam@example.com").text


def test_a_refund_and_a_charge_back_of_the_same_money_take_it_back_once(
    order: Order, northwind: Agency, now: datetime
) -> None:
    for told in (session(order), refund(order, 1900), dispute(order)):
        receive(told, now)
    assert limit(northwind) == 10_000
    assert running(order).returned == 2000


def test_money_that_goes_back_in_another_currency_is_told_to_support_and_takes_nothing_back(
    order: Order, northwind: Agency, now: datetime
) -> None:
    told = refund(order)
    told["data"]["object"]["currency"] = "jpy"
    for each in (session(order), told, session(order, "async_payment_succeeded")):
        receive(each, now)
    assert limit(northwind) == 12_000
    assert [receipt.kind for receipt in order.receipts.all()] == ["payment"]
    assert "in another currency" in Mail.objects.get(recipient="sam@example.com").text


# --- months ----------------------------------------------------------------------------------------------------------


def test_a_further_month_is_a_receipt_and_nothing_else(monthly: Order, northwind: Agency, now: datetime) -> None:
    for told in (session(monthly), invoice(monthly), invoice(monthly, "b", at=100)):
        receive(told, now)
    assert limit(northwind) == 12_000
    told = [(each.kind, each.external_id, each.url) for each in monthly.receipts.order_by("number")]
    assert told == [
        ("payment", f"sub_{monthly.pk}", f"https://invoice.stripe.com/in_{monthly.pk}"),
        ("renewal", f"in_{monthly.pk}b", f"https://invoice.stripe.com/in_{monthly.pk}b"),
    ]


def test_a_subscription_that_ended_at_stripe_runs_out_with_the_period(
    monthly: Order, northwind: Agency, now: datetime
) -> None:
    receive(session(monthly), now)
    receive(deleted(monthly), now)
    monthly.refresh_from_db()
    assert monthly.cancelled_at == now
    assert running(monthly).ends_at is not None
    assert running(monthly).ends_at > now
    assert limit(northwind) == 12_000


def test_a_part_of_a_month_comes_back_with_the_next_one(monthly: Order, now: datetime) -> None:
    for told in (session(monthly), invoice_payment(monthly), refund(monthly, 1900)):
        receive(told, now)
    assert running(monthly).returned == 1000
    receive(invoice(monthly, "b", at=100), now)
    assert running(monthly).returned == 0


@pytest.mark.usefixtures("offline")
def test_a_part_of_a_month_waits_for_the_payment_of_that_month(monthly: Order, now: datetime) -> None:
    body = body_of(refund(monthly, 1900, number="b", at=200))
    told = webhooks.read(body, signature(body))
    assert told is not None
    receive(session(monthly), now)
    payments.receive(replace(told, **of_a_month(monthly, "b")), now=now)  # which month it was, Stripe was asked
    assert running(monthly).returned == 0
    receive(invoice(monthly, "b", at=100), now)
    assert running(monthly).returned == 1000
    assert sorted(monthly.receipts.values_list("kind", flat=True)) == ["payment", "refund", "renewal"]


def of_a_month(order: Order, number: str) -> dict[str, str]:
    return {"invoice_id": f"in_{order.pk}{number}", "subscription_id": f"sub_{order.pk}"}


def test_a_month_that_is_told_by_two_events_before_the_first_payment_is_one_receipt(
    monthly: Order, now: datetime
) -> None:
    for told in (invoice(monthly, "b", at=100), invoice(monthly, "b", at=100), session(monthly)):
        receive(told, now)
    assert sorted(monthly.receipts.values_list("kind", flat=True)) == ["payment", "renewal"]


def test_a_month_of_another_amount_is_told_to_support_once(monthly: Order, now: datetime) -> None:
    receive(session(monthly), now)
    receive(invoice(monthly, "b", at=100, amount_paid=1), now)
    receive(invoice(monthly, "c", at=200), now)
    assert len(to_support()) == 1


# --- in any order ----------------------------------------------------------------------------------------------------


def state(order: Order, now: datetime) -> Any:
    """How an order stands, without its times and numbers."""
    order = Order.objects.select_related("agency").get(pk=order.pk)
    add_on = running(order)
    moments = [bool(order.granted_at), bool(order.closed_at), bool(order.cancelled_at), bool(order.refunded_at)]
    receipts = sorted((each.kind, each.amount, each.external_id, each.url) for each in order.receipts.all())
    ends = "at once" if add_on.ends_at == now else add_on.ends_at
    return moments, order.payment_id, order.subscription_id, add_on.returned, ends, receipts, limit(order.agency)


SEEN: dict[int, Any] = {}  # the first state that an order's events ended in


def end_of(order: Order, told: Any, now: datetime) -> Any:
    """The state after these events; nothing of it stays."""
    with transaction.atomic():
        for each in told:
            receive(each, now)
        reached = state(order, now)
        transaction.set_rollback(True)
    return reached


@pytest.fixture
def offline(till: str, settings: Any) -> None:
    """Events are read, and Stripe is asked nothing."""
    settings.STRIPE_SECRET_KEY = ""


@pytest.mark.usefixtures("offline")
def test_all_orders_of_a_payments_events_end_alike(order: Order, now: datetime) -> None:
    told = [session(order), refund(order, 1900), refund(order, 1900, before=1900), session(order, "expired", at=7)]
    ends = [end_of(order, each, now) for each in itertools.permutations(told)]
    assert ends[0][0] == [True, False, False, True]
    assert all(each == ends[0] for each in ends)


@pytest.mark.usefixtures("offline")
def test_all_orders_of_a_charge_backs_events_end_alike(order: Order, now: datetime) -> None:
    told = [session(order), dispute(order), session(order, "async_payment_succeeded", at=2)]
    ends = [end_of(order, each, now) for each in itertools.permutations(told)]
    assert ends[0][3] == 2000
    assert all(each == ends[0] for each in ends)


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("amount", [1900, None])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_of_a_subscriptions_events_ends_alike(
    monthly: Order, now: datetime, amount: int | None, data: st.DataObject
) -> None:
    told = [
        session(monthly),
        invoice(monthly, at=2),
        invoice_payment(monthly, "b", at=100),
        invoice(monthly, "b", at=100),
        refund(monthly, amount, number="b", at=200),
        deleted(monthly, at=300),
    ]
    mixed = data.draw(st.permutations(told))
    again = data.draw(st.lists(st.sampled_from(told), max_size=2))
    moments, _, subscription_id, returned, *_ = reached = end_of(monthly, [*mixed, *again], now)
    assert (moments, subscription_id) == ([True, False, True, amount is None], f"sub_{monthly.pk}")
    assert returned == (2000 if amount is None else 1000)
    assert reached == SEEN.setdefault(monthly.pk, reached)


@pytest.mark.django_db(transaction=True)
def test_events_that_come_at_once_end_as_those_that_come_in_turn(northwind: Agency, ada: User, now: datetime) -> None:
    order = at_checkout(northwind, ada, now)
    told = [session(order), refund(order, 1900), session(order, "expired", at=7), refund(order, 1900, before=1900)] * 3
    refused = [each for each in at_once(lambda n: receive(told[n], now), people=12) if each]
    assert refused == []
    assert state(order, now)[3] == 2000
    assert order.receipts.count() == 3


def test_the_events_of_one_order_are_not_given_to_another(
    order: Order, rival: Agency, mallory: User, now: datetime
) -> None:
    other = at_checkout(rival, mallory, now)
    receive(session(other), now)
    receive(refund(other), now)
    order.refresh_from_db()
    assert order.is_open
    assert set(PaymentEvent.objects.values_list("order", flat=True)) == {other.pk}


def test_an_event_of_long_ago_is_as_good_as_a_young_one(order: Order, northwind: Agency, now: datetime) -> None:
    """Stripe tells for three days, and support may let it tell again later."""
    receive(session(order), now + timedelta(days=20))
    assert running(order).amount == 2000


def test_what_was_declined_meanwhile_counts_once_it_is_paid(order: Order, northwind: Agency, now: datetime) -> None:
    Order.objects.filter(pk=order.pk).update(closed_at=now, reason="The payment page expired.")
    receive(session(order), now)
    order.refresh_from_db()
    assert (order.closed_at, order.reason) == (None, "")
    assert limit(northwind) == 12_000
