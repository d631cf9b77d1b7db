"""A chatbot on somebody else's site: another origin, a strict policy, a broken script, a phone, a lost connection."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect

from tests.browser.conftest import Bureau, person, sign_in
from tests.browser.test_pages import serious_faults

pytestmark = pytest.mark.browser
OPENING = "When do you open?"
Embed = Callable[[str], str]


@pytest.fixture(scope="module")
def line(browser: Browser, bureau: Bureau) -> str:
    """The line that the Embed tab shows for the messenger."""
    page = person(browser, bureau)
    sign_in(page, bureau, "bo@bakery.example")
    page.get_by_role("link", name="Counter").first.click()
    page.get_by_role("link", name="Embed").click()
    assert serious_faults(page, page.url) == []
    shown = page.locator("#messenger-code").inner_text()
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    page.context.close()
    return shown


@pytest.fixture(scope="module")
def embed(bureau: Bureau) -> Iterator[Embed]:
    """A site on another origin, with the policy that the docs ask for; returns the address of a page with a line."""
    door = bureau.url.replace(bureau.url.rpartition(":")[2], str(int(bureau.url.rpartition(":")[2]) + 1))
    pages: dict[str, str] = {"/broken.js": "throw new Error('the site itself is broken')"}

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind = "text/javascript" if self.path.endswith(".js") else "text/html; charset=utf-8"
            self.send_response(200 if self.path in pages else 404)
            self.send_header("Content-Type", kind)
            policy = f"default-src 'none'; script-src 'self' {door}; frame-src {door}; connect-src {door}"
            self.send_header("Content-Security-Policy", f"{policy}; require-trusted-types-for 'script'")
            self.end_headers()
            self.wfile.write(pages.get(self.path, "").encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def embed(lines: str) -> str:
        path = f"/{len(pages)}.html"
        head = '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>A shop</title>'
        pages[path] = f'{head}<main><h1>A shop</h1><script src="/broken.js"></script>{lines}</main>'
        return f"http://127.0.0.1:{server.server_port}{path}"

    yield embed
    server.shutdown()
    server.server_close()


def visitor(browser: Browser, **options: object) -> tuple[Page, list[str]]:
    """A visitor's page, and what its console says of policies."""
    page, told = browser.new_context(**options).new_page(), list[str]()
    page.on("console", lambda message: told.append(message.text) if "Security Policy" in message.text else None)
    return page, told


def launcher(page: Page) -> FrameLocator:
    """Press the launcher; returns the conversation."""
    page.get_by_role("button", name="Open the conversation").press("Enter")
    return page.frame_locator("iframe")


def say(frame: FrameLocator, text: str) -> None:
    frame.get_by_label("Message", exact=True).fill(text)
    frame.get_by_label("Message", exact=True).press("Enter")


def test_a_site_with_a_strict_policy_has_a_conversation_that_outlives_a_reload_and_a_lost_connection(
    browser: Browser, embed: Embed, line: str
) -> None:
    page, told = visitor(browser)
    page.goto(embed(line))
    frame = launcher(page)
    expect(frame.get_by_label("Message", exact=True)).to_be_focused()
    say(frame, OPENING)
    expect(frame.get_by_text("6:30")).to_be_visible()
    frame.get_by_label("Message", exact=True).press("Escape")
    expect(page.get_by_role("button", name="Open the conversation")).to_be_focused()
    expect(page.locator("iframe")).to_be_hidden()

    page.reload()
    frame = launcher(page)
    expect(frame.locator(".bubble.visitor")).to_have_text([OPENING])

    lost: list[str] = []

    def lose(route: Route) -> None:
        """It arrives, and its answer does not."""
        lost.append(route.request.post_data or "")
        route.fetch()
        route.abort()

    page.route("**/messages/", lose, times=1)
    say(frame, "Do you bake without gluten?")
    expect(frame.get_by_text("The connection was lost.")).to_be_visible()
    with page.expect_request("**/messages/") as again:
        frame.get_by_label("Message", exact=True).press("Enter")
    expect(frame.locator(".typing")).to_have_count(0)
    assert again.value.post_data == lost[0]
    page.reload()
    expect(launcher(page).locator(".bubble.visitor")).to_have_text([OPENING, "Do you bake without gluten?"])
    assert told == []


def test_offline_the_launcher_waits_and_a_message_is_sent_once_the_network_is_back(
    browser: Browser, embed: Embed, line: str
) -> None:
    page, _ = visitor(browser)
    page.goto(embed(line))
    expect(page.get_by_role("button", name="Open the conversation")).to_be_visible()
    page.context.set_offline(True)
    frame = launcher(page)
    page.context.set_offline(False)
    expect(frame.get_by_label("Message", exact=True)).to_be_focused()  # by the page's script: it listens

    page.context.set_offline(True)
    say(frame, OPENING)
    expect(frame.get_by_text("The connection was lost.")).to_be_visible()
    page.context.set_offline(False)
    frame.get_by_label("Message", exact=True).press("Enter")
    expect(frame.get_by_text("6:30")).to_be_visible()
    page.reload()
    expect(launcher(page).locator(".bubble.visitor")).to_have_text([OPENING])
    page.context.close()


def test_on_a_phone_the_conversation_fills_the_screen_and_stands_in_its_place(
    browser: Browser, embed: Embed, line: str
) -> None:
    page, told = visitor(browser, viewport={"width": 360, "height": 640}, has_touch=True, reduced_motion="reduce")
    assert serious_faults(page, embed(line)) == []
    frame = launcher(page)
    expect(frame.get_by_role("button", name="Close")).to_be_visible()
    expect(page.locator("iframe")).to_have_css("height", "640px")
    assert page.locator("iframe").bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 640}
    frame.get_by_role("button", name="Close").click()
    expect(page.locator("iframe")).to_be_hidden()
    assert page.evaluate("document.documentElement.style.overflow") == ""

    inline = line.replace(" async", ' data-mode="inline" async')
    page.goto(embed(f"{inline}{inline}"))
    expect(page.frame_locator("iframe").last.get_by_label("Message", exact=True)).to_be_visible()
    expect(page.locator("iframe")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert told == []


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "ar")])
def test_the_full_page_has_no_serious_faults(
    browser: Browser, bureau: Bureau, line: str, scheme: str, language: str
) -> None:
    door, public_id = line.split('"')[1].removesuffix("/widget.js"), line.split('"')[3]
    page = person(browser, bureau, color_scheme=scheme, locale=language, viewport={"width": 320, "height": 480})
    page.goto(f"{door}/c/{public_id}/")
    page.locator(".ask textarea").fill(OPENING)
    page.keyboard.press("Enter")
    expect(page.locator(".bubble.ai")).to_have_count(2)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert serious_faults(page, page.url) == []
