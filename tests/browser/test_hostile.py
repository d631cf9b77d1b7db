"""Words from outside are text in the chat page and on the launcher, also while they stream: no script of theirs runs.

These pages are served without a policy, so that what slipped through would run.
"""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from chatbots.answers import markup
from chatbots.models import Message
from chatbots.public.forms import MessageForm
from chatbots.public.views.turns import blank_form
from tests.browser.test_chat_page import Door, bubbles, say, visit  # noqa: F401 - a fixture
from tests.test_architecture import HOUSE

pytestmark = pytest.mark.browser
RUN = "document.body.dataset.run='1'"
EVIL = (
    f'<img src=x onerror="{RUN}"><script>{RUN}</script><svg onload="{RUN}">[link](javascript:{RUN}) '
    f'<a href="javascript:{RUN}">a</a> ![picture](x" onerror="{RUN}) `<b onclick={RUN}>` \n\n<iframe srcdoc="<script>'
)
ID = "b" * 24
SITE, DOOR = "http://shop.example", "http://chat.example"


def nothing_ran(page: Page) -> bool:
    """Nor is there anything that could run when it is pressed."""
    log = page.locator(".log")
    assert log.locator("img, script, iframe, [onclick], [onload], [onerror], a[href^='javascript' i]").count() == 0
    return page.evaluate("document.body.dataset.run ?? ''") == ""


def test_no_words_of_anybody_run_in_the_chat_page(visit: Any) -> None:  # noqa: F811
    door = Door(name=EVIL[:80], greeting=EVIL)
    door.bot.company, door.bot.suggested = EVIL[:80], [EVIL]
    page = visit(door)
    assert nothing_ran(page)
    page.locator(".asks button").click()
    expect(bubbles(page, "visitor")).to_contain_text("<img src=x")
    frames = [("words", markup.of(EVIL[:end])) for end in range(1, len(EVIL), 7)]
    reply = Message(author="ai", text=EVIL, cited=[EVIL, "Web"], links={"Web": f"javascript:{RUN}"})
    further = {"further": [EVIL], "form": blank_form(), "reply": reply}
    frames.append(("turn", door.shown("public/_turn.html", **further)))
    body = "".join(f"event: {name}\ndata: {json.dumps(html)}\n\n" for name, html in frames)
    door.oldest().fulfill(body=body, content_type="text/event-stream")
    expect(page.locator(".log .cited")).to_contain_text("<svg onload")
    assert nothing_ran(page)

    say(page, EVIL)
    door.refuse(EVIL)
    expect(bubbles(page, "notice")).to_be_visible()
    say(page, "Again")
    notice = {"form": MessageForm({"text": EVIL}), "told": Message(pk=1, text=EVIL)}
    door.oldest().fulfill(body=door.shown("public/_turn.html", **notice))
    expect(page.locator(".typing")).to_have_count(0)
    assert nothing_ran(page)


def test_the_launcher_shows_words_as_text_and_a_wrong_id_is_one_warning(browser: Browser) -> None:
    told = {"name": EVIL, "teaser": EVIL, "words": {"open": "Open", "close": EVIL}, "accent": f"red;x:url({EVIL})"}
    warnings: list[str] = []

    def serve(route: Route) -> None:
        url = route.request.url
        if url == f"{SITE}/":
            tags = "".join(f'<script src="{DOOR}/widget.js" data-chatbot="{each}"></script>' for each in (ID, "f" * 24))
            route.fulfill(body=f"<!doctype html><title>Shop</title>{tags}", content_type="text/html")
        elif url == f"{DOOR}/widget.js":
            route.fulfill(path=HOUSE / "static/js/widget.js", content_type="text/javascript")
        elif url == f"{DOOR}/c/{ID}/widget.json":
            route.fulfill(json=told, headers={"Access-Control-Allow-Origin": "*"})
        else:
            route.fulfill(status=404, body="{}", headers={"Access-Control-Allow-Origin": "*"})

    page = browser.new_context().new_page()
    page.on("console", lambda message: warnings.append(message.text) if message.type == "warning" else None)
    page.route("**/*", serve)
    page.goto(f"{SITE}/")
    expect(page.get_by_text("<img src=x")).to_be_visible()
    expect(page.get_by_role("button", name="Open")).to_have_count(1)
    assert page.evaluate("document.body.dataset.run ?? ''") == ""
    assert warnings == [f"Bureau: there is no chatbot {'f' * 24} (404). Nothing is shown."]
    page.context.close()
