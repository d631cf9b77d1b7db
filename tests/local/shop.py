"""A shop beside the stand-in for Stripe: asks through Stripe's own SDK, and takes the events on a web server."""

import http.client
import json
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

import stripe

from tests.local.starts import wait_for

KEY, SECRET = "sk_test_tests", "whsec_tests"
HOSTILE = """<script>alert('1')</script>"&{"""


class Clock:
    """The time, as the stand-in reads it."""

    ahead = 0

    def __call__(self) -> float:
        return time.time() + self.ahead


@dataclass
class Received:
    body: bytes
    signature: str

    @property
    def event(self) -> Any:
        return stripe.Webhook.construct_event(self.body, self.signature, SECRET)


@dataclass
class Page:
    status: int
    text: str
    leads_to: str
    headers: Any


@dataclass
class Shop:
    """`refusals` are the statuses that the shop's webhook answers with before it takes an event."""

    url: str
    received: list[Received]
    refusals: list[int]
    clock: Clock
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = stripe.StripeClient(KEY, base_addresses={"api": self.url}, max_network_retries=0).v1

    def order(self, name: str = "5,000 messages", *, amount: int = 4900, **more: Any) -> Any:
        """A new checkout session for a pack that is paid once."""
        return self.client.checkout.sessions.create(**self._asked("payment", name, amount, {}, more))

    def subscribe(self, name: str = "5,000 messages", *, amount: int = 4900, **more: Any) -> Any:
        every_month = {"recurring": {"interval": "month"}}
        return self.client.checkout.sessions.create(**self._asked("subscription", name, amount, every_month, more))

    def _asked(self, mode: str, name: str, amount: int, price: Any, more: Any) -> Any:
        price = {"currency": "eur", "unit_amount": amount, "product_data": {"name": name}} | price
        params = {
            "mode": mode,
            "line_items": [{"price_data": price, "quantity": 1}],
            "success_url": "http://shop.example/done?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://shop.example/back",
        }
        options = {"idempotency_key": more.pop("key")} if "key" in more else {}
        return {"params": params | more, "options": options}

    def bought(self, **more: Any) -> Any:
        return self._paid(self.order(**more))

    def subscribed(self, **more: Any) -> Any:
        return self._paid(self.subscribe(**more))

    def _paid(self, session: Any) -> Any:
        self.click(f"/pay/{session.id}/pay")
        return self.client.checkout.sessions.retrieve(session.id)

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> Page:
        """What a browser would show, without following where the answer leads to."""
        with closing(http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=20)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Page(answer.status, answer.read().decode(), answer.getheader("Location", ""), answer.headers)

    def read(self, path: str) -> str:
        return self.ask("GET", path).text

    def click(self, path: str, **headers: str) -> Page:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode({}), **kind | headers)

    def heard(self, kind: str, count: int = 1) -> Any:
        """The newest event of a kind, once `count` of them have come."""
        wait_for(lambda: len(self.events(kind)) >= count)
        return self.events(kind)[-1]

    def events(self, kind: str) -> list[Any]:
        return [received.event for received in list(self.received) if json.loads(received.body)["type"] == kind]


def receiver(received: list[Received], refusals: list[int]) -> ThreadingHTTPServer:
    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append(Received(body, self.headers["Stripe-Signature"]))
            self.send_response(refusals.pop(0) if refusals else 200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Webhook)


def in_background(serve: Callable[..., None]) -> None:
    threading.Thread(target=serve, args=(0.01,), daemon=True).start()
