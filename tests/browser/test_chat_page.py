"""The chat page in a real browser, with its script and its looks; what the door says is this test's to decide."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import override_settings
from playwright.sync_api import Browser, Page, Route, expect

from chatbots.models import Chatbot, Lead, Message
from chatbots.public.forms import LeadForm
from chatbots.public.views.turns import blank_form

pytestmark = pytest.mark.browser
HOME = "http://chat.example"
PHONE = {"width": 360, "height": 640}


class Door:
    """Serves the page and the files it names, and keeps every message until the test answers it."""

    def __init__(self, name: str = "Baker", greeting: str = "Hello!") -> None:
        self.bot = Chatbot(name=name, public_id="b" * 24, first_message=greeting)
        self.waiting: list[Route] = []
        self.sent: list[dict[str, str]] = []
        self.page: Page

    def serve(self, route: Route) -> None:
        path = route.request.url.removeprefix(HOME)
        if route.request.method == "POST":
            self.sent.append(dict(pair.split("=") for pair in (route.request.post_data or "").split("&")))
            self.waiting.append(route)
        elif path.startswith("/static/"):
            route.fulfill(path=finders.find(path.removeprefix("/static/")))
        elif path == "/":
            route.fulfill(body=self.shown("public/chat.html", form=blank_form()), content_type="text/html")
        else:
            route.fulfill(status=404)

    def shown(self, template: str, **context: Any) -> str:
        with override_settings(ROOT_URLCONF=settings.PUBLIC_URLCONF):
            return render_to_string(template, {"chatbot": self.bot, **context})

    def oldest(self) -> Route:
        """The message that has waited longest; one that is on its way is waited for."""
        for _ in range(5000):
            if self.waiting:
                return self.waiting.pop(0)
            self.page.evaluate("0")  # a round trip to the browser, in which the message may come
        pytest.fail("No message came.")

    def answer(self, text: str) -> None:
        reply = Message(author="ai", text=text)
        self.oldest().fulfill(body=self.shown("public/_turn.html", form=blank_form(), reply=reply))

    def stream(self, *words: str, end: bool = True) -> None:
        """An answer in so many frames, with its end or without."""
        frames = [("words", f"<p>{each}</p>") for each in words]
        if end:
            reply = Message(author="ai", text=words[-1])
            frames.append(("turn", self.shown("public/_turn.html", form=blank_form(), reply=reply)))
        body = "".join(f"event: {name}\ndata: {json.dumps(html)}\n\n" for name, html in frames)
        self.oldest().fulfill(body=body, content_type="text/event-stream")

    def refuse(self, notice: str, status: int = 503) -> None:
        turn = self.shown("public/_turn.html", form=blank_form(), notice=notice)
        self.oldest().fulfill(body=turn, status=status)

    def offer(self, text: str) -> None:
        """A form to leave a message, with what was asked."""
        self.oldest().fulfill(body=self.shown("public/_turn.html", form=blank_form(), leaving=form_of(text)))

    def mend(self, **typed: str) -> None:
        wrong = LeadForm({**form_of("").initial, **typed})
        self.oldest().fulfill(body=self.shown("public/_turn.html", form=blank_form(), leaving=wrong), status=422)

    def thank(self) -> None:
        left = Lead(kind="message", email="vera@mail.example")
        self.oldest().fulfill(body=self.shown("public/_turn.html", form=blank_form(), left=left))

    def lose(self) -> None:
        self.oldest().abort()


def form_of(text: str) -> LeadForm:
    return LeadForm(initial={"token": "v" * 43, "request_key": uuid4(), "text": text})


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A page at a door; what the door keeps waiting is let go in the end."""
    contexts = []

    def visit(door: Door, **options: Any) -> Page:
        contexts.append(browser.new_context(**options))
        page = door.page = contexts[-1].new_page()
        page.route("**/*", door.serve)
        page.goto(HOME)
        return page

    yield visit
    for context in contexts:
        context.close()


def say(page: Page, text: str) -> None:
    field = page.get_by_label("Message", exact=True)
    field.fill(text)
    field.press("Enter")


def bubbles(page: Page, kind: str) -> Any:
    return page.locator(f".bubble.{kind}")


def test_a_message_and_its_answer_stand_in_the_log(door: Door, visit: Any) -> None:
    page = visit(door)
    say(page, "When do you open?")
    expect(page.locator(".typing")).to_be_visible()
    door.answer("At <b>seven</b>.")
    expect(bubbles(page, "ai").last).to_have_text("At <b>seven</b>.")
    expect(page.locator(".typing")).to_have_count(0)
    expect(page.get_by_label("Message")).to_be_focused()


def test_a_streamed_answer_stands_in_the_log_once(door: Door, visit: Any) -> None:
    page = visit(door)
    say(page, "When do you open?")
    door.stream("At", "At <b>seven</b>", "At seven.")
    expect(bubbles(page, "ai")).to_have_text(["Hello!", "At seven."])
    expect(page.locator(".log")).to_have_attribute("aria-busy", "false")
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


