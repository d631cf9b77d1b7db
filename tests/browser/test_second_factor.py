"""Signing in with more than a password, played in a real browser with a device that keeps passkeys."""

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Bureau, person, sign_in
from tests.browser.test_pages import PHONE, serious_faults

pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_added_and_opens_alone(browser: Browser, bureau: Bureau) -> None:
    page = person(browser, bureau)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    sign_in(page, bureau, "mallory@rival.example")

    to_your_login(page, "mallory@rival.example")
    page.get_by_role("link", name="Add a passkey").click()
    password_again(page, bureau, "mallory@rival.example")
    page.get_by_label("Name").fill("My telephone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("row", name="My telephone")).to_contain_text("Never")

    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/login/" not in url)
    to_your_login(page, "mallory@rival.example")
    expect(page.get_by_role("row", name="My telephone")).not_to_contain_text("Never")

    sign_out(page)
    first_step(page, bureau, "mallory@rival.example")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(lambda url: "/authenticate/" not in url)


def test_an_app_is_turned_on_and_asked_for(browser: Browser, bureau: Bureau) -> None:
    page = person(browser, bureau, java_script_enabled=False)
    sign_in(page, bureau, "nina@newcomer.example")
    to_your_login(page, "nina@newcomer.example")
    page.get_by_role("link", name="Turn on").click()
    password_again(page, bureau, "nina@newcomer.example")
    key = page.locator("code.copyable").inner_text()
    page.get_by_label("Code").fill(code_of(key))
    page.get_by_role("button", name="Turn on").click()
    codes = page.locator(".codes li").all_inner_texts()
    sign_out(page)

    first_step(page, bureau, "nina@newcomer.example")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("This code is wrong")).to_be_visible()
    page.get_by_label("Code").fill(code_of(key))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/authenticate/" not in url)
    sign_out(page)

    first_step(page, bureau, "nina@newcomer.example")
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    to_your_login(page, "nina@newcomer.example")
    expect(page.get_by_role("row", name="Recovery codes")).to_contain_text("9 left")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_the_pages_of_a_login_are_readable_and_fit_a_phone(browser: Browser, bureau: Bureau, scheme: str) -> None:
    page = person(browser, bureau, viewport=PHONE, color_scheme=scheme)
    sign_in(page, bureau, "bo@bakery.example")
    page.goto("/accounts/second-factor/webauthn/add/")
    faults = {"password": serious_faults(page, page.url)}
    password_again(page, bureau, "bo@bakery.example")
    for url in ("", "email/", "password/change/", "second-factor/totp/activate/", "second-factor/webauthn/add/"):
        faults[url] = serious_faults(page, f"/accounts/{url}")
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            faults[url].append("wider than a phone")
    assert {url: found for url, found in faults.items() if found} == {}


def code_of(key: str) -> str:
    """What an authenticator app with this key shows now."""
    return totp.format_hotp_value(totp.hotp_value(key, next(totp.yield_hotp_counters_from_time())))


def to_your_login(page: Page, email: str) -> None:
    page.get_by_role("link", name=email).click()
    expect(page.get_by_role("heading", name="Your login")).to_be_visible()


def password_again(page: Page, bureau: Bureau, email: str) -> None:
    page.get_by_label("Password").fill(bureau.logins[email])
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("Password")).to_have_count(0)


def sign_out(page: Page) -> None:
    page.locator(".side-foot").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def first_step(page: Page, bureau: Bureau, email: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(bureau.logins[email])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
