"""The whole product, started as `make demo` starts it, and a real browser."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PASSWORDS = re.compile(r"(\S+@\S+)\s+(\S+)")
expect.set_options(timeout=20_000)  # milliseconds; other tests use the processors too


@dataclass(frozen=True)
class Bureau:
    """A running demo: its console's address and the demo logins by e-mail."""

    url: str
    logins: dict[str, str]


@pytest.fixture(scope="session")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    """`make demo`, without make, on free ports and in an empty folder. Passkeys need the name in its address."""
    port = free_pair_of_ports()
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}}
    for name in ("SECRET_KEY", "CONSOLE_URL", "PUBLIC_URL", "MAILBOX", "STATIC_ROOT", "DEBUG", "EMAIL_URL"):
        env.pop(name, None)
    env |= {"PORT": str(port), "HOST": "localhost", "PYTHONUNBUFFERED": "1"}
    env["DATA"] = str(tmp_path_factory.mktemp("demo"))
    command = [sys.executable, "-m", "config.local", "demo"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = until_ready(process)
    logins = dict(PASSWORDS.findall(said))
    yield Bureau(f"http://localhost:{port}", logins)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)


def until_ready(process: subprocess.Popen[str]) -> str:
    """Read what the demo says, up to and with its logins and its mailbox."""
    said = ""
    assert process.stdout
    for line in process.stdout:
        said += line
        if "/mailbox/" in line:
            return said
    pytest.fail(f"The demo did not get ready:\n{said}")


def free_pair_of_ports() -> int:
    """A port that is free together with the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.fixture(scope="module")  # not for longer: its event loop would stand in the way of the other tests
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
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
