"""A chatbot's settings in a real browser: the preview follows what is typed, saving and undoing stay on the page."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Bureau, person, sign_in

pytestmark = pytest.mark.browser


def open_look(page: Page, bureau: Bureau) -> None:
    sign_in(page, bureau, "bo@bakery.example")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Chatbots").click()
    page.get_by_role("link", name="Counter").click()
    page.get_by_role("link", name="Settings", exact=True).last.click()
    page.get_by_role("link", name="Look", exact=True).click()


def test_a_look_is_tried_saved_and_undone_in_place(browser: Browser, bureau: Bureau) -> None:
    page = person(browser, bureau)
    open_look(page, bureau)
    colour = page.locator("#settings-form").get_by_label("Colour")
    before, shown = colour.input_value(), page.frame_locator("iframe[name=look-preview]").locator(".chat")

    page.get_by_role("link", name="Night", exact=True).click()
    page.get_by_text("Conversation", exact=True).click()
    expect(shown.get_by_text("From Monday to Friday, from nine to five.")).to_be_visible()
    expect(shown).to_have_css("color-scheme", "dark")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("button", name="Undo this change").first.click()
    expect(page.get_by_text("Undone.")).to_be_visible()

    expect(colour).to_have_value(before)
    expect(shown).not_to_have_css("color-scheme", "dark")


def test_without_script_a_button_shows_what_is_typed(browser: Browser, bureau: Bureau) -> None:
    page = person(browser, bureau, java_script_enabled=False)
    open_look(page, bureau)
    page.get_by_role("link", name="Identity", exact=True).click()

    page.get_by_role("textbox", name="First message").fill("Good morning!")
    page.get_by_role("button", name="Show what is typed").click()
    expect(page.frame_locator("iframe[name=look-preview]").get_by_text("Good morning!")).to_be_visible()
    page.reload()

    expect(page.get_by_role("textbox", name="First message")).not_to_have_value("Good morning!")
