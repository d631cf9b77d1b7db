"""Reads what Stripe tells by webhook, held to its signature: ids, and how much money moved, in minor units.

Nothing else of an event is believed. The shapes are those of the API version that the `stripe` package speaks.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from billing import money
from billing.models import PaymentEvent

TOLERANCE = 300  # seconds between signing and arriving
LONGEST = 120  # characters of an id
# Digits after the point where Stripe counts otherwise than ISO 4217: docs.stripe.com/currencies, "special cases".
STRIPE_DIGITS = {"ISK": 2, "UGX": 2, "MGA": 0}
Tells = PaymentEvent.Tells
Object = Mapping[str, Any]
About = dict[str, Any] | None


class NotSigned(Exception):
    """A webhook that Stripe did not sign, or not lately."""


class Unreadable(Exception):
    """Stripe signed it, and it is in no shape that we know."""


@dataclass(frozen=True)
class Told:
    """One event in our words: what it tells, of which ids, and how much money moved. See PaymentEvent."""

    event_id: str
    kind: str
    tells: Tells
    happened_at: datetime
    reference: str = ""
    checkout_id: str = ""
    payment_id: str = ""
    subscription_id: str = ""
    invoice_id: str = ""
    object_id: str = ""
    amount: int | None = None
    currency: str = ""
    url: str = ""


def read(body: bytes, signature: str) -> Told | None:
    """What a webhook tells; None for what is nothing to us. Raises NotSigned and Unreadable."""
    event = signed(body, signature)
    try:
        if event["type"] not in READERS:
            return None
        about = READERS[event["type"]](event["data"]["object"], event["data"].get("previous_attributes") or {})
        happened_at = datetime.fromtimestamp(event["created"], UTC)
        return Told(event_id=event["id"], kind=event["type"], happened_at=happened_at, **about) if about else None
    except (LookupError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise Unreadable(repr(error)) from error


def signed(body: bytes, signature: str) -> Any:
    """The event, once its signature is right and young enough. Raises NotSigned."""
    import stripe

    secret = settings.STRIPE_WEBHOOK_SECRET
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE)
        return json.loads(body)
    except (stripe.SignatureVerificationError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise NotSigned from error


def completed(session: Object, before: Object) -> About:
    """A session that is complete may still wait for its money, as a transfer from a bank does."""
    is_paid = session["payment_status"] in ("paid", "no_payment_required")
    return of_session(session, Tells.PAID if is_paid else Tells.LINKED)


def of_session(session: Object, tells: Tells) -> dict[str, Any]:
    told = {
        "tells": tells,
        "checkout_id": id_of(session["id"]),
        "reference": id_of(session.get("client_reference_id")),
        "payment_id": id_of(session.get("payment_intent")),
        "subscription_id": id_of(session.get("subscription")),
        "invoice_id": id_of(session.get("invoice")),
    }
    return told | (moved(session["amount_total"], session["currency"]) if tells == Tells.PAID else {})


def invoice_paid(invoice: Object, before: Object) -> About:
    is_first = invoice.get("billing_reason") == "subscription_create"
    if not (subscription_id := subscription_of(invoice)):
        return None
    return {
        "tells": Tells.PAID if is_first else Tells.RENEWED,
        "invoice_id": id_of(invoice["id"]),
        "subscription_id": subscription_id,
        "reference": ours(details_of(invoice)),
        "url": web(invoice.get("hosted_invoice_url")),
        **moved(invoice["amount_paid"], invoice["currency"]),
    }


def payment_of_invoice(link: Object, before: Object) -> About:
    payment = link.get("payment") or {}
    told = {"invoice_id": id_of(link.get("invoice")), "payment_id": id_of(payment.get("payment_intent"))}
    return {"tells": Tells.LINKED, **told} if all(told.values()) else None


def refunded(charge: Object, before: Object) -> About:
    """`amount_refunded` counts up with each refund of the charge; what it was before comes along."""
    amount = charge["amount_refunded"] - before.get("amount_refunded", 0)
    return of_charge(charge, Tells.REFUNDED, f"{charge['id']}:{charge['amount_refunded']}", amount) | {
        "reference": ours(charge),
        "url": web(charge.get("receipt_url")),
    }


def charged_back(dispute: Object, before: Object) -> About:
    return of_charge(dispute, Tells.CHARGED_BACK, dispute["id"], dispute["amount"])


def of_charge(charge: Object, tells: Tells, object_id: str, amount: int) -> dict[str, Any]:
    told = {"tells": tells, "payment_id": id_of(charge.get("payment_intent")), "object_id": id_of(object_id)}
    return told | moved(amount, charge["currency"])


def ended(subscription: Object, before: Object) -> About:
    return {"tells": Tells.ENDED, "subscription_id": id_of(subscription["id"]), "reference": ours(subscription)}


READERS: dict[str, Callable[[Object, Object], About]] = {
    "checkout.session.completed": completed,
    "checkout.session.async_payment_succeeded": lambda session, _: of_session(session, Tells.PAID),
    "checkout.session.async_payment_failed": lambda session, _: of_session(session, Tells.EXPIRED),
    "checkout.session.expired": lambda session, _: of_session(session, Tells.EXPIRED),
    "invoice.paid": invoice_paid,
    "invoice_payment.paid": payment_of_invoice,
    "charge.refunded": refunded,
    "charge.dispute.created": charged_back,
    "customer.subscription.deleted": ended,
}


def details_of(invoice: Object) -> Object:
    """What an invoice says of its subscription."""
    return (invoice.get("parent") or {}).get("subscription_details") or {}


def subscription_of(invoice: Object) -> str:
    return id_of(details_of(invoice).get("subscription") or invoice.get("subscription"))


def ours(thing: Object) -> str:
    return id_of((thing.get("metadata") or {}).get("order"))


def id_of(value: Any) -> str:
    """An id, also of something that came as a whole; empty for none, and for one that no id of ours can be."""
    found = value.get("id") if isinstance(value, Mapping) else value
    return found if isinstance(found, str) and len(found) <= LONGEST and "\0" not in found else ""


def moved(amount: Any, currency: Any) -> dict[str, Any]:
    if type(amount) is not int or amount < 0 or not isinstance(currency, str):
        raise LookupError("an amount that is none")
    return {"amount": ours_of(amount, currency.upper()), "currency": currency.upper()[:3]}


def stripes_of(units: int, currency: str) -> int:
    """Minor units as Stripe counts them. Raises ValueError for what it cannot charge to the unit."""
    shift = STRIPE_DIGITS.get(currency, money.digits_of(currency)) - money.digits_of(currency)
    charged: int
    charged, lost = divmod(units * 10 ** max(shift, 0), 10 ** max(-shift, 0))
    if lost or (money.digits_of(currency) == 3 and charged % 10):  # of three digits the last has to be 0
        raise ValueError(f"Stripe charges no {money.shown(units, currency)}.")
    return charged


def ours_of(amount: int, currency: str) -> int:
    """What Stripe counts so, in minor units."""
    shift = STRIPE_DIGITS.get(currency, money.digits_of(currency)) - money.digits_of(currency)
    return int(amount * 10 ** max(-shift, 0) // 10 ** max(shift, 0))


def web(value: Any) -> str:
    """An https address for people to open, or one of the stand-in; else empty."""
    if not isinstance(value, str) or len(value) > 500:
        return ""
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    base = settings.STRIPE_API_BASE
    is_safe = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc
    return value if is_safe or (base and value.startswith(f"{base}/")) else ""
