"""Support's main day: who waits, and a look at an agency's pages that its people read about."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Bureau, fits, person, sign_in

pytestmark = pytest.mark.browser
REASON = "The charts of last week look odd."


def test_support_sees_who_waits_and_looks_at_an_agency(browser: Browser, bureau: Bureau) -> None:
    """At a desk: the admin is Django's own, and is not played on a phone."""
    page = person(browser, bureau, color_scheme="dark")
    sign_in(page, bureau, "support@bureau.example")
    page.goto("/admin/")
    page.get_by_role("link", name="Needs you").first.click()
    expect(page.get_by_role("link", name="Newcomer").first).to_be_visible()
    expect(page.locator("time[title*='(UTC)']").first).to_be_visible()

    page.goto("/admin/agencies/agency/")
    page.get_by_role("link", name="Northwind").click()
    page.get_by_role("link", name="Look at").first.click()
    page.get_by_label("Reason").fill(REASON)
    page.get_by_role("button", name="Look at the pages").click()
    expect(page.get_by_text("You look at Northwind as support")).to_be_visible()
    expect(page.get_by_text("units used")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_text("You look at Northwind as support")).to_have_count(0)

    owner = person(browser, bureau)
    sign_in(owner, bureau, "ada@northwind.example")
    owner.get_by_role("navigation", name="Main").get_by_role("link", name="Profile").first.click()
    owner.get_by_role("navigation", name="Profile").get_by_role("link", name="Audit log").click()
    expect(owner.get_by_text(REASON).first).to_be_visible()
    fits(owner)
