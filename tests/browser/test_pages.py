"""Every main page, as staff and as a client sees it: readable by axe, no wider than a phone, quiet on the console."""

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Bureau, person, sign_in

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 850}


def pages_of_staff(page: Page) -> list[str]:
    """The console's pages, found by following the links a person follows."""
    page.goto("/")
    dashboard = page.url
    page.get_by_role("row", name="Bakery").get_by_role("link", name="Bakery").first.click()
    expect(page.get_by_role("heading", name="Bakery", level=1)).to_be_visible()
    workspace = page.url
    page.get_by_role("row", name="Counter").get_by_role("link", name="Counter").click()
    expect(page.locator("iframe.preview")).to_be_visible()
    chatbot = page.url
    agency = ["", "workspaces/", "workspaces/new/", "agency/", "team/", "seats/", "audit/", "audit/?who=nobody"]
    agency += ["allocation/", "allocation/seats/", "allocation/sources/", "add-ons/", "alerts/", "ledger/"]
    agency += ["conversations/", "blueprints/"]
    inside = [
        "",
        "members/",
        "rename/",
        "settings/",
        "archive/",
        "delete/",
        "access/",
        "audit/",
        "chatbots/new/",
        "conversations/",
        "conversations/?unanswered=on",
        "conversations/rules/",
        "unanswered/",
        "leads/",
        "leads/?show=done",
    ]
    bot = [
        "",
        "settings/identity/",
        "settings/behaviour/",
        "settings/look/",
        "settings/availability/",
        "blueprint/",
        "embed/",
        "sources/",
        "sources/text/",
        "sources/qa/",
        "sources/website/",
        "move/",
        "clone/",
        "delete/",
    ]
    places = [(dashboard, agency), (workspace, inside), (chatbot, bot)]
    return ["/switch/", "/accounts/", *(place + page for place, pages in places for page in pages)]


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_have_no_serious_fault_and_fit_a_phone(browser: Browser, bureau: Bureau, scheme: str) -> None:
    page = person(browser, bureau, viewport=DESKTOP, color_scheme=scheme)
    sign_in(page, bureau, "ada@northwind.example")

    faults = {
        url: faults_of(page, url)
        for url in ["/accounts/login/", "/agency/", "/meetings/", "/styleguide/", *pages_of_staff(page)]
    }

    assert {url: found for url, found in faults.items() if found} == {}


@pytest.mark.slow
def test_a_workspace_is_added_and_a_question_answered_without_script(browser: Browser, bureau: Bureau) -> None:
    page = person(browser, bureau, java_script_enabled=False)
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill("ada@northwind.example")
    page.get_by_label("Password").fill(bureau.logins["ada@northwind.example"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Add workspace").click()
    page.get_by_label("Name of the workspace").fill("Scriptless")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Back").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Create workspace").click()
    expect(page.get_by_text("Scriptless is open.")).to_be_visible()

    page.get_by_role("link", name="Dashboard").click()
    page.get_by_role("link", name="Chatbots").click()
    page.get_by_role("rowheader").get_by_role("link").first.click()
    page.goto(page.locator("code.copyable").inner_text())
    page.get_by_label("Message").fill("Who won the chess tournament?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("I could not find an answer")).to_be_visible()


def faults_of(page: Page, url: str) -> list[str]:
    """What axe finds on a desktop, and whether a phone would have to scroll sideways."""
    page.set_viewport_size(DESKTOP)
    faults = serious_faults(page, url)
    page.set_viewport_size(PHONE)
    is_too_wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return [*faults, "wider than a phone"] if is_too_wide else faults


def serious_faults(page: Page, url: str) -> list[str]:
    page.goto(url, wait_until="networkidle")
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for fault in found["violations"]
        if fault["impact"] in {"serious", "critical"}
    ]
