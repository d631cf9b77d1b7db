"""The main job, played in a real browser on the running product: from sign-up to the invited client contact."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Bureau, link_mailed_to, person, sign_in

pytestmark = pytest.mark.browser
PASSWORD = "a-long-enough-passphrase"
OWNER, CONTACT = "owner@second-agency.example", "contact@first-client.example"


def test_the_main_job_from_sign_up_to_the_invited_client(browser: Browser, bureau: Bureau) -> None:
    owner, support, visitor, contact = (person(browser, bureau) for _ in range(4))

    sign_up(owner)
    sub_workspaces_are_locked(owner)
    ask_for_the_agency_model(owner)
    approve(support, bureau)
    owner.goto("/")
    expect(owner.locator("h1 .badge")).to_have_text("Agency")
    link_mailed_to(support, OWNER, "is an agency now")

    add_a_workspace_with_a_contact(owner)
    chat_page = create_a_taught_chatbot(owner)
    preview_answers(owner)
    ask_as_a_visitor(visitor, chat_page)
    the_dashboard_shows_the_units(owner)

    accept_the_invitation(contact)
    the_contact_sees_nothing_else(contact, owner)


def sign_up(page: Page) -> None:
    page.goto("/accounts/signup/")
    page.get_by_label("Name of your company").fill("Second Agency")
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    page.goto(link_mailed_to(page, OWNER, "confirm"))
    page.get_by_role("button", name="Yes, confirm").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


def sub_workspaces_are_locked(page: Page) -> None:
    page.get_by_role("link", name="Profile").click()
    expect(page.get_by_text("Workspaces for clients are locked")).to_be_visible()
    page.get_by_role("link", name="Ask for the agency model").click()


def ask_for_the_agency_model(page: Page) -> None:
    page.get_by_label("Your website").fill("not a web address")
    page.get_by_role("button", name="Send to support").click()
    expect(page.get_by_text("This is not a web address")).to_be_visible()
    page.get_by_label("Your website").fill("https://second-agency.example")
    page.get_by_role("button", name="Send to support").click()
    expect(page.get_by_text("It is support's turn")).to_be_visible()


def approve(page: Page, bureau: Bureau) -> None:
    sign_in(page, bureau, "support@bureau.example")
    page.goto("/admin/agencies/application/")
    page.get_by_role("link", name="Second Agency").click()
    page.get_by_role("button", name="Approve as Agency").click()
    expect(page.get_by_text("Second Agency is an agency now")).to_be_visible()
    expect(page.get_by_role("button", name="Approve as Agency")).to_have_count(0)


def add_a_workspace_with_a_contact(page: Page) -> None:
    page.get_by_role("link", name="Profile").click()
    page.get_by_role("link", name="Add workspace").click()
    page.get_by_label("Name of the workspace").fill("   ")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Please enter a name.")).to_be_visible()
    page.get_by_label("Name of the workspace").fill("First Client")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("E-mail").fill(CONTACT)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("1,000 message units left")).to_be_visible()
    page.get_by_label("Messages per period").fill("500")
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("E-mail")).to_have_value(CONTACT)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Messages per period")).to_have_value("500")
    page.get_by_role("button", name="Create workspace").click()
    expect(page.get_by_role("status").get_by_text("First Client is open.")).to_be_visible()
    page.locator("details.switcher summary").click()
    page.locator("details.switcher").get_by_role("link", name="First Client").click()
    expect(page.get_by_role("heading", name="First Client", level=1)).to_be_visible()


def create_a_taught_chatbot(page: Page) -> str:
    page.get_by_role("link", name="Create chatbot").first.click()
    page.get_by_label("Name of the chatbot").fill("First assistant")
    page.get_by_role("button", name="Create chatbot").click()
    page.get_by_role("link", name="Text", exact=True).click()
    page.get_by_label("Title").fill("Opening hours")
    page.get_by_label("Text", exact=True).fill("We open at 8 am and close at 5 pm. On Sundays we stay closed.")
    page.get_by_role("button", name="Add and learn").click()
    page.get_by_role("link", name="Q&A", exact=True).click()
    page.get_by_label("Question").fill("Do you deliver?")
    page.get_by_label("Answer").fill("Yes, within ten kilometres, for 4 euros.")
    page.get_by_role("button", name="Add and learn").click()
    expect(page.get_by_text("Trained")).to_have_count(2)
    page.get_by_role("link", name="Preview").click()
    return page.locator("code.copyable").inner_text()


def preview_answers(page: Page) -> None:
    frame = page.frame_locator("iframe.preview")
    frame.get_by_label("Message").fill("Do you deliver?")
    frame.get_by_role("button", name="Send").click()
    expect(frame.get_by_text("within ten kilometres")).to_be_visible()
    expect(frame.get_by_text("From: Do you deliver?")).to_be_visible()


def ask_as_a_visitor(page: Page, chat_page: str) -> None:
    page.goto(chat_page)
    page.get_by_label("Message").fill("Are you open on Sundays?")
    page.keyboard.press("Enter")
    expect(page.get_by_text("On Sundays we stay closed.")).to_be_visible()
    expect(page.get_by_text("From: Opening hours")).to_be_visible()
    page.get_by_label("Message").fill("Who won the chess tournament?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("I could not find an answer")).to_be_visible()


def the_dashboard_shows_the_units(page: Page) -> None:
    """Three exchanges of two units: at once in the pool, and in the days once Celery has rolled them up."""
    today = page.locator("details.more tbody tr").first.locator("td").last
    for _ in range(40):
        page.goto("/")
        expect(page.locator(".pool-figure").filter(has_text="units used")).to_contain_text("6")
        page.get_by_text("Message units a day").wait_for()
        if today.count() and (today.text_content() or "").strip() == "6":
            break
        page.wait_for_timeout(1000)
    page.get_by_text("Show as a table").click()
    expect(today).to_have_text("6")
    expect(page.get_by_text("shared, not divided").first).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("First assistant.*6"))).to_be_visible()


def accept_the_invitation(page: Page) -> None:
    page.goto(link_mailed_to(page, CONTACT, "invites you to First Client"))
    page.get_by_label("Your name").fill("Contact")
    page.get_by_label("Choose a password").fill("1234")
    page.get_by_role("button", name="Set password and join").click()
    expect(page.get_by_text("too short")).to_be_visible()
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Set password and join").click()
    expect(page.get_by_role("heading", name="First Client", level=1)).to_be_visible()


def the_contact_sees_nothing_else(contact: Page, owner: Page) -> None:
    contact.locator("details.switcher summary").click()
    expect(contact.locator("details.switcher li")).to_have_count(1)
    expect(contact.locator("body")).not_to_contain_text("Second Agency")
    owner.goto("/")
    answer = contact.goto(owner.url)
    assert answer
    assert answer.status == 404
