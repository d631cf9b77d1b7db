"""What comes after the payment: refunds, charge-backs, the end of a period, the end of a subscription."""

from config.local.checkout import JSON, Refused, cycles, payments, shapes
from config.local.checkout.till import Till


def refund(
    till: Till, charge: JSON, *, amount: int | None = None, reason: str | None = None, metadata: JSON | None = None
) -> JSON:
    """`amount` in minor units; without it, all that is left."""
    with till.change() as events:
        left = charge["amount"] - charge["amount_refunded"]
        if charge["disputed"]:
            raise Refused(f"Charge {charge['id']} has been charged back.", code="charge_disputed")
        if left == 0:
            raise Refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
        if amount is not None and amount > left:
            raise Refused(f"Refund amount ({amount}) is greater than unrefunded amount ({left}).", param="amount")
        before = {name: charge[name] for name in ("amount_refunded", "refunded")}
        refund = payments.refund(charge, amount or left, reason=reason, metadata=metadata or {}, now=till.now())
        charge["amount_refunded"] += refund["amount"]
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        events.append(shapes.event("charge.refunded", charge, previous=before, now=till.now()))
        return till.records.add(refund)


def charge_back(till: Till, charge: JSON) -> JSON:
    with till.change() as events:
        if charge["disputed"] or charge["refunded"]:
            raise Refused(f"Charge {charge['id']} is charged back or refunded already.")
        charge["disputed"] = True
        dispute = till.records.add(payments.dispute(charge, till.now()))
        events.append(shapes.event("charge.dispute.created", dispute, now=till.now()))
        return dispute


def update(till: Till, subscription: JSON, *, ends: bool | None, metadata: JSON | None = None) -> JSON:
    """`ends`: whether it is cancelled to the end of the paid period, or goes on; None leaves that as it is."""
    with till.change() as events:
        _must_live(subscription)
        after = dict(subscription)
        if metadata is not None:
            after["metadata"] = subscription["metadata"] | metadata
        if ends is not None:
            reason = "cancellation_requested" if ends else None
            after |= {
                "cancel_at": subscription["items"]["data"][0]["current_period_end"] if ends else None,
                "cancel_at_period_end": ends,
                "canceled_at": till.now() if ends else None,
                "cancellation_details": subscription["cancellation_details"] | {"reason": reason},
            }
        before = {name: subscription[name] for name in after if after[name] != subscription[name]}
        if before:
            subscription |= after
            events.append(_updated(till, subscription, before))
        return subscription


def cancel(till: Till, subscription: JSON) -> JSON:
    """End it now."""
    with till.change() as events:
        _must_live(subscription)
        subscription |= {"status": "canceled", "ended_at": till.now()}
        subscription["canceled_at"] = subscription["canceled_at"] or till.now()
        subscription["cancellation_details"] |= {"reason": "cancellation_requested"}
        events.append(shapes.event("customer.subscription.deleted", subscription, now=till.now()))
        return subscription


def renew(till: Till, session: JSON) -> JSON:
    """The end of the paid period: the next one is paid or, where it was cancelled to this end, there is none."""
    with till.change() as events:
        subscription = till.subscription(session)
        if subscription["cancel_at_period_end"]:
            return cancel(till, subscription)
        _must_live(subscription)
        before = {"items": shapes.copied(subscription["items"]), "latest_invoice": subscription["latest_invoice"]}
        cycles.advance(subscription)
        order = till.order(session)
        invoice = till.bill(session, order, till.charge(session, order, {}), subscription)
        events.append(shapes.event("invoice.paid", invoice, now=till.now()))
        events.append(_updated(till, subscription, before))
        return subscription


def _updated(till: Till, subscription: JSON, before: JSON) -> JSON:
    return shapes.event("customer.subscription.updated", subscription, previous=before, now=till.now())


def _must_live(subscription: JSON) -> None:
    if subscription["status"] == "canceled":
        name = subscription["id"]
        raise Refused(f"No such subscription: '{name}'", status=404, code="resource_missing", param="id")
