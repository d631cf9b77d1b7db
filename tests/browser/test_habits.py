"""What people's hands know: a lost connection is told and taken up again, and the keyboard goes anywhere."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Bureau, sign_in

pytestmark = pytest.mark.browser
POOL = re.compile(r"/agencies/\d+/pool/$")


@pytest.fixture
def owner(browser: Browser, bureau: Bureau) -> Page:
    """Ada's browser, on the dashboard. What fails on purpose here, the browser's console may tell."""
    page = browser.new_context(base_url=bureau.url).new_page()
    sign_in(page, bureau, "ada@northwind.example")
    return page


def test_a_panel_that_did_not_come_is_told_and_comes_with_retry(owner: Page) -> None:
    owner.route(POOL, lambda route: route.abort())
    owner.reload()
    toast = owner.get_by_role("alert")
    expect(toast).to_contain_text("The connection was lost")
    expect(owner.locator(".pool-figure").filter(has_text="units used")).to_have_count(0)

    owner.unroute(POOL)
    owner.route(POOL, answer_503)
    toast.get_by_role("button", name="Retry").click()
    expect(toast).to_contain_text("Something failed on our side")

    owner.unroute(POOL)
    toast.get_by_role("button", name="Retry").click()
    expect(owner.locator(".pool-figure").filter(has_text="units used")).to_be_visible()
    expect(toast).to_have_count(0)


def answer_503(route: Route) -> None:
    route.fulfill(status=503, body="Gone for a moment")


def test_the_keyboard_goes_to_a_page_and_to_a_chatbot_and_shows_its_keys(owner: Page) -> None:
    owner.keyboard.press("Control+k")
    search = owner.get_by_placeholder("Go to a page, a workspace, a chatbot")
    expect(search).to_be_focused()
    search.press_sequentially("thresh")
    expect(owner.locator("#palette-found li")).to_have_count(1)
    owner.keyboard.press("Enter")
    expect(owner.get_by_role("heading", name="Alerts", level=1)).to_be_visible()

    owner.keyboard.press("Control+k")
    search.press_sequentially("gardener")
    expect(owner.locator("#palette-found li")).to_have_count(1)
    owner.keyboard.press("ArrowDown")
    owner.keyboard.press("Enter")
    expect(owner.get_by_role("heading", name="Gardener", level=1)).to_be_visible()

    owner.keyboard.press("?")
    expect(owner.get_by_role("dialog").get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    owner.keyboard.press("Escape")
    expect(owner.get_by_role("dialog")).to_have_count(0)
