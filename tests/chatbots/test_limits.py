"""A stranger cannot burn the budget: limits come before units, and hold at half size without Redis."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from agencies.models import Agency
from billing import units
from billing.models import Hold
from chatbots.models import Chatbot
from chatbots.public import limits
from tests.conftest import TOKEN, Visitor

pytestmark = pytest.mark.usefixtures("minute")


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
def test_without_redis_the_limits_hold_at_half_size() -> None:
    assert passed(20, token="one") == limits.PER_VISITOR // 2
    assert passed(50, chatbot_id=2, address="192.0.2.1") == limits.PER_ADDRESS // 2


@pytest.mark.usefixtures("redis_gone")
def test_without_redis_a_visitor_is_answered(visitor: Visitor, baker: Chatbot) -> None:
    assert visitor.ask(baker, "When does the bakery open?").status_code == 200


@pytest.mark.usefixtures("redis_gone")
def test_without_redis_a_site_gets_its_launcher_all_the_same(visitor: Visitor, baker: Chatbot) -> None:
    site = {"Origin": "https://bakery.example"}
    assert visitor.get(f"/c/{baker.public_id}/widget.json", headers=site).status_code == 200
    assert not baker.embeddings.exists()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("2001:0DB8:1:2::1", "2001:db8:1:2:0:0:0:1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::2"),
    ],
)
def test_two_addresses_of_one_visitor_are_counted_together(one: str, other: str) -> None:
    assert passed(30, address=one) == 30
    assert passed(30, address=other) == limits.PER_ADDRESS - 30


@pytest.mark.parametrize(
    ("one", "other"),
    [("2001:db8:1:2::1", "2001:db8:1:3::1"), ("192.0.2.1", "192.0.2.2"), ("no address", "none either"), ("", "::1")],
)
def test_two_visitors_addresses_are_counted_apart(one: str, other: str) -> None:
    passed(50, address=one)
    assert passed(1, address=other) == 1


def passed_in_each_minute(clock: SimpleNamespace, minutes: int, count: int, **whom: str) -> int:
    """How many pass when `count` are sent in every minute."""
    through = 0
    for _ in range(minutes):
        through += passed(count, **whom)
        clock.now += limits.MINUTE
    return through


def test_an_address_that_goes_on_for_an_hour_waits_for_the_next(minute: SimpleNamespace) -> None:
    assert passed_in_each_minute(minute, 12, 40, address="192.0.2.1") == limits.PER_ADDRESS_AND_HOUR
    minute.now += limits.HOUR
    assert passed(1, address="192.0.2.1") == 1


def test_a_chatbot_that_a_crowd_asks_all_day_rests_until_the_next(
    minute: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PER_CHATBOT_AND_DAY", 100)
    assert passed_in_each_minute(minute, 6, 20) == 100
    minute.now += limits.DAY
    assert passed(1) == 1


def test_what_an_address_is_refused_does_not_count_against_the_chatbot(
    minute: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PER_CHATBOT", 50)
    passed_in_each_minute(minute, 3, 150, address="192.0.2.1")
    assert passed(60) == 50


def test_a_day_at_the_limit_leaves_an_agencys_month_some_units(northwind: Agency) -> None:
    assert northwind.message_limit > limits.PER_CHATBOT_AND_DAY * units.MOST_PER_EXCHANGE


def test_who_has_to_wait_long_is_not_told_to_wait_a_minute(
    visitor: Visitor, baker: Chatbot, minute: SimpleNamespace
) -> None:
    passed_in_each_minute(minute, 9, 40, address="127.0.0.1")
    answer = visitor.ask(baker, "When do you open?")
    assert answer.status_code == 429
    assert b"That was a lot for today" in answer.content
    assert not Hold.objects.exists()


@pytest.mark.usefixtures("redis_gone")
def test_without_redis_the_long_windows_stop_nobody(minute: SimpleNamespace) -> None:
    assert passed_in_each_minute(minute, 20, 20, address="192.0.2.1") == 20 * 20


@pytest.mark.parametrize("what", ["leave", "person"])
def test_whatever_a_visitor_sends_counts_against_the_limit_of_the_chatbot(
    visitor: Visitor, baker: Chatbot, what: str
) -> None:
    baker.without_answer, baker.per_visitor = Chatbot.WithoutAnswer.PERSON, 2
    baker.save()
    sent = {"token": TOKEN, "request_key": str(uuid4()), "name": "V", "email": "v@mail.example", "text": "Hello"}
    statuses = [visitor.post(f"/c/{baker.public_id}/{what}/", sent).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert visitor.ask(baker, "When do you open?").status_code == 429
