"""A stranger cannot burn the budget: limits come before units, and hold at half size without Redis."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from billing.models import Hold
from chatbots.models import Chatbot
from chatbots.public import limits
from tests.conftest import Visitor


@pytest.fixture(autouse=True)
def minute(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A clock that stands still until the test turns it."""
    clock = SimpleNamespace(now=1_800_000_000)
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: clock.now))
    return clock


@pytest.fixture
def redis_gone(settings: Any) -> None:
    nowhere = {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/redis.sock"}
    settings.CACHES = {"default": nowhere}


def request(address: str = "203.0.113.7", **headers: str) -> HttpRequest:
    return RequestFactory().post("/", REMOTE_ADDR=address, headers=headers)


def passed(count: int, *, chatbot_id: int = 1, token: str = "", address: str = "") -> int:
    """How many of `count` messages pass; an empty token or address is another one each time."""
    through = 0
    for number in range(count):
        try:
            limits.check(
                request(address or f"198.51.100.{number}"), chatbot_id=chatbot_id, token=token or f"visitor {number}"
            )
        except limits.TooMany:
            continue
        through += 1
    return through


def test_a_visitor_who_asks_too_often_waits_and_pays_nothing(visitor: Visitor, baker: Chatbot) -> None:
    answers = [visitor.ask(baker, "When do you open?").status_code for _ in range(limits.PER_VISITOR + 1)]
    assert answers == [200] * limits.PER_VISITOR + [429]
    assert Hold.objects.count() == limits.PER_VISITOR


def test_one_visitor_one_address_one_chatbot_each_have_a_limit() -> None:
    assert passed(20, token="one") == limits.PER_VISITOR
    assert passed(50, chatbot_id=2, address="192.0.2.1") == limits.PER_ADDRESS
    assert passed(650, chatbot_id=3) == limits.PER_CHATBOT


def test_the_next_minute_is_a_new_one(minute: SimpleNamespace) -> None:
    assert passed(20, token="one") == limits.PER_VISITOR
    minute.now += limits.MINUTE
    assert passed(20, token="one") == limits.PER_VISITOR


def test_one_chatbots_crowd_does_not_stop_another() -> None:
    passed(650, chatbot_id=1)
    assert passed(1, chatbot_id=2) == 1


def test_a_forged_address_is_not_believed(settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = 0
    assert limits.address_of(request("192.0.2.1", **{"X-Forwarded-For": "198.51.100.9"})) == "192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "address"), [(1, "10.0.0.2"), (2, "198.51.100.9"), (3, "1.1.1.1"), (4, "192.0.2.1")]
)
def test_behind_proxies_the_address_is_what_the_first_trusted_one_saw(
    settings: Any, proxies: int, address: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    forwarded = {"X-Forwarded-For": "1.1.1.1, 198.51.100.9, 10.0.0.2"}
    assert limits.address_of(request("192.0.2.1", **forwarded)) == address


@pytest.mark.usefixtures("redis_gone")
def test_without_redis_the_limits_hold_at_half_size(minute: SimpleNamespace) -> None:
    minute.now += 10 * limits.MINUTE
    assert passed(20, token="one") == limits.PER_VISITOR // 2
    assert passed(50, chatbot_id=2, address="192.0.2.1") == limits.PER_ADDRESS // 2


@pytest.mark.usefixtures("redis_gone")
def test_without_redis_a_visitor_is_answered(visitor: Visitor, baker: Chatbot, minute: SimpleNamespace) -> None:
    minute.now += 20 * limits.MINUTE
    assert visitor.ask(baker, "When does the bakery open?").status_code == 200
