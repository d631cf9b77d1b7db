"""How Stripe's objects look in JSON: what all have in common, sessions and their prices, and events."""

import copy
import secrets
import string

from config.local.checkout import JSON
from config.local.checkout.orders import Line, Order

API_VERSION = "2026-10-28.endive"
ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    return f"{prefix}_{''.join(secrets.choice(ALPHABET) for _ in range(length))}"


def thing(kind: str, prefix: str, now: int, **fields: object) -> JSON:
    """What all of them have in common."""
    return {"id": new_id(prefix), "object": kind, "created": now, "livemode": False, "metadata": {}} | fields


def listing(items: list[JSON], url: str) -> JSON:
    return {"object": "list", "data": items, "has_more": False, "url": url}


def session(order: Order, *, origin: str, now: int) -> JSON:
    """Open and unpaid. `payment_intent`, `subscription`, `invoice` and `customer` come with the payment."""
    name = new_id("cs_test", 58)
    return thing(
        "checkout.session",
        "cs",
        now,
        id=name,
        amount_subtotal=order.total,
        amount_total=order.total,
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        cancel_url=order.cancel_url,
        client_reference_id=order.client_reference_id,
        currency=order.currency,
        custom_fields=[],
        custom_text=dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
        customer=order.customer,
        customer_creation=None if order.customer else "always" if order.makes_customer else "if_required",
        customer_details={"email": order.customer_email} if order.customer_email else None,
        customer_email=order.customer_email,
        expires_at=order.expires_at,
        invoice=None,
        locale=None,
        metadata=order.metadata,
        mode=order.mode,
        payment_intent=None,
        payment_method_types=["card"],
        payment_status="unpaid",
        setup_intent=None,
        shipping_options=[],
        status="open",
        subscription=None,
        success_url=order.success_url,
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        ui_mode="hosted_page",
        url=f"{origin}/pay/{name}",
    )


def details(email: str) -> JSON:
    return {"address": None, "email": email, "name": None, "phone": None, "tax_exempt": "none", "tax_ids": []}


def customer(email: str, now: int) -> JSON:
    return thing("customer", "cus", now, id=new_id("cus", 14), email=email, name=None, description=None, deleted=False)


def price(line: Line, now: int) -> JSON:
    recurring = {
        "interval": line.interval,
        "interval_count": line.interval_count,
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }
    return thing(
        "price",
        "price",
        now,
        active=True,
        billing_scheme="per_unit",
        currency=line.currency,
        nickname=None,
        product=new_id("prod", 14),
        recurring=recurring if line.interval else None,
        tax_behavior="unspecified",
        type="recurring" if line.interval else "one_time",
        unit_amount=line.unit_amount,
        unit_amount_decimal=str(line.unit_amount),
    )


def line_item(line: Line, now: int) -> JSON:
    return {
        "id": new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": line.total,
        "amount_tax": 0,
        "amount_total": line.total,
        "currency": line.currency,
        "description": line.name,
        "price": price(line, now),
        "quantity": line.quantity,
    }


def copied(thing: JSON) -> JSON:
    return copy.deepcopy(thing)


def event(kind: str, about: JSON, *, now: int, previous: JSON | None = None) -> JSON:
    """What happened to `about`, as it is at this moment; `previous` holds what the changed fields were."""
    data: JSON = {"object": copied(about)}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": now,
        "data": data,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
