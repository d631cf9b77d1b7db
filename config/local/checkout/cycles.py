"""Subscriptions and their invoices: how they look in JSON, and where one period ends and the next begins."""

import calendar
from datetime import UTC, datetime, timedelta

from config.local.checkout import JSON, shapes
from config.local.checkout.orders import Line, Order

DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "year": 12}


def after(anchor: int, interval: str, count: int) -> int:
    """`count` intervals after `anchor`, in Unix seconds; a 31st becomes the last day of a shorter month."""
    began = datetime.fromtimestamp(anchor, UTC)
    if interval in DAYS:
        return int((began + timedelta(days=DAYS[interval] * count)).timestamp())
    year, month = divmod(began.year * 12 + began.month - 1 + MONTHS[interval] * count, 12)
    day = min(began.day, calendar.monthrange(year, month + 1)[1])
    return int(began.replace(year=year, month=month + 1, day=day).timestamp())


def next_end(anchor: int, end: int, interval: str, count: int) -> int:
    """The end of the period that begins at `end`, counted from `anchor`, so that short months shift nothing."""
    turns = 1
    while after(anchor, interval, turns * count) <= end:
        turns += 1
    return after(anchor, interval, turns * count)


def subscription(order: Order, *, customer: str, now: int) -> JSON:
    made = shapes.thing(
        "subscription",
        "sub",
        now,
        automatic_tax={"disabled_reason": None, "enabled": False, "liability": None},
        billing_cycle_anchor=now,
        billing_mode={"type": "flexible", "flexible": {"proration_discounts": "included"}},
        billing_schedules=[],
        cancel_at=None,
        cancel_at_period_end=False,
        canceled_at=None,
        cancellation_details={"comment": None, "feedback": None, "reason": None},
        collection_method="charge_automatically",
        currency=order.currency,
        customer=customer,
        description=order.description,
        discounts=[],
        ended_at=None,
        latest_invoice=None,
        metadata=dict(order.payment_metadata),
        start_date=now,
        status="active",
        trial_end=None,
        trial_start=None,
    )
    items = [_item(line, made["id"], now) for line in order.lines]
    return made | {"items": shapes.listing(items, f"/v1/subscription_items?subscription={made['id']}")}


def _item(line: Line, name: str, now: int) -> JSON:
    """The period is here, on the item: a subscription itself has none in this version of the API."""
    item = shapes.thing(
        "subscription_item",
        "si",
        now,
        id=shapes.new_id("si", 14),
        current_period_start=now,
        current_period_end=after(now, line.interval, line.interval_count),
        discounts=[],
        price=shapes.price(line, now),
        quantity=line.quantity,
        subscription=name,
        tax_rates=[],
    )
    del item["livemode"]
    return item


def advance(subscription: JSON) -> None:
    """Every item goes into its next period."""
    for item in subscription["items"]["data"]:
        recurring, end = item["price"]["recurring"], item["current_period_end"]
        item["current_period_start"] = end
        item["current_period_end"] = next_end(
            subscription["billing_cycle_anchor"], end, recurring["interval"], recurring["interval_count"]
        )


def invoice(
    order: Order, *, subscription: JSON | None, customer: str, email: str, first: bool, origin: str, now: int
) -> JSON:
    """A paid invoice: of the subscription's present period, or of one payment."""
    made = _paid(order, customer=customer, email=email, now=now)
    made["hosted_invoice_url"] = made["invoice_pdf"] = f"{origin}/invoices/{made['id']}"
    made["number"] = f"STANDIN-{made['id'][-8:].upper()}"
    if subscription is None:
        lines = [_line(line, made, now) for line in order.lines]
    else:
        made["billing_reason"] = "subscription_create" if first else "subscription_cycle"
        of = {"metadata": dict(subscription["metadata"]), "subscription": subscription["id"]}
        made["parent"] = {"quote_details": None, "subscription_details": of, "type": "subscription_details"}
        pairs = zip(order.lines, subscription["items"]["data"], strict=True)
        lines = [_line(line, made, now, item) for line, item in pairs]
    return made | {"lines": shapes.listing(lines, f"/v1/invoices/{made['id']}/lines")}


def _paid(order: Order, *, customer: str, email: str, now: int) -> JSON:
    return shapes.thing(
        "invoice",
        "in",
        now,
        amount_due=order.total,
        amount_overpaid=0,
        amount_paid=order.total,
        amount_remaining=0,
        amount_shipping=0,
        attempt_count=1,
        attempted=True,
        auto_advance=False,
        automatic_tax={"disabled_reason": None, "enabled": False, "liability": None, "provider": None, "status": None},
        billing_reason="manual",
        collection_method="charge_automatically",
        currency=order.currency,
        customer=customer,
        customer_email=email,
        description=None,
        discounts=[],
        due_date=None,
        effective_at=now,
        ending_balance=0,
        parent=None,
        period_end=now,
        period_start=now,
        starting_balance=0,
        status="paid",
        status_transitions={"finalized_at": now, "marked_uncollectible_at": None, "paid_at": now, "voided_at": None},
        subtotal=order.total,
        total=order.total,
        total_discount_amounts=[],
        total_taxes=[],
    )


def _line(line: Line, bill: JSON, now: int, item: JSON | None = None) -> JSON:
    made = shapes.thing(
        "line_item",
        "il",
        now,
        amount=line.total,
        currency=line.currency,
        description=f"{line.quantity} × {line.name}",
        discountable=True,
        discounts=[],
        invoice=bill["id"],
        parent=None,
        period={"start": now, "end": now},
        quantity=line.quantity,
        subtotal=line.total,
        taxes=[],
    )
    del made["created"]
    if item is not None:
        made["period"] = {"start": item["current_period_start"], "end": item["current_period_end"]}
        made["pricing"] = {
            "type": "price_details",
            "price_details": {"price": item["price"]["id"], "product": item["price"]["product"]},
            "unit_amount_decimal": str(line.unit_amount),
        }
        of = {"proration": False, "subscription": item["subscription"], "subscription_item": item["id"]}
        made["parent"] = {"type": "subscription_item_details", "subscription_item_details": of}
    return made


def invoice_payment(bill: JSON, intent: JSON, now: int) -> JSON:
    """What ties an invoice to its payment: neither names the other in this version of the API."""
    made = shapes.thing(
        "invoice_payment",
        "inpay",
        now,
        amount_paid=intent["amount"],
        amount_requested=intent["amount"],
        currency=intent["currency"],
        invoice=bill["id"],
        is_default=True,
        payment={"type": "payment_intent", "payment_intent": intent["id"]},
        status="paid",
        status_transitions={"canceled_at": None, "paid_at": now},
    )
    del made["metadata"]
    return made
