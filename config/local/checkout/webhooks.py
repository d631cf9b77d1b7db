"""Sends events to the webhook as Stripe does: signed, in no certain order, and again when there was no 2xx."""

import hashlib
import hmac
import http.client
import json
import threading
import time
from collections import deque
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from config.local.checkout import JSON

PAUSES = (1.0, 4.0, 15.0, 60.0)  # seconds before the second attempt and those after it
TIMEOUT = 10.0
REMEMBERED = 40
NO_ANSWER = "no answer"


def signature(secret: str, body: bytes, *, at: int) -> str:
    """The header `Stripe-Signature`: the time, and proof that who sent it and this body knows the secret."""
    signed = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={signed.hexdigest()}"


@dataclass
class Letter:
    """One sending of an event. `answer` is the last status, or that there was none."""

    event: JSON
    attempts: int = 0
    answer: str = ""
    tried: threading.Event = field(default_factory=threading.Event)

    @property
    def arrived(self) -> bool:
        return self.answer.startswith("2")


class Postbox:
    """Redirects are not followed and proxies not used: what is no 2xx from the webhook itself did not arrive."""

    def __init__(self, url: str, secret: str, *, pauses: tuple[float, ...] = PAUSES) -> None:
        self._url = urlsplit(url)
        self._secret = secret
        self._pauses = pauses
        self._closed = threading.Event()
        self.letters: deque[Letter] = deque(maxlen=REMEMBERED)

    def post(self, event: JSON) -> None:
        letter = Letter(event)
        self.letters.append(letter)
        threading.Thread(target=self._deliver, args=(letter,), daemon=True).start()

    def wait_for_first_attempts(self, seconds: float = TIMEOUT) -> None:
        deadline = time.monotonic() + seconds
        for letter in list(self.letters):
            letter.tried.wait(max(0.0, deadline - time.monotonic()))

    def close(self) -> None:
        """Nothing is sent again."""
        self._closed.set()

    def _deliver(self, letter: Letter) -> None:
        body = json.dumps(letter.event, indent=2, ensure_ascii=False).encode()
        for pause in (0.0, *self._pauses):
            if self._closed.wait(pause):
                return
            letter.answer = self._send(body)
            letter.attempts += 1
            letter.tried.set()
            if letter.arrived:
                return

    def _send(self, body: bytes) -> str:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(self._secret, body, at=int(time.time())),
            "User-Agent": "Stand-in for Stripe",
        }
        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        try:
            with closing(kind(self._url.netloc, timeout=TIMEOUT)) as connection:
                connection.request("POST", self._url.path or "/", body, headers)
                return str(connection.getresponse().status)
        except (OSError, http.client.HTTPException):
            return NO_ANSWER
