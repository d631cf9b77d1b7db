"""The whole product, started as `make demo` starts it, and a real browser."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect, sync_playwright

from tests.browser import running
from tests.browser.running import Bureau

expect.set_options(timeout=20_000)  # milliseconds; other tests use the processors too


@pytest.fixture(scope="session")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """One demo for all of them."""
    with running.demo(tmp_path_factory.mktemp("demo")) as bureau:
        yield bureau


@pytest.fixture(scope="module")  # not for longer: its event loop would stand in the way of the other tests
def browser() -> Iterator[Browser]:
    if running.CHROMIUM is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = running.chromium(playwright)
        yield browser
        browser.close()


def person(browser: Browser, bureau: Bureau, **options: object) -> Page:
    """A browser of somebody's own: no cookie of anybody else's. A fault on the page's console fails the test."""
    page = browser.new_context(base_url=bureau.url, **options).new_page()
    page.on("console", lambda message: complain(message.type, message.text))
    return page


def complain(kind: str, text: str) -> None:
    if "Content Security Policy" in text or (kind == "error" and "status of 4" not in text):
        raise AssertionError(f"The browser's console says: {text}")


def sign_in(page: Page, bureau: Bureau, email: str) -> None:
    """Sign in through the page, as one of the demo logins."""
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(bureau.logins[email])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


def link_mailed_to(page: Page, email: str, subject: str) -> str:
    """The first link in the newest mail with that subject to that address, once it has arrived."""
    letter = page.get_by_role("listitem").filter(has_text=email).get_by_role("link", name=subject).first
    for _ in range(60):
        page.goto("/mailbox/")
        with suppress(TimeoutError):
            letter.wait_for(timeout=1000)
            break
    letter.click()
    return str(page.locator(".letter a[href^=http]").first.get_attribute("href"))


DEVICES = {
    "desktop": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark", "has_touch": True},
}


@pytest.fixture(params=DEVICES)
def device(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What a person's day is played on: as options of `person`."""
    return dict(DEVICES[request.param])


def fits(page: Page) -> None:
    """Nothing of the page is wider than the screen."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels too wide."


def visible(page: Page, name: str) -> Locator:
    """The link of that name that this screen shows: a table's head, or the line above it on a phone."""
    return page.locator("main").get_by_role("link", name=name).locator("visible=true").first
