"""A client contact's main day: what was asked, teaching the chatbot, and who was here."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Bureau, fits, person, sign_in, visible

pytestmark = pytest.mark.browser


def test_a_contact_looks_after_the_own_chatbot(browser: Browser, bureau: Bureau, device: dict[str, Any]) -> None:
    page = person(browser, bureau, **device)
    sign_in(page, bureau, "bo@bakery.example")
    expect(page.get_by_role("heading", name="Bakery", level=1)).to_be_visible()
    fits(page)
    finds_what_was_not_answered(page)
    keeps_the_sources_in_order(page)
    reads_who_was_here(page)


def finds_what_was_not_answered(page: Page) -> None:
    """By a filter that stands in the address: the conversation that it leaves leads back to it."""
    menu(page, "Conversations")
    page.locator("main").get_by_role("link", name="Unanswered", exact=True).click()
    page.wait_for_url("**unanswered=on**")
    filtered = page.url
    page.locator("[data-row]").first.click()
    expect(page.locator(".line.visitor").first).to_be_visible()
    fits(page)
    page.go_back()
    assert page.url == filtered
    expect(page.locator("[data-row]").first).to_be_visible()


def keeps_the_sources_in_order(page: Page) -> None:
    menu(page, "Overview")
    page.locator("main").get_by_role("link", name="Cakes and catering").first.click()
    page.get_by_label("Chatbot").get_by_role("link", name="Data Sources").click()
    visible(page, "name").click()
    page.wait_for_url("**/?sort=name")
    boxes = page.get_by_role("row").get_by_role("checkbox")
    page.get_by_text("Choose all").click()
    expect(boxes.last).to_be_checked()
    boxes.first.uncheck()
    chosen = boxes.count() - 1
    fits(page)
    page.get_by_role("button", name="Delete …").click()
    expect(page.get_by_role("heading", name=f"Delete {chosen} data sources?")).to_be_visible()
    page.get_by_role("link", name="Keep them").click()
    boxes.first.check()
    page.get_by_role("button", name="Retrain").first.click()
    expect(page.get_by_text("1 data source is being learned anew.")).to_be_visible()


def reads_who_was_here(page: Page) -> None:
    menu(page, "Access history")
    expect(page.get_by_role("heading", name="Access history")).to_be_visible()
    fits(page)


def menu(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name).first.click()
