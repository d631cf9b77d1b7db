"""Every page of both doors, made from the URLconfs, as the people whom it is for: read by axe in both themes, no wider
than a phone or than a window at 200 %, named, quiet, and nothing that jumps while it loads.

The shorter round looks at every tenth; `make walk` at all.
"""

from zlib import crc32

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from config.demo import cast
from tests import places
from tests.browser.conftest import Bureau, person, sign_in

pytestmark = pytest.mark.browser
EVERY = 10
DESKTOP, PHONE = {"width": 1280, "height": 850}, {"width": 360, "height": 740}
SIZES = {"a desktop": DESKTOP, "a desktop at 200 %": {"width": 640, "height": 425}, "a phone": PHONE}
STANDS_OUT = """() => [...document.querySelectorAll("main *")].filter(
    part => part.getBoundingClientRect().right > window.innerWidth + 1 && !part.closest(".table-wrap, pre")
).map(part => part.outerHTML.slice(0, 160))[0]"""
JUMPS = """() => new Promise(done => new PerformanceObserver(seen => done(
    seen.getEntries().filter(entry => !entry.hadRecentInput).reduce((sum, entry) => sum + entry.value, 0)
)).observe({type: "layout-shift", buffered: true}) || setTimeout(() => done(0), 50))"""
STILL_LOADING = ".htmx-request, [aria-busy=true]"
MOST_JUMPS = 0.1  # what Web Vitals call good
STANDS_STILL = """document.getAnimations().filter(each => Number.isFinite(each.effect.getTiming().iterations)).forEach(
    each => each.finish()
)"""
DJANGOS = ("admin:",)  # pages of the admin have Django's own heads, and its sidebar that a script folds


@pytest.fixture(scope="module")
def pages(bureau: Bureau, request: pytest.FixtureRequest) -> list[places.Page]:
    whole = request.config.getoption("--whole", default=False)
    return [page for page in bureau.pages() if whole or crc32(page.name.encode()) % EVERY == 0]


@pytest.mark.parametrize("who", [cast.ADA.email, cast.BO.email, cast.NINA.email, cast.SUPPORT.email, ""])
def test_every_page_can_be_read_by_everybody(
    browser: Browser, bureau: Bureau, pages: list[places.Page], who: str
) -> None:
    window = person(browser, bureau, viewport=DESKTOP)
    if who:
        sign_in(window, bureau, who)
    found = {page.path: faults_of(window, page) for page in pages if page.who == who and is_page(window, page)}
    assert found, "no page was looked at"
    faults = [f"{path}: {fault}" for path, each in found.items() for fault in each]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("who", [cast.ADA.email, cast.BO.email, cast.SUPPORT.email, ""])
def test_names_of_eighty_letters_fit(
    browser: Browser, bureau: Bureau, pages: list[places.Page], who: str, request: pytest.FixtureRequest
) -> None:
    if not request.config.getoption("--whole", default=False):
        pytest.skip("names are stretched in a demo that no other test needs: make walk")
    bureau.process(places.STRETCH)
    window = person(browser, bureau)
    if who:
        sign_in(window, bureau, who)
    faults = []
    for page in pages:
        if page.who == who and is_page(window, page):
            open_page(window, page)
            faults += [f"{page.path}: {fault}" for fault in too_wide(window)]
    assert not faults, "\n".join(faults)


def is_page(window: Page, page: places.Page) -> bool:
    """Whether somebody sees it: not a file, a fragment, or what sends on to another page or takes a form only."""
    answer = window.request.get(page.path, max_redirects=0)
    is_html = answer.headers.get("content-type", "").startswith("text/html")
    return answer.status in {200, 403, 404, 410} and is_html and "<!doctype html>" in answer.text()[:200].lower()


def faults_of(window: Page, page: places.Page) -> list[str]:
    open_page(window, page)
    faults = [*read(window), *faults_of_head(window, page)]
    if not page.name.startswith(DJANGOS) and (jumps := window.evaluate(JUMPS)) > MOST_JUMPS:
        faults.append(f"jumps by {jumps:.2f} while it loads")
    window.emulate_media(color_scheme="dark")
    window.evaluate(STANDS_STILL)  # colours may fade into each other
    faults += [f"dark: {fault}" for fault in read(window, "color-contrast")]
    return [*faults, *too_wide(window)]


def open_page(window: Page, page: places.Page) -> None:
    window.set_viewport_size(DESKTOP)
    window.emulate_media(color_scheme="light")
    window.goto(page.path)
    expect(window.locator(STILL_LOADING)).to_have_count(0)


def too_wide(window: Page) -> list[str]:
    """On what one would have to scroll sideways, and the first part that stands out."""
    faults = []
    for name, size in SIZES.items():
        window.set_viewport_size(size)
        if window.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            faults.append(f"wider than {name}: {window.evaluate(STANDS_OUT)}")
    return faults


def faults_of_head(window: Page, page: places.Page) -> list[str]:
    """A title of its own, one heading, and at most one main action at the head."""
    title, headings = window.title(), window.locator("h1").count()
    main_actions = window.locator(".page-head .button:not(.quiet, .danger)").count()
    found = {
        f"the title is {title!r}": len(title) < 5 or title == "Bureau",
        f"{headings} main headings": headings != 1 and not page.name.startswith(DJANGOS),
        f"{main_actions} main actions": main_actions > 1,
    }
    return [fault for fault, is_so in found.items() if is_so]


def serious_faults(window: Page, url: str) -> list[str]:
    window.goto(url, wait_until="networkidle")
    return read(window)


def read(window: Page, *rules: str) -> list[str]:
    """What axe finds serious or critical, by these rules or by all."""
    options: dict[str, object] = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found = Axe().run(window, options=options)
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:160]}"
        for fault in found["violations"]
        if fault["impact"] in {"serious", "critical"}
    ]
