"""What happens at the till: a session is opened, and then paid or left to expire.

Each function changes the records under one lock and posts the events that Stripe would send about it.
"""

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from config.local.checkout import JSON, Refused, cycles, orders, payments, shapes
from config.local.checkout.orders import Order
from config.local.checkout.records import Records
from config.local.checkout.webhooks import Postbox

NOBODY = "buyer@example.com"


class Till:
    def __init__(
        self, records: Records, postbox: Postbox, *, origin: str, clock: Callable[[], float] = time.time
    ) -> None:
        self.records = records
        self.postbox = postbox
        self.origin = origin
        self.lock = threading.RLock()
        self._clock = clock

    def now(self) -> int:
        return int(self._clock())

    @contextmanager
    def change(self) -> Iterator[list[JSON]]:
        """The events that are put into the list are posted once the change is kept."""
        events: list[JSON] = []
        with self.lock:
            yield events
            self.records.save()
            for event in events:
                self.postbox.post(event)

    def open(self, order: Order) -> JSON:
        with self.change():
            if order.customer:
                self.records.get("customer", order.customer, param="customer")
            session = self.records.add(shapes.session(order, origin=self.origin, now=self.now()))
            kept = {"id": f"order of {session['id']}", "object": "order"}
            self.records.add(kept | {"order": dataclasses.asdict(order)})
            return session

    def order(self, session: JSON) -> Order:
        return orders.restored(self.records.get("order", f"order of {session['id']}")["order"])

    def expire(self, name: str) -> JSON:
        with self.change() as events:
            session = self._open_session(name)
            session |= {"status": "expired", "url": None}
            events.append(shapes.event("checkout.session.expired", session, now=self.now()))
            return session

    def expire_overdue(self) -> None:
        """There is no clock that strikes: every request looks first whose time is over."""
        with self.lock:
            for session in self.records.of("checkout.session", status="open"):
                if session["expires_at"] <= self.now():
                    self.expire(session["id"])

    def _open_session(self, name: str) -> JSON:
        session = self.records.get("checkout.session", name, param="session")
        if session["status"] != "open":
            raise Refused(f"Only Checkout Sessions with a status of open can do this; it is {session['status']}.")
        return session

    def pay(self, name: str, *, times: int = 1) -> JSON:
        """Pay once; with `times`, the event that tells of it is sent so often, as Stripe may."""
        with self.change() as events:
            session = self._open_session(name)
            order, now = self.order(session), self.now()
            email = order.customer_email or NOBODY
            if order.makes_customer and not session["customer"]:
                session["customer"] = self.records.add(shapes.customer(email, now))["id"]
            session |= {"customer_details": shapes.details(email), "payment_status": "paid"}
            session |= {"status": "complete", "url": None}
            invoice = self._pay_for(session, order)
            events += [shapes.event("checkout.session.completed", session, now=now)] * times
            if invoice:
                events.append(shapes.event("invoice.paid", invoice, now=now))
            return session

    def _pay_for(self, session: JSON, order: Order) -> JSON | None:
        """Make what the payment makes, and return its invoice if there is one."""
        if order.mode == "payment":
            intent = self.charge(session, order, order.payment_metadata)
            session["payment_intent"] = intent["id"]
            return self.bill(session, order, intent, None) if order.makes_invoice else None
        subscription = self.records.add(cycles.subscription(order, customer=session["customer"], now=self.now()))
        session["subscription"] = subscription["id"]
        return self.bill(session, order, self.charge(session, order, {}), subscription)

    def charge(self, session: JSON, order: Order, metadata: JSON) -> JSON:
        intent = payments.payment_intent(
            order.total, order.currency, customer=session["customer"], metadata=dict(metadata), now=self.now()
        )
        intent["description"] = order.description
        charge = payments.charge(intent, email=session["customer_details"]["email"], origin=self.origin)
        intent["latest_charge"] = self.records.add(charge)["id"]
        self.records.add({"id": f"sale of {charge['id']}", "object": "sale", "session": session["id"]})
        return self.records.add(intent)

    def bill(self, session: JSON, order: Order, intent: JSON, subscription: JSON | None) -> JSON:
        first = session["invoice"] is None
        invoice = cycles.invoice(
            order,
            subscription=subscription,
            customer=session["customer"],
            email=session["customer_details"]["email"],
            first=first,
            origin=self.origin,
            now=self.now(),
        )
        self.records.add(cycles.invoice_payment(invoice, intent, self.now()))
        if first:
            session["invoice"] = invoice["id"]
        if subscription:
            subscription["latest_invoice"] = invoice["id"]
        return self.records.add(invoice)

    def charges(self, session: JSON) -> list[JSON]:
        """What was paid for a session: once or, for a subscription, each period; the newest first."""
        names = [sale["id"].removeprefix("sale of ") for sale in self.records.of("sale", session=session["id"])]
        return [self.records.get("charge", name) for name in names]

    def subscription(self, session: JSON) -> JSON:
        return self.records.get("subscription", session["subscription"] or "", param="subscription")
