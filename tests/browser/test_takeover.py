"""A person takes a conversation over in one browser, while the visitor sits at another, and hands it back."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Bureau, link_mailed_to, person, sign_in
from tests.browser.test_pages import serious_faults

pytestmark = pytest.mark.browser
EVIL = "Is <img src=x onerror=\"document.title='run'\"><script>document.title='run'</script> vegan?"


def test_a_person_takes_over_replies_and_hands_back(browser: Browser, bureau: Bureau) -> None:
    agent, visitor = person(browser, bureau), person(browser, bureau, java_script_enabled=False)
    sign_in(agent, bureau, "ada@northwind.example")
    door = address_of(agent, "Counter")
    visitor.goto(door)
    ask(visitor, EVIL)

    open_newest(agent)
    expect(agent.locator(".line.visitor .words")).to_contain_text("<img src=x")
    assert serious_faults(agent, agent.url) == []
    agent.get_by_role("button", name="Take over").click()
    expect(agent.get_by_text("It is yours.")).to_be_visible()

    answers = visitor.locator(".bubble.ai").count()
    ask(visitor, "Are you a person?")
    expect(visitor.locator(".bubble.ai")).to_have_count(answers)
    expect(agent.locator(".line.visitor").last).to_contain_text("Are you a person?")  # by itself

    agent.get_by_label("Reply").fill(f"I am. {EVIL}")
    agent.get_by_role("button", name="Send reply").click()
    expect(agent.locator(".line.person")).to_contain_text("I am.")
    ask(visitor, "Good.")
    expect(visitor.get_by_text("I am. Is <img")).to_be_visible()

    agent.get_by_role("button", name="Hand back").click()
    expect(agent.get_by_text("The chatbot answers again.")).to_be_visible()
    ask(visitor, "When are you open?")
    expect(visitor.locator(".bubble.ai")).to_have_count(answers + 1)
    assert agent.title() != "run"
    told_of_a_visitor(agent, visitor, door)


def told_of_a_visitor(agent: Page, visitor: Page, door: str) -> None:
    """What visitors write is text in the mail to those on duty, and in a file to be opened elsewhere."""
    inbox = agent.url.partition("/conversations/")[0] + "/conversations/"
    ask(visitor, EVIL)
    token = visitor.locator("[name=token]").first.get_attribute("value")
    visitor.request.post(f"{door}person/", form={"token": token or ""})
    link_mailed_to(agent, "ada@northwind.example", "A visitor waits for a person at Counter")
    expect(agent.locator("pre.letter")).to_contain_text("<img src=x")
    assert agent.title() != "run"
    sheet = agent.request.get(f"{inbox}export/?state=pending")
    assert "<img src=x" in sheet.text()
    assert sheet.headers["content-disposition"].startswith("attachment")
    assert sheet.headers["x-content-type-options"] == "nosniff"


def address_of(page: Page, chatbot: str) -> str:
    page.goto("/")
    page.get_by_role("row", name="Bakery").get_by_role("link", name="Bakery").first.click()
    page.get_by_role("row", name=chatbot).get_by_role("link", name=chatbot).click()
    return page.locator("code.copyable").inner_text()


def open_newest(page: Page) -> None:
    """By the chatbot's tab and the keyboard: j to the first row, Enter."""
    page.get_by_label("Chatbot").get_by_role("link", name="Conversations").click()
    expect(page.get_by_text("Filter: Counter")).to_be_visible()
    assert page.title() != "run"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("[data-row]").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Visitor", exact=False, level=1)).to_be_visible()


def ask(page: Page, question: str) -> None:
    page.get_by_label("Message").fill(question)
    page.get_by_role("button", name="Send").click()
