"""The main job, played in a real browser on the running product: from the public page to *Launched*, with support in
a second browser, a client contact and visitors."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Bureau, link_mailed_to, person, sign_in

pytestmark = pytest.mark.browser
PASSWORD = "a-long-enough-passphrase"
OWNER, CONTACT = "owner@second-agency.example", "contact@first-client.example"
SITE = "https://www.first-client.example/"


def test_the_path_from_the_public_page_to_launched(browser: Browser, bureau: Bureau) -> None:
    support, visitor, contact = (person(browser, bureau) for _ in range(3))
    owner = person(browser, bureau, timezone_id="America/New_York")  # the server's and support's are others

    schedule_a_meeting(owner)
    sign_up(owner)
    sub_workspaces_are_locked(owner)
    ask_for_the_agency_model(owner)
    ask_and_approve(support, bureau, owner)
    expect(owner.locator("h1 .badge")).to_have_text("Agency")  # in the page that was open all the time
    link_mailed_to(support, OWNER, "is an agency now")

    add_a_workspace_with_a_contact(owner)
    chat_page = create_a_taught_chatbot(owner)
    preview_answers(owner)
    ask_as_a_visitor(visitor, chat_page)
    the_dashboard_shows_the_units(owner)

    accept_the_invitation(contact)
    the_contact_sees_nothing_else(contact, owner)

    # The site is on the web, and this Bureau on the machine itself: browsers ask whether the one may reach the other.
    visitor.context.grant_permissions(["local-network-access"], origin=SITE)
    the_chatbot_stands_on_the_clients_site(owner, visitor)
    launch(owner)
    link_mailed_to(support, OWNER, "has launched")


def schedule_a_meeting(page: Page) -> None:
    """In the visitor's own time zone; the invitation is in the mail, and the meeting moves by its link."""
    page.goto("/agency/")
    page.get_by_role("link", name="Schedule a meeting").first.click()
    expect(page.get_by_label("Times are in")).to_have_value("America/New_York")
    page.locator(".slots label").first.click()
    page.get_by_label("Your name").fill("Owner")
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_label("Company").fill("Second Agency")
    page.get_by_label("For how many clients").fill("4")
    page.get_by_label("Messages you expect").fill("9000")
    page.get_by_label("What do you want to do").fill("One chatbot for each of our clients.")
    page.get_by_role("button", name="Book the meeting").click()
    expect(page.get_by_role("heading", name="Your meeting is booked")).to_be_visible()
    expect(page.locator("main")).to_contain_text("America/New York")
    page.goto(link_mailed_to(page, OWNER, "meeting"))
    page.get_by_role("link", name="Move it").click()
    page.locator("details:not([open]) summary").first.click()
    page.locator("details[open] .slots label").last.click()
    page.get_by_role("button", name="Move the meeting").click()
    expect(page.get_by_role("heading", name="Your meeting is booked")).to_be_visible()


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


def ask_and_approve(support: Page, bureau: Bureau, owner: Page) -> None:
    """Support works from *Needs you*; its question and its decision come into the applicant's open page."""
    sign_in(support, bureau, "support@bureau.example")
    support.goto("/admin/")
    support.get_by_role("link", name="Needs you").click()
    expect(support.get_by_text("One chatbot for each of our clients.").first).to_be_visible()
    row = support.get_by_role("row").filter(has_text="Second Agency").filter(has_text="decide, or ask")
    row.get_by_role("link", name="Ask").click()
    support.get_by_label("Question").fill("Which client comes first?")
    support.get_by_role("button", name="Ask this question").click()
    expect(owner.get_by_text("Which client comes first?")).to_be_visible()
    owner.get_by_label("Your answer").fill("The first one.")
    owner.get_by_role("button", name="Send the answer").click()
    support.goto("/admin/")
    support.get_by_role("link", name="Needs you").click()
    row.get_by_role("button", name="Approve").click()
    expect(support.get_by_text("Second Agency is an agency now")).to_be_visible()
    expect(row).to_have_count(0)


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


def the_chatbot_stands_on_the_clients_site(owner: Page, visitor: Page) -> None:
    """The line of the Embed tab, on a page of the client's own site."""
    owner.get_by_role("link", name="First assistant").first.click()
    owner.get_by_role("link", name="Embed").click()
    line = owner.locator("#messenger-code").inner_text()
    page = f'<!doctype html><html lang="en"><title>First Client</title><main><h1>Our shop</h1>{line}</main>'
    visitor.route(f"{SITE}**", lambda route: route.fulfill(body=page, content_type="text/html"))
    visitor.goto(SITE)
    expect(visitor.get_by_role("button", name="Open the conversation")).to_be_visible()
    owner.reload()
    expect(owner.get_by_text("www.first-client.example")).to_be_visible()


def launch(page: Page) -> None:
    page.get_by_role("link", name="Onboarding").first.click()
    page.get_by_role("link", name="See whether you are ready").click()
    expect(page.get_by_role("heading", name="Everything is ready")).to_be_visible()
    page.get_by_role("button", name="Launch Second Agency").click()
    expect(page.get_by_role("heading", name="Scale")).to_be_visible()
    expect(page.locator("h1 .badge")).to_contain_text("Launched")