def test_a_stream_that_breaks_leaves_the_message_in_the_field(door: Door, visit: Any) -> None:
    page = visit(door)
    say(page, "When do you open?")
    door.stream("At", end=False)
    expect(page.get_by_label("Message")).to_have_value("When do you open?")
    expect(bubbles(page, "ai")).to_have_text(["Hello!"])
    say(page, "When do you open?")
    door.answer("At seven.")
    expect(bubbles(page, "ai").last).to_have_text("At seven.")
    assert door.sent[0] == door.sent[1]


def test_an_answer_that_is_stopped_before_its_first_words_gives_the_message_back(door: Door, visit: Any) -> None:
    page = visit(door)
    say(page, "When do you open?")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_label("Message")).to_have_value("When do you open?")
    expect(page.get_by_label("Message")).to_be_focused()
    expect(bubbles(page, "notice")).to_have_count(0)
    expect(page.get_by_role("button", name="Send")).to_be_visible()


def test_while_it_waits_stop_stands_there_and_enter_keeps_what_is_typed(door: Door, visit: Any) -> None:
    page = visit(door)
    send = page.get_by_role("button", name="Send")
    say(page, "One")
    expect(send).to_have_count(0)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    say(page, "Two")
    expect(page.get_by_label("Message")).to_have_value("Two")
    door.answer("Answered.")
    expect(send).to_be_visible()
    expect(page.get_by_label("Message")).to_have_value("Two")
    assert len(door.sent) == 1


def test_a_lost_message_goes_back_into_the_empty_field_and_is_sent_under_its_id(door: Door, visit: Any) -> None:
    page = visit(door)
    say(page, "When?")
    door.lose()
    expect(page.get_by_label("Message")).to_have_value("When?")
    expect(bubbles(page, "visitor")).to_have_count(0)
    page.get_by_role("button", name="Send").click()
    expect(bubbles(page, "visitor")).to_have_count(1)
    assert door.sent[0] == door.sent[1]


@pytest.mark.slow
def test_other_words_after_a_lost_message_have_another_id(door: Door, visit: Any) -> None:
    page = visit(door)
    say(page, "When?")
    door.lose()
    expect(page.get_by_label("Message")).to_have_value("When?")
    say(page, "When exactly?")
    expect(bubbles(page, "visitor")).to_have_count(1)
    assert door.sent[0]["message_id"] != door.sent[1]["message_id"]
    assert door.sent[0]["token"] == door.sent[1]["token"]


@pytest.mark.parametrize("fails", [Door.lose, lambda door: door.refuse("Not now.")], ids=["lost", "refused"])
def test_what_is_typed_meanwhile_outlives_a_failure(door: Door, visit: Any, fails: Callable[[Door], None]) -> None:
    page = visit(door)
    say(page, "One")
    page.get_by_label("Message").fill("Two")
    fails(door)
    expect(page.get_by_text("Not sent")).to_be_visible()
    expect(page.get_by_label("Message")).to_have_value("Two")
    expect(bubbles(page, "visitor")).to_have_text(["One"])

    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Not sent")).to_have_count(0)
    door.answer("Answered.")
    expect(bubbles(page, "ai").last).to_have_text("Answered.")
    expect(page.get_by_label("Message")).to_have_value("Two")
    assert [sent["text"] for sent in door.sent] == ["One", "One"]


@pytest.mark.slow
def test_a_lost_message_tried_again_has_its_id_and_the_next_one_another(door: Door, visit: Any) -> None:
    page = visit(door)
    say(page, "One")
    page.get_by_label("Message").fill("Two")
    door.lose()
    page.get_by_role("button", name="Try again").click()
    door.answer("Answered.")
    expect(bubbles(page, "ai").last).to_have_text("Answered.")
    page.get_by_role("button", name="Send").click()
    expect(bubbles(page, "visitor")).to_have_count(2)
    first, again, other = (sent["message_id"] for sent in door.sent)
    assert first == again != other


@pytest.mark.slow
def test_refusals_do_not_pile_up(door: Door, visit: Any) -> None:
    page = visit(door)
    for number in range(3):
        say(page, "When?")
        door.refuse(f"Not now, {number}.")
        expect(bubbles(page, "notice")).to_have_text([f"Not now, {number}."])
    say(page, "When?")
    expect(bubbles(page, "notice")).to_have_count(0)


@pytest.mark.slow
def test_the_newest_bubble_keeps_its_distance_from_the_field(door: Door, visit: Any) -> None:
    page = visit(door, viewport=PHONE)
    for _ in range(4):
        say(page, "Tell me more.")
        door.answer("More and more. " * 20)
        expect(page.locator(".typing")).to_have_count(0)
    newest, form = (page.locator(where).bounding_box() for where in (".log > :last-child", ".ask"))
    assert form["y"] - (newest["y"] + newest["height"]) >= 12


