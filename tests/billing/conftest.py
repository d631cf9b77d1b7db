"""Stripe, as far as the tests of billing need it: the stand-in on a real socket."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from config.local.checkout import server
from tests.billing.selling import KEY, SECRET


@pytest.fixture(scope="session")
def standin() -> Iterator[str]:
    """The address of a stand-in for Stripe, which tells nobody what happens."""
    nowhere = "http://127.0.0.1:9/"
    serving = server.opened("127.0.0.1", 0, key=KEY, webhook=nowhere, secret=SECRET, pauses=())
    threading.Thread(target=serving.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    serving.server_close()


@pytest.fixture
def till(settings: Any, standin: str) -> str:
    """Sell through Stripe; its address."""
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API_BASE = KEY, SECRET, standin
    return standin
