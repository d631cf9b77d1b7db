"""An owner's main day: what needs them, which client it is, the inbox of all clients, and the way back."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Bureau, fits, person, sign_in, visible

pytestmark = pytest.mark.browser


def test_an_owner_looks_after_all_clients(browser: Browser, bureau: Bureau, device: dict[str, Any]) -> None:
    page = person(browser, bureau, **device)
    sign_in(page, bureau, "ada@northwind.example")
    reads_what_needs_her(page)
    orders_the_clients_and_goes_back(page)
    resolves_two_conversations_and_takes_it_back(page)
    reads_times_in_her_own_zone(page)


def reads_what_needs_her(page: Page) -> None:
    expect(page.get_by_role("heading", name="Needs you today")).to_be_visible()
    expect(page.get_by_text("units used")).to_be_visible()
    fits(page)


def orders_the_clients_and_goes_back(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Overview").first.click()
    first = page.locator("tbody th").first
    busiest = first.inner_text()
    visible(page, "client").click()
    page.wait_for_url("**/?sort=name")
    visible(page, "client").click()
    page.wait_for_url("**/?sort=-name")
    expect(first).to_contain_text("Northwind")
    page.go_back()
    page.go_back()
    expect(first).to_have_text(busiest)
    page.go_forward()
    page.wait_for_url("**/?sort=name")
    fits(page)


def resolves_two_conversations_and_takes_it_back(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Conversations").first.click()
    page.goto(f"{page.url}?state=bot")
    rows = page.locator(".inbox > li")
    names = [rows.nth(n).locator("a .muted").inner_text() for n in range(2)]
    for n in range(2):
        rows.nth(n).get_by_role("checkbox").check()
    expect(page.get_by_text("2 chosen")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("2 conversations are resolved.")).to_be_visible()
    expect(page.get_by_text(names[0])).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("2 conversations are open again")).to_be_visible()
    expect(page.get_by_text(names[0])).to_have_count(1)
    assert page.url.endswith("?state=bot")


def reads_times_in_her_own_zone(page: Page) -> None:
    newest = page.locator(".inbox time").first
    expect(newest).to_have_attribute("title", re.compile(r"\(Europe/Berlin\)"))
    page.goto("/accounts/time-zone/")
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    page.get_by_role("button", name="Save the time zone").click()
    expect(page.get_by_text("You read times in Asia/Tokyo now.")).to_be_visible()
    page.go_back()
    page.get_by_label("Time zone").select_option("")  # the next device begins anew
    page.get_by_role("button", name="Save the time zone").click()
    expect(page.get_by_text("You read times in the time zone of the agency now.")).to_be_visible()
    fits(page)
