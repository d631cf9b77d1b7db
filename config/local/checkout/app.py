"""The WSGI application: Stripe's API under /v1, and the pages on which a person pays and plays what comes later."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from config.local.checkout import JSON, Refused, later, messages, pages
from config.local.checkout.api import Api
from config.local.checkout.messages import Answer, Request
from config.local.checkout.till import Till

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

STYLE = Path(__file__).with_name("checkout.css")
SHOWN = 50
READING = {"GET", "HEAD"}


class App:
    """`origin` is the only name it answers to, so that no other site's name can lead a browser here."""

    def __init__(self, till: Till, *, origin: str, key: str) -> None:
        self._till = till
        self._origin = origin
        self._api = Api(till, key=key)
        self._read: list[tuple[str, Callable[..., Answer]]] = [
            ("/", self._list),
            ("/checkout.css", self._style),
            ("/pay/([^/]+)", self._pay_page),
            ("/receipts/([^/]+)", self._receipt),
            ("/invoices/([^/]+)", self._invoice),
        ]
        self._write: list[tuple[str, Callable[..., Answer]]] = [
            ("/pay/([^/]+)/(pay|pay-twice)", self._pay),
            ("/pay/([^/]+)/decline", self._decline),
            ("/sessions/([^/]+)/(expire|refund|charge-back|cancel|renew)", self._happen),
        ]

    def __call__(self, environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        try:
            answer = self._answer(messages.received(environ))
        except Refused as refusal:
            answer = pages.refusal(str(refusal), status=refusal.status)
        return messages.sent(answer, start_response, without_body=environ["REQUEST_METHOD"] == "HEAD")

    def _answer(self, request: Request) -> Answer:
        if request.headers.get("HOST", "").lower() != urlsplit(self._origin).netloc.lower():
            raise Refused(f"The stand-in answers at {self._origin} only.", status=421)
        self._till.expire_overdue()
        if request.path.startswith("/v1/"):
            return self._api.answer(request)
        if request.method not in READING and request.headers.get("ORIGIN", self._origin) != self._origin:
            raise Refused("This form was sent from another site.", status=403)
        for pattern, function in self._read if request.method in READING else self._write:
            if match := re.fullmatch(pattern, request.path):
                return function(*match.groups())
        raise Refused("There is no such page.", status=404)

    def _style(self) -> Answer:
        return Answer(STYLE.read_text(), kind="text/css")

    def _session(self, name: str) -> JSON:
        return self._till.records.get("checkout.session", name)

    def _pay_page(self, name: str, *, problem: str = "") -> Answer:
        with self._till.lock:
            session = self._session(name)
            order = self._till.order(session)
            if session["status"] == "complete":
                return pages.sentence("This is paid", "Once is enough.", link=_filled(session), label="On to the shop")
            if session["status"] == "expired":
                text, back = "Start again in the shop; nothing was paid.", order.cancel_url or ""
                return pages.sentence("This session has expired", text, status=410, link=back, label="Back to the shop")
            return pages.pay(session, order, problem=problem)

    def _pay(self, name: str, verb: str) -> Answer:
        """A second click finds it paid, and goes the same way on."""
        with self._till.lock:
            session = self._session(name)
            if session["status"] == "expired":
                return self._pay_page(name)
            if session["status"] == "open":
                self._till.pay(name, times=2 if verb == "pay-twice" else 1)
        self._till.postbox.wait_for_first_attempts()
        return messages.elsewhere(_filled(session))

    def _decline(self, name: str) -> Answer:
        return self._pay_page(name, problem=pages.DECLINED)

    def _happen(self, name: str, verb: str) -> Answer:
        """What a bank, a customer or the calendar would do."""
        with self._till.lock:
            session = self._session(name)
            if verb == "expire":
                self._till.expire(name)
            elif verb in {"refund", "charge-back"}:
                charge = self._charge(session)
                later.refund(self._till, charge) if verb == "refund" else later.charge_back(self._till, charge)
            elif verb == "renew":
                later.renew(self._till, session)
            else:
                later.cancel(self._till, self._till.subscription(session))
        self._till.postbox.wait_for_first_attempts()
        return messages.elsewhere("/")

    def _charge(self, session: JSON) -> JSON:
        for newest in self._till.charges(session):
            return newest
        raise Refused("Nothing was paid here.")

    def _list(self) -> Answer:
        with self._till.lock:
            found = self._till.records.of("checkout.session")[:SHOWN]
            return pages.listing([self._entry(session) for session in found], reversed(self._till.postbox.letters))

    def _entry(self, session: JSON) -> str:
        subscription = self._till.records.any(session["subscription"] or "")
        charge = next(iter(self._till.charges(session)), None)
        return pages.entry(session, self._till.order(session), charge, subscription)

    def _receipt(self, name: str) -> Answer:
        with self._till.lock:
            charge = self._till.records.get("charge", name)
            lines = [charge["description"]] if charge["description"] else []
            return pages.receipt("Receipt", name, charge["amount"], charge["currency"], charge["created"], lines)

    def _invoice(self, name: str) -> Answer:
        with self._till.lock:
            bill = self._till.records.get("invoice", name)
            lines = [line["description"] for line in bill["lines"]["data"]]
            return pages.receipt("Invoice", bill["number"], bill["total"], bill["currency"], bill["created"], lines)


def _filled(session: JSON) -> str:
    """The address of success, with the session's id where the shop asked for it."""
    url = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
    return quote(url, safe=":/?#[]@!$&'()*+,;=%~")
