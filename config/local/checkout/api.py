"""Stripe's API under /v1: who may ask, which function a path leads to, the same answer for the same idempotency key."""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable

from config.local.checkout import JSON, Refused, later, messages, orders, parameters, shapes
from config.local.checkout.messages import Answer, Request
from config.local.checkout.till import Till

READABLE = {
    "checkout/sessions": "checkout.session",
    "subscriptions": "subscription",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "customers": "customer",
    "invoices": "invoice",
    "refunds": "refund",
    "disputes": "dispute",
}
REASONS = {"duplicate", "fraudulent", "requested_by_customer"}


class Api:
    def __init__(self, till: Till, *, key: str) -> None:
        self._till = till
        self._key = key
        self._routes: list[tuple[str, str, Callable[..., JSON]]] = [
            ("POST", "/v1/checkout/sessions", self._open),
            ("POST", "/v1/checkout/sessions/([^/]+)/expire", self._expire),
            ("GET", f"/v1/({'|'.join(READABLE)})/([^/]+)", self._read),
            ("GET", "/v1/invoice_payments", self._invoice_payments),
            ("POST", "/v1/subscriptions/([^/]+)", self._update),
            ("DELETE", "/v1/subscriptions/([^/]+)", self._cancel),
            ("POST", "/v1/refunds", self._refund),
        ]

    def answer(self, request: Request) -> Answer:
        number = shapes.new_id("req", 14)
        try:
            self._admit(request.headers.get("AUTHORIZATION", ""))
            return self._once(request, number)
        except Refused as refusal:
            return messages.told(refusal.body, refusal.status, Request_Id=number)

    def _admit(self, authorization: str) -> None:
        kind, _, given = authorization.partition(" ")
        if kind.lower() == "basic":
            try:
                given = base64.b64decode(given, validate=True).decode().partition(":")[0]
            except ValueError:
                given = ""
        if not given:
            raise Refused("You did not provide an API key. Send it as: Authorization: Bearer YOUR_KEY.", status=401)
        if not hmac.compare_digest(given.encode(), self._key.encode()):
            raise Refused("Invalid API Key provided.", status=401)

    def _once(self, request: Request, number: str) -> Answer:
        """Do it or, for a POST with a key that was used before, say again what was said then."""
        key = request.headers.get("IDEMPOTENCY_KEY", "") if request.method == "POST" else ""
        digest = hashlib.sha256(f"{request.path}\n{request.body}".encode()).hexdigest()
        with self._till.lock:
            before = self._till.records.answers.get(key) if key else None
            if before and before["digest"] != digest:
                raise Refused("This idempotency key was used with other parameters before.", kind="idempotency_error")
            if before:
                return messages.told(before["body"], Request_Id=number, Idempotent_Replayed="true")
            body = self._done(request)
            if key:
                self._till.records.answers[key] = {"digest": digest, "body": body}
                self._till.records.save()
        return messages.told(body, Request_Id=number)

    def _done(self, request: Request) -> JSON:
        fields = parameters.parsed(request.body if request.method == "POST" else request.query)
        for method, pattern, function in self._routes:
            match = re.fullmatch(pattern, request.path)
            if match and method == request.method:
                made = shapes.copied(function(fields, *match.groups()))
                for path in parameters.listed(fields, "expand"):
                    self._expand(made, str(path).split("."))
                return made
        raise Refused(f"Unrecognized request URL ({request.method}: {request.path}).", status=404)

    def _expand(self, at: object, path: list[str]) -> None:
        """Put the whole object where its id is, step by step."""
        if isinstance(at, list):
            for one in at:
                self._expand(one, path)
        elif isinstance(at, dict) and path:
            name, *rest = path
            self._include(at, name)
            if name not in at:
                raise Refused(f"This property cannot be expanded ({name}).", param="expand")
            found = self._till.records.any(at[name]) if isinstance(at[name], str) else None
            at[name] = shapes.copied(found) if found else at[name]
            self._expand(at[name], rest)

    def _include(self, at: JSON, name: str) -> None:
        """What is in an object only for who asks for it."""
        if (at.get("object"), name) == ("invoice", "payments"):
            paid = self._till.records.of("invoice_payment", invoice=at["id"])
            at[name] = shapes.listing([shapes.copied(one) for one in paid], f"/v1/invoices/{at['id']}/payments")
        if (at.get("object"), name) == ("checkout.session", "line_items"):
            lines = [shapes.line_item(line, at["created"]) for line in self._till.order(at).lines]
            at[name] = shapes.listing(lines, f"/v1/checkout/sessions/{at['id']}/line_items")

    def _open(self, fields: JSON) -> JSON:
        return self._till.open(orders.read(fields, now=self._till.now()))

    def _expire(self, fields: JSON, name: str) -> JSON:
        return self._till.expire(name)

    def _read(self, fields: JSON, folder: str, name: str) -> JSON:
        return self._till.records.get(READABLE[folder], name)

    def _invoice_payments(self, fields: JSON) -> JSON:
        """Which invoice a payment belongs to, or which payments an invoice has."""
        parameters.known_only(fields, {"invoice", "payment", "status", "limit", "expand"})
        wanted: JSON = {name: fields[name] for name in ("invoice", "status") if parameters.optional(fields, name)}
        if payment := parameters.folder(fields, "payment"):
            wanted["payment"] = {"type": "payment_intent", "payment_intent": payment.get("payment_intent")}
        return shapes.listing(self._till.records.of("invoice_payment", **wanted), "/v1/invoice_payments")

    def _update(self, fields: JSON, name: str) -> JSON:
        parameters.known_only(fields, {"cancel_at_period_end", "metadata", "expand"})
        ends = parameters.optional(fields, "cancel_at_period_end")
        return later.update(
            self._till,
            self._till.records.get("subscription", name),
            ends=None if ends is None else parameters.switch(ends, "cancel_at_period_end"),
            metadata=parameters.words(fields, "metadata") if "metadata" in fields else None,
        )

    def _cancel(self, fields: JSON, name: str) -> JSON:
        return later.cancel(self._till, self._till.records.get("subscription", name))

    def _refund(self, fields: JSON) -> JSON:
        parameters.known_only(fields, {"payment_intent", "charge", "amount", "reason", "metadata", "expand"})
        amount, reason = parameters.optional(fields, "amount"), parameters.optional(fields, "reason")
        if reason is not None and reason not in REASONS:
            raise Refused(f"Invalid reason: must be one of {', '.join(sorted(REASONS))}.", param="reason")
        return later.refund(
            self._till,
            self._charge(fields),
            amount=None if amount is None else parameters.whole(amount, "amount", least=1),
            reason=reason,
            metadata=parameters.words(fields, "metadata"),
        )

    def _charge(self, fields: JSON) -> JSON:
        records = self._till.records
        if charge := parameters.optional(fields, "charge"):
            return records.get("charge", charge, param="charge")
        intent = parameters.required(fields, "payment_intent")
        return records.get("charge", records.get("payment_intent", intent, param="payment_intent")["latest_charge"])