@pytest.mark.parametrize(
    "name", ["Anna-Amadea " * 7, "x" * 80, "🥐" * 80, "🥐"], ids=["words", "letters", "emoji", "one"]
)
def test_a_long_name_takes_two_lines_of_a_phone_at_most(visit: Any, name: str) -> None:
    page = visit(Door(name=name[:80]), viewport=PHONE)
    assert page.locator("header").bounding_box()["height"] <= 80
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_bubble_of_the_chatbot_is_told_from_the_page(door: Door, visit: Any, scheme: str) -> None:
    page = visit(door, color_scheme=scheme)
    brightness = """element => {
      const [r, g, b] = getComputedStyle(document.querySelector(element)).backgroundColor.match(/\\d+/g).map(Number)
        .map((part) => ((part / 255 + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    }"""
    darker, lighter = sorted(page.evaluate(brightness, where) for where in (".bubble.ai", ".chat"))
    assert lighter / darker > 1.12  # WCAG contrast


def test_a_message_is_left_without_leaving_the_page(door: Door, visit: Any) -> None:
    page = visit(door)
    say(page, "Do you bake for weddings?")
    door.offer("Do you bake for weddings?")
    expect(page.get_by_label("Your message")).to_have_value("Do you bake for weddings?")
    page.get_by_role("button", name="Leave the message").click()
    door.mend(text="Do you bake for weddings?", email="")
    expect(page.get_by_label("Your e-mail address")).to_be_focused()
    page.get_by_label("Your e-mail address").fill("vera@mail.example")
    page.get_by_role("button", name="Leave the message").click()
    door.thank()
    expect(bubbles(page, "ai").last).to_have_text("Thank you. Your message is with the team.")
    expect(bubbles(page, "visitor")).to_have_text(["Do you bake for weddings?"])
    expect(page.locator("form.leave")).to_have_count(0)


@pytest.mark.slow
def test_a_left_message_that_was_lost_is_sent_again_as_the_same(door: Door, visit: Any) -> None:
    page = visit(door)
    say(page, "For weddings?")
    door.offer("For weddings?")
    for _ in range(2):
        page.get_by_role("button", name="Leave the message").click()
        door.lose()
        expect(page.locator(".leave .lost")).to_have_count(1)
        expect(page.locator(".leave[aria-busy]")).to_have_count(0)
    assert door.sent[1]["request_key"] == door.sent[2]["request_key"]


@pytest.mark.slow
def test_another_question_goes_into_the_form_that_is_being_filled_in(door: Door, visit: Any) -> None:
    page = visit(door)
    say(page, "For weddings?")
    door.offer("For weddings?")
    page.get_by_label("Your e-mail address").fill("vera@mail.example")
    say(page, "And in May?")
    door.offer("And in May?")
    expect(page.locator("form.leave")).to_have_count(1)
    expect(page.get_by_label("Your message")).to_have_value("For weddings?\nAnd in May?")
    expect(page.get_by_label("Your e-mail address")).to_have_value("vera@mail.example")


def test_what_a_person_says_comes_by_itself_while_one_speaks(door: Door, visit: Any) -> None:
    page = visit(door)
    page.evaluate("document.querySelector('.ask').dataset.news = '/news/'")
    say(page, "Hello?")
    told = Message(pk=7, author="visitor", text="Hello?")
    door.oldest().fulfill(body=door.shown("public/_turn.html", form=blank_form(), told=told))
    line = door.shown("public/_line.html", line=Message(pk=9, author="person", text="I am <b>Bo</b>."))
    door.oldest().fulfill(json={"lines": [line], "last": 9, "state": "claimed"})
    expect(bubbles(page, "person")).to_have_text("I am <b>Bo</b>.")
    assert door.sent[-1]["after"] == "0"  # what was said before their own line was not heard yet
    page.get_by_role("link", name="New conversation").click()
    expect(page.locator(".bubble")).to_have_text(["Hello!"])
    say(page, "Another")
    door.answer("Answered.")
    assert door.sent[-1]["token"] != door.sent[0]["token"]


def test_a_conversation_is_found_again_and_a_suggested_question_is_asked(door: Door, visit: Any) -> None:
    door.bot.suggested = ["Do you deliver?"]
    page = visit(door)
    page.get_by_role("button", name="Do you deliver?").click()
    door.answer("Every day.")
    expect(page.locator(".asks")).to_have_count(0)
    page.reload()
    lines = [Message(pk=1, author="visitor", text="Do you deliver?"), Message(pk=2, author="ai", text="Every day.")]
    door.oldest().fulfill(body=door.shown("public/_lines.html", lines=lines, state="bot"))
    expect(page.locator(".bubble")).to_have_text(["Hello!", "Do you deliver?", "Every day."])
    assert door.sent[1]["token"] == door.sent[0]["token"]
    say(page, "And on Sunday?")
    door.lose()
    expect(page.get_by_label("Message")).to_have_value("And on Sunday?")


@pytest.mark.parametrize("name", ["chat", "frame", "leave", "memory", "news", "rate", "stream"])
def test_a_script_is_small_and_writes_no_markup(name: str) -> None:
    script = Path(str(finders.find(f"js/{name}.js"))).read_text()
    assert len(script.splitlines()) < 140
    assert not [word for word in ("innerHTML", "insertAdjacentHTML", "eval(", "import ") if word in script]
