"""Caps: optional ceilings. One below what is used takes nothing back, and the page says what happens."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from agencies.models import User
from billing import pools, units
from workspaces.models import Workspace

EMPTY = {"message_cap": "", "source_cap": "", "seat_cap": ""}


@pytest.fixture
def browser(ada: User, sign_in: Any) -> Client:
    return sign_in(ada)


@pytest.fixture
def page(bakery: Workspace) -> str:
    return f"/workspaces/{bakery.pk}/caps/"


@pytest.fixture
def used(bakery: Workspace, now: datetime) -> int:
    """Bakery has used two units."""
    held = pools.hold(bakery, chatbot_id=1, key="a", fingerprint="", units=3, now=now)
    return pools.settle(held, {1: units.visitor("?"), 2: units.ai("!")}, now=now)


def said(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def test_caps_are_set_and_emptied(browser: Client, page: str, bakery: Workspace) -> None:
    browser.post(page, {"message_cap": "2,000", "source_cap": "0", "seat_cap": "3"})
    bakery.refresh_from_db()
    assert (bakery.message_cap, bakery.source_cap, bakery.seat_cap) == (2000, 0, 3)
    answer = browser.post(page, EMPTY, follow=True)
    bakery.refresh_from_db()
    assert (bakery.message_cap, bakery.source_cap, bakery.seat_cap) == (None, None, None)
    assert "draws on the shared pool" in said(answer)


@pytest.mark.parametrize("cap", [0, 1, 2])
def test_a_cap_at_or_below_what_is_used_is_allowed_and_says_what_happens(
    browser: Client, page: str, bakery: Workspace, used: int, cap: int, now: datetime
) -> None:
    answer = browser.post(page, {**EMPTY, "message_cap": str(cap)}, follow=True)
    assert f"has used {used} message units, and its cap is {cap}" in said(answer)
    assert "Nothing that was used is taken back" in said(answer)
    with pytest.raises(pools.CapReached):
        pools.hold(bakery, chatbot_id=1, key="b", fingerprint="", units=1, now=now)


def test_a_cap_above_what_is_used_says_what_is_left(browser: Client, page: str, used: int) -> None:
    answer = browser.post(page, {**EMPTY, "message_cap": "1002"}, follow=True)
    assert "may use 1,000 more message units" in said(answer)


@pytest.mark.parametrize("field", EMPTY)
@pytest.mark.parametrize("value", ["-1", "1.5", "many", "9" * 30, "2147483648", "NaN", "0x10", "١٢x"])
def test_a_cap_that_is_no_number_is_refused_at_its_field(
    browser: Client, page: str, bakery: Workspace, field: str, value: str
) -> None:
    answer = browser.post(page, {**EMPTY, field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    bakery.refresh_from_db()
    assert (bakery.message_cap, bakery.source_cap, bakery.seat_cap) == (None, None, None)


@pytest.mark.parametrize("who", ["bo", "vi", "analyst"])
def test_a_client_does_not_lift_its_own_cap(
    page: str, bakery: Workspace, who: str, sign_in: Any, request: pytest.FixtureRequest
) -> None:
    answer = sign_in(request.getfixturevalue(who)).post(page, {**EMPTY, "message_cap": "999999"})
    assert answer.status_code == 403
    bakery.refresh_from_db()
    assert bakery.message_cap is None


def test_a_client_sees_its_own_use_and_nothing_of_the_pool(
    bo: User, bakery: Workspace, used: int, sign_in: Any
) -> None:
    answer = sign_in(bo).get(f"/workspaces/{bakery.pk}/use/")
    assert answer.status_code == 200
    assert b"10,000" not in answer.content
    assert b"Northwind" not in answer.content
