"""The pool is used up in the middle of the day: a pack is bought, and the visitor's next question is answered."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Bureau, person, sign_in

pytestmark = pytest.mark.browser


def test_a_pack_bought_in_the_middle_of_an_exhausted_pool_answers_the_next_question(
    browser: Browser, bureau: Bureau
) -> None:
    owner, support, visitor = (person(browser, bureau) for _ in range(3))
    sign_in(owner, bureau, "ada@northwind.example")
    chat_page = address_of_the_chatbot(owner)
    visitor.goto(chat_page)
    ask(visitor, "Can I bring my dog?")
    expect(visitor.get_by_text("Dogs on a lead").first).to_be_visible()

    leave_nothing_in_the_pool(support, bureau)
    ask(visitor, "When do I sow tomatoes?")
    expect(visitor.get_by_text("I have to take a break for now")).to_be_visible()
    expect(visitor.get_by_text("Sow tomatoes indoors")).to_have_count(0)

    buy_a_pack(owner)
    visitor.get_by_role("button", name="Send").click()  # what was typed stands there still
    expect(visitor.get_by_text("Sow tomatoes indoors").first).to_be_visible()


def address_of_the_chatbot(page: Page) -> str:
    page.goto("/")
    page.get_by_role("link", name="Gardener").first.click()
    return page.locator("code.copyable").inner_text()


def ask(page: Page, question: str) -> None:
    page.get_by_label("Message").fill(question)
    page.get_by_role("button", name="Send").click()


def leave_nothing_in_the_pool(page: Page, bureau: Bureau) -> None:
    """Support excepts the agency from its plan's messages: with its pack it has what it used, and no more."""
    sign_in(page, bureau, "support@bureau.example")
    page.goto("/admin/billing/limitexception/add/")
    agency = page.get_by_role("combobox").first
    agency.click()
    page.locator(".select2-search__field").fill("Northwind")
    page.get_by_role("option", name="Northwind").click()
    page.get_by_label("Limit").select_option("messages")
    page.get_by_label("Amount").fill("8000")
    page.get_by_label("Reason").fill("To see what visitors get")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.get_by_role("heading", name="The limits then")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile("was added successfully|excepted|exception", re.I)).first).to_be_visible()


def buy_a_pack(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Add-ons").first.click()
    row = page.locator("#packs").locator("xpath=ancestor::section").get_by_role("button", name=re.compile("^Buy")).first
    row.click()
    expect(page.get_by_text("no money moves").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^Pay [0-9€]")).click()
    expect(page.get_by_text("is in the pool")).to_be_visible()
