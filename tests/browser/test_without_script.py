"""The console's flows with script off: every step is a form or a link, and says what came of it."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Bureau, person, sign_in

pytestmark = pytest.mark.browser
CLIENT = "Paper mill"


def test_the_consoles_main_flows_need_no_script(browser: Browser, bureau: Bureau) -> None:
    page = person(browser, bureau, java_script_enabled=False)
    sign_in(page, bureau, "ada@northwind.example")

    panels_are_links(page)
    go_to_profile_by_the_palette(page)
    add_a_workspace(page)
    invite(page)
    create_a_chatbot(page)
    add_a_source(page)
    save_and_undo_settings(page)
    allocate_and_undo(page)
    filter_the_ledger(page)
    resolve_two_conversations(page)


def panels_are_links(page: Page) -> None:
    page.get_by_role("link", name="Message quota").click()
    expect(page.get_by_text("units used")).to_be_visible()
    page.go_back()


def go_to_profile_by_the_palette(page: Page) -> None:
    page.get_by_role("link", name="Go to …").click()
    page.get_by_label("Go to a page, a workspace or a chatbot").fill("clients profile")
    page.keyboard.press("Enter")
    page.locator("#palette-found").get_by_role("link", name="Profile").click()
    expect(page.get_by_role("heading", name="Profile", level=1)).to_be_visible()


def add_a_workspace(page: Page) -> None:
    page.get_by_role("link", name="Add workspace").first.click()
    page.get_by_label("Name of the workspace").fill(CLIENT)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Messages per period").fill("300")
    page.get_by_role("button", name="Create workspace").click()
    expect(page.get_by_text(f"{CLIENT} is open.")).to_be_visible()
    page.locator("main").get_by_role("link", name=CLIENT).first.click()


def invite(page: Page) -> None:
    page.get_by_role("link", name="Members").click()
    page.get_by_label("E-mail").fill("miller@paper-mill.example")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("row", name="miller@paper-mill.example")).to_contain_text("Invited")


def create_a_chatbot(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Chatbots").click()
    page.get_by_role("link", name="Create chatbot").first.click()
    page.get_by_label("Name of the chatbot").fill("Miller")
    page.get_by_role("button", name="Create chatbot").click()
    expect(page.get_by_role("heading", name="Miller", level=1)).to_be_visible()


def add_a_source(page: Page) -> None:
    page.get_by_role("link", name="Data Sources").first.click()
    page.get_by_role("link", name="Q&A", exact=True).click()
    page.get_by_label("Question").fill("Do you make envelopes?")
    page.get_by_role("button", name="Add and learn").click()
    expect(page.locator(".errors").first).to_be_visible()
    expect(page.get_by_label("Question")).to_have_value("Do you make envelopes?")
    page.get_by_label("Answer").fill("Yes, in all sizes.")
    page.get_by_role("button", name="Add and learn").click()
    expect(page.get_by_text("Trained")).to_be_visible()


def save_and_undo_settings(page: Page) -> None:
    page.get_by_label("Chatbot").get_by_role("link", name="Settings").click()
    message = page.get_by_role("textbox", name="First message")
    before = message.input_value()
    message.fill("Good morning from the mill!")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("button", name="Undo this change").first.click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    expect(message).to_have_value(before)


def allocate_and_undo(page: Page) -> None:
    page.get_by_role("link", name="Allocation").click()
    page.get_by_role("row", name=CLIENT).get_by_role("link").last.click()
    cap = page.locator(".allocate input[name=cap]")
    expect(cap).to_have_value("300")
    cap.fill("500")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview-words li").first).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("row", name=f"{CLIENT} 0 500")).to_be_visible()
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_role("row", name=f"{CLIENT} 0 300")).to_be_visible()


def filter_the_ledger(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Ledger").first.click()
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("Workspace").select_option(label="Bookshop")
    page.get_by_role("button", name="Show").click()
    rows = page.locator("table.ledger tbody tr")
    expect(rows.filter(has_text="Bookseller").first).to_be_visible()
    expect(rows.filter(has_text="Counter")).to_have_count(0)
    assert "workspace=" in page.url


def resolve_two_conversations(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Conversations").first.click()
    page.goto(f"{page.url}?state=bot")
    for n in range(2):
        page.locator(".inbox > li").nth(n).get_by_role("checkbox").check()
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("2 conversations are resolved.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("2 conversations are open again")).to_be_visible()
