"""What the chat page's scripts do with people: a thumb is kept, a person is asked for, comes, speaks, and is heard."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Bureau, person, sign_in
from tests.browser.test_takeover import address_of, open_newest

pytestmark = pytest.mark.browser


def test_a_thumb_is_kept_and_a_person_who_was_asked_for_is_heard(browser: Browser, bureau: Bureau) -> None:
    agent, visitor = person(browser, bureau), person(browser, bureau)
    sign_in(agent, bureau, "ada@northwind.example")
    visitor.goto(address_of(agent, "Counter"))
    field = visitor.get_by_label("Message", exact=True)
    field.fill("When are you open?")
    field.press("Enter")
    up = visitor.get_by_role("button", name="This answer helped")
    with visitor.expect_response("**/rate/") as rated:
        up.click()
    assert rated.value.status == 204
    visitor.reload()
    expect(up).to_have_attribute("aria-pressed", "true")

    open_newest(agent)
    agent.get_by_role("button", name="Take over").click()
    expect(agent.get_by_text("It is yours.")).to_be_visible()
    field.fill("Are you a person?")
    field.press("Enter")
    expect(visitor.locator(".state")).to_be_visible()
    agent.get_by_label("Reply").fill("I am Ada.")
    agent.get_by_role("button", name="Send reply").click()
    expect(visitor.locator(".bubble.person")).to_have_text("I am Ada.", timeout=15_000)  # by itself
    agent.get_by_role("button", name="Hand back").click()
    expect(visitor.locator(".state")).to_have_count(2, timeout=25_000)


def test_a_person_is_called_from_the_page_and_comes(browser: Browser, bureau: Bureau) -> None:
    agent, visitor = person(browser, bureau), person(browser, bureau)
    sign_in(agent, bureau, "ada@northwind.example")
    visitor.goto(address_of(agent, "Cakes and catering"))
    visitor.get_by_label("Message", exact=True).fill("May the cake travel by train?")
    visitor.get_by_label("Message", exact=True).press("Enter")
    visitor.get_by_role("button", name="Talk to a person").click()
    expect(visitor.get_by_text("I have called a person.")).to_be_visible()

    agent.get_by_role("navigation", name="Main").get_by_role("link", name="Conversations").last.click()
    agent.get_by_role("link", name="Waiting", exact=True).click()
    agent.locator("[data-row]").first.click()
    expect(agent.locator(".line.visitor").first).to_contain_text("May the cake travel by train?")
    agent.get_by_role("button", name="Take over").click()
    agent.get_by_label("Reply").fill("It may, in a box.")
    agent.get_by_role("button", name="Send reply").click()
    expect(visitor.locator(".bubble.person")).to_have_text("It may, in a box.", timeout=15_000)  # by itself
    agent.get_by_role("button", name="Resolve").click()
    expect(agent.get_by_text("Resolved", exact=True).first).to_be_visible()
