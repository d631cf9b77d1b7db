"""A visitor's main day: asks, comes back, asks what nobody knows, and begins anew."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Bureau, fits, person, sign_in
from tests.browser.test_takeover import address_of, ask

pytestmark = pytest.mark.browser
KNOWN, UNKNOWN = "When are you open?", "Which moon of Jupiter is the largest?"


def test_a_visitor_asks_and_comes_back(browser: Browser, bureau: Bureau, device: dict[str, Any]) -> None:
    owner, page = person(browser, bureau), person(browser, bureau, **device)
    sign_in(owner, bureau, "ada@northwind.example")
    page.goto(address_of(owner, "Counter"))
    answers = page.locator(".bubble.ai")
    greeting = answers.count()
    ask(page, KNOWN)
    expect(answers).to_have_count(greeting + 1)
    expect(page.get_by_role("button", name="This answer helped")).to_have_count(1)  # it is whole, and kept
    fits(page)
    page.reload()
    expect(page.get_by_text(KNOWN)).to_be_visible()
    ask(page, UNKNOWN)
    expect(answers).to_have_count(greeting + 2)
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    fits(page)
