"""People come and go, with two browsers open: invited, let in, given another role, removed; and the switcher."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Bureau, link_mailed_to, person, sign_in

pytestmark = pytest.mark.browser
CONTACT = "reader@bookshop.example"


@pytest.fixture
def ada(browser: Browser, bureau: Bureau) -> Page:
    page = person(browser, bureau)
    sign_in(page, bureau, "ada@northwind.example")
    return page


def test_a_contact_is_invited_let_in_given_another_role_and_removed(
    browser: Browser, bureau: Bureau, ada: Page
) -> None:
    contact = person(browser, bureau)
    go_to_bookshop(ada)
    invite(ada)
    accept(contact)
    reads_who_was_here(contact)
    make_viewer(ada)
    may_create_nothing_any_more(contact)
    remove(ada)
    is_out(contact)


def go_to_bookshop(page: Page) -> None:
    """By the keyboard: Ctrl K, a part of the name, Enter."""
    page.keyboard.press("Control+k")
    search = page.get_by_placeholder("Go to a page, a workspace, a chatbot")
    expect(search).to_be_focused()
    search.press_sequentially("oksho")
    expect(page.locator("#palette-found li")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bookshop", level=1)).to_be_visible()
    expect(page.get_by_text("You are in the client workspace Bookshop as staff")).to_be_visible()


def invite(page: Page) -> None:
    page.get_by_role("link", name="Members").click()
    page.get_by_label("E-mail").fill(CONTACT)
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text(f"{CONTACT} gets a mail")).to_be_visible()
    expect(page.get_by_role("row", name=CONTACT)).to_contain_text("Invited")


def accept(page: Page) -> None:
    page.goto(link_mailed_to(page, CONTACT, "invites you to Bookshop"))
    page.get_by_label("Your name").fill("Reader")
    page.get_by_label("Choose a password").fill("a-long-enough-passphrase")
    page.get_by_role("button", name="Set password and join").click()
    expect(page.get_by_role("link", name="Create chatbot").first).to_be_visible()


def reads_who_was_here(page: Page) -> None:
    page.get_by_role("link", name="Access history").click()
    expect(page.get_by_role("row", name="ada@northwind.example")).to_contain_text("Owner")
    page.get_by_role("link", name="Overview").click()


def make_viewer(page: Page) -> None:
    page.reload()
    page.get_by_label("Role of Reader").select_option("viewer")
    page.get_by_role("button", name="Save the role of Reader").click()
    expect(page.get_by_text("Reader is viewer now.")).to_be_visible()


def may_create_nothing_any_more(page: Page) -> None:
    page.get_by_role("link", name="Create chatbot").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You may not do this here")
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="Bookshop", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Create chatbot")).to_have_count(0)


def remove(page: Page) -> None:
    page.get_by_role("link", name="Remove Reader").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Reader is out of Bookshop")).to_be_visible()


def is_out(page: Page) -> None:
    """The page is still open; the next click shows nothing of it."""
    page.get_by_role("link", name="Members").click()
    expect(page.locator("body")).not_to_contain_text("Bookshop")
    page.goto("/")
    expect(page.get_by_role("heading", name="You are in no workspace")).to_be_visible()


def test_the_switcher_works_by_arrows_and_closes_on_escape(ada: Page) -> None:
    ada.locator("details.switcher summary").click()
    expect(ada.get_by_placeholder("Find a workspace")).to_be_focused()
    for _ in range(2):
        ada.keyboard.press("ArrowDown")
    expect(ada.locator("details.switcher li a").nth(1)).to_be_focused()
    ada.keyboard.press("Escape")
    expect(ada.locator("details.switcher summary")).to_be_focused()
    expect(ada.locator("details.switcher")).not_to_have_attribute("open", "")


def test_a_freed_seat_comes_back_with_one_click(ada: Page) -> None:
    ada.get_by_role("link", name="Profile").click()
    ada.get_by_role("link", name="Seats", exact=True).click()
    expect(ada.get_by_role("row", name="vi@bakery.example")).to_contain_text("Idle")
    ada.get_by_role("button", name="Free the seat of vi@bakery.example").click()
    ada.get_by_role("button", name="Undo and give the seat back to vi@bakery.example").click()
    expect(ada.get_by_role("row", name="vi@bakery.example")).to_contain_text("Viewer")
