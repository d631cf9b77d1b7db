"""Asks Stripe: for a page to pay on, for the end of a subscription, for what a webhook leaves out.

No other module calls it. Nothing here writes into the database, and nothing here is called inside a transaction. The
SDK is imported where it is used: most processes never need it.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.conf import settings

from billing.models import Order
from billing.webhooks import Tells, Told, id_of, stripes_of, subscription_of, web

if TYPE_CHECKING:
    import stripe

TIMEOUT = 10  # seconds


class Unavailable(Exception):
    """Stripe is slow or failing."""

    def __init__(self) -> None:
        super().__init__("Stripe does not answer at the moment. Nothing was paid: please try again in a minute.")


@dataclass(frozen=True)
class Session:
    """A page to pay on. `url` is empty once it is paid or has expired."""

    id: str
    url: str
    is_paid: bool


def is_ready() -> bool:
    """Whether this Bureau sells through Stripe; else orders are requests to support."""
    return bool(settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRET)


def sells(price: int, currency: str) -> bool:
    """Whether a pack of this price is paid at Checkout."""
    with suppress(ValueError):
        return is_ready() and stripes_of(price, currency) > 0
    return False


def reference(order: Order) -> str:
    """Our word for an order at Stripe, which nobody can guess."""
    return f"{order.pk}-{order.request_key.hex}"


def client() -> "stripe.StripeClient":
    import stripe

    base = settings.STRIPE_API_BASE
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        base_addresses={"api": base} if base else {},
        max_network_retries=1,
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
    )


def ask(question: Callable[["stripe.StripeClient"], Any], *, missing: Any = None) -> Any:
    """Stripe's answer; `missing` where it knows no such thing (any more). Raises Unavailable, without keys too."""
    import stripe

    if not is_ready():
        raise Unavailable
    try:
        return question(client())
    except stripe.InvalidRequestError as error:
        if error.http_status == 404:
            return missing
        raise Unavailable from error
    except stripe.StripeError as error:
        raise Unavailable from error


def open_session(order: Order, *, back: str) -> Session:
    """The order's page to pay on: one for each order, however often one asks. `back` is where both its ends lead."""
    if order.checkout_id:
        found = ask(lambda stripe: stripe.v1.checkout.sessions.retrieve(order.checkout_id))
        return Session(order.checkout_id, "", is_paid=False) if found is None else session_of(found)
    once: Any = {"idempotency_key": reference(order)}
    return session_of(ask(lambda stripe: stripe.v1.checkout.sessions.create(wanted(order, back), once)))


def session_of(found: Any) -> Session:
    is_open = found.status == "open"
    return Session(found.id, web(found.url) if is_open else "", is_paid=found.status == "complete")


def wanted(order: Order, back: str) -> Any:
    known = {"metadata": {"order": reference(order)}}
    price: dict[str, Any] = {
        "currency": order.currency.lower(),
        "unit_amount": stripes_of(order.price, order.currency),
        "product_data": {"name": order.name},
    }
    return {
        "mode": "subscription" if order.recurs else "payment",
        "line_items": [
            {"quantity": 1, "price_data": price | ({"recurring": {"interval": "month"}} if order.recurs else {})}
        ],
        "client_reference_id": reference(order),
        "customer_email": order.ordered_by.email,
        "subscription_data" if order.recurs else "payment_intent_data": known,
        "success_url": f"{back}?paid={order.pk}",
        "cancel_url": f"{back}?unpaid={order.pk}",
        **known,
    }


def cancel(order: Order) -> None:
    """The subscription is not renewed any more. Raises Unavailable."""
    ask(lambda stripe: stripe.v1.subscriptions.update(order.subscription_id, {"cancel_at_period_end": True}))


def end(order: Order) -> None:
    """The subscription ends at once. Raises Unavailable."""
    ask(lambda stripe: stripe.v1.subscriptions.cancel(order.subscription_id))


def complete(told: Told) -> Told:
    """Add what the event of a payment leaves out: where Stripe shows its receipt, and which subscription it was for.

    Raises Unavailable where the answer decides whose money it was.
    """
    if not (told.payment_id and is_ready()):
        return told
    if told.tells == Tells.PAID:
        with suppress(Unavailable):
            return replace(told, url=told.url or receipt_of(told.payment_id))
    if told.tells in (Tells.REFUNDED, Tells.CHARGED_BACK):
        invoice = invoice_of(told.payment_id)
        return replace(told, invoice_id=id_of(invoice.get("id")), subscription_id=subscription_of(invoice))
    return told


def receipt_of(payment_id: str) -> str:
    more: Any = {"expand": ["latest_charge"]}
    payment = ask(lambda stripe: stripe.v1.payment_intents.retrieve(payment_id, more))
    charge = payment and payment.to_dict().get("latest_charge")
    return web(charge.get("receipt_url")) if isinstance(charge, dict) else ""


def invoice_of(payment_id: str) -> Mapping[str, Any]:
    """The invoice that a payment was for; empty for what is paid once."""
    of: Any = {"payment": {"type": "payment_intent", "payment_intent": payment_id}}
    found = ask(lambda stripe: stripe.v1.invoice_payments.list(of))
    if not found or not found.data:
        return {}
    invoice_id = id_of(found.data[0].invoice)
    invoice = ask(lambda stripe: stripe.v1.invoices.retrieve(invoice_id))
    return invoice.to_dict() if invoice else {}
