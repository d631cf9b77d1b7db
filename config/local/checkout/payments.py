"""How a payment looks in JSON: the intent, its charge, and what gives the money back."""

from config.local.checkout import JSON, shapes

ANSWER_A_DISPUTE = 14 * 24 * 3600  # seconds


def payment_intent(amount: int, currency: str, *, customer: str | None, metadata: JSON, now: int) -> JSON:
    """Paid at once; `latest_charge` is filled in with its charge."""
    return shapes.thing(
        "payment_intent",
        "pi",
        now,
        amount=amount,
        amount_capturable=0,
        amount_received=amount,
        capture_method="automatic_async",
        confirmation_method="automatic",
        currency=currency,
        customer=customer,
        description=None,
        last_payment_error=None,
        latest_charge=None,
        metadata=metadata,
        payment_method_types=["card"],
        status="succeeded",
    )


def charge(intent: JSON, *, email: str, origin: str) -> JSON:
    made = shapes.thing(
        "charge",
        "ch",
        intent["created"],
        amount=intent["amount"],
        amount_captured=intent["amount"],
        amount_refunded=0,
        balance_transaction=shapes.new_id("txn"),
        billing_details={"address": None, "email": email, "name": None, "phone": None, "tax_id": None},
        captured=True,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        failure_code=None,
        failure_message=None,
        metadata=dict(intent["metadata"]),
        paid=True,
        payment_intent=intent["id"],
        payment_method_details={"type": "card", "card": {"brand": "visa", "last4": "4242"}},
        receipt_email=None,
        receipt_number=None,
        refunded=False,
        status="succeeded",
    )
    return made | {"receipt_url": f"{origin}/receipts/{made['id']}"}


def refund(paid: JSON, amount: int, *, reason: str | None, metadata: JSON, now: int) -> JSON:
    made = shapes.thing(
        "refund",
        "re",
        now,
        amount=amount,
        balance_transaction=shapes.new_id("txn"),
        charge=paid["id"],
        currency=paid["currency"],
        metadata=metadata,
        payment_intent=paid["payment_intent"],
        reason=reason,
        receipt_number=None,
        status="succeeded",
    )
    del made["livemode"]  # a refund has none
    return made


def dispute(paid: JSON, now: int) -> JSON:
    return shapes.thing(
        "dispute",
        "dp",
        now,
        amount=paid["amount"],
        balance_transactions=[],
        charge=paid["id"],
        currency=paid["currency"],
        enhanced_eligibility_types=[],
        evidence={},
        evidence_details={
            "due_by": now + ANSWER_A_DISPUTE,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        is_charge_refundable=False,
        payment_intent=paid["payment_intent"],
        payment_method_details={"type": "card", "card": {"brand": "visa", "network_reason_code": "10.4"}},
        reason="fraudulent",
        status="needs_response",
    )
