"""A configured model, spoken to over HTTP: a real server on this machine that speaks the OpenAI protocol."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from billing import pools
from billing.models import LedgerEntry, PoolPeriod
from chatbots.answers import llm
from chatbots.models import Chatbot, DataSource, Message
from tests.conftest import TOKEN, Visitor, teach

OPENING = "When does the bakery open?"


class Model(ThreadingHTTPServer):
    """Says `text` word by word, or fails as it is told, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Speaking)
        self.text: Any = "At seven, dear visitor."
        self.status, self.raw, self.silent, self.drips, self.end = 200, b"", False, 0, "stop"
        self.meanwhile: Callable[[], Any] = lambda: None  # before it says anything
        self.in_the_middle: Callable[[], Any] = lambda: None  # after its first word
        self.prompts: list[dict[str, Any]] = []
        self.asked, self.over = Event(), Event()

    def words(self) -> list[Any]:
        return re.findall(r"\S+\s*|\s+", self.text) if isinstance(self.text, str) else [self.text]


class Speaking(BaseHTTPRequestHandler):
    server: Model

    def do_POST(self) -> None:
        self.server.prompts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.server.asked.set()
        if self.server.silent:
            self.server.over.wait(timeout=30)
            return
        self.server.meanwhile()
        connections.close_all()  # this thread's
        self.send_response(self.server.status)
        kind = "text/html" if self.server.raw.startswith(b"<") else "text/event-stream"
        self.send_header("Content-Type", kind)
        self.end_headers()
        with suppress(OSError):  # whoever asked may have left
            for _ in range(self.server.drips):
                self.wfile.write(b":\n")
                self.server.over.wait(timeout=0.05)
            self.speak()

    def speak(self) -> None:
        if self.server.raw:
            self.wfile.write(self.server.raw)
            return
        for number, word in enumerate(self.server.words()):
            self.say({"content": word})
            if number == 0:
                self.server.in_the_middle()
        if self.server.end:
            self.say({}, self.server.end)
            self.wfile.write(b"data: [DONE]\n\n")

    def say(self, delta: dict[str, Any], end: str | None = None) -> None:
        choices = [{"index": 0, "delta": delta, "finish_reason": end}]
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def model(settings: Any) -> Iterator[Model]:
    with Model() as served:
        Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        settings.LLM_BASE_URL, settings.LLM_API_KEY = f"http://127.0.0.1:{served.server_port}/v1", "a key"
        yield served
        served.over.set()
        served.shutdown()


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llm, "PAUSE", 0)


def heard(model: Model) -> str:
    """Everything the model was told."""
    return json.dumps(model.prompts, ensure_ascii=False)


def test_the_models_answer_is_shown_with_its_source_and_charged(visitor: Visitor, baker: Chatbot, model: Model) -> None:
    answer = visitor.ask(baker, OPENING)
    assert b"At seven, dear visitor." in answer.content
    assert b"Opening hours" in answer.content
    assert list(LedgerEntry.objects.order_by("pk").values_list("kind", "units")) == [("visitor", 1), ("ai", 1)]


def test_a_long_answer_of_a_model_costs_two(visitor: Visitor, baker: Chatbot, model: Model) -> None:
    model.text = "seven " * 201
    visitor.ask(baker, OPENING)
    assert LedgerEntry.objects.get(kind="ai").units == 2


@pytest.mark.usefixtures("bookworm", "crier")
def test_the_model_sees_this_chatbot_and_this_conversation_and_nothing_else(
    visitor: Visitor, baker: Chatbot, model: Model
) -> None:
    Chatbot.objects.filter(pk=baker.pk).update(instructions="Speak like a baker.")
    visitor.ask(baker, "The bakery opens when? I am another visitor.", token="w" * 43)
    model.prompts.clear()
    visitor.ask(baker, OPENING)
    assert all(words in heard(model) for words in ("opens at seven", "Opening hours", "Speak like a baker.", OPENING))
    foreign = ("thirty days", "newspapers", "another visitor", "Northwind", "Rival", TOKEN, "example.com")
    assert not [words for words in foreign if words in heard(model)]


def test_the_model_remembers_the_conversation(visitor: Visitor, baker: Chatbot, model: Model) -> None:
    visitor.ask(baker, OPENING)
    visitor.ask(baker, "When does the bakery close?")
    roles = [line["role"] for line in model.prompts[-1]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]


def test_without_a_passage_the_model_is_not_even_asked(visitor: Visitor, baker: Chatbot, model: Model) -> None:
    visitor.ask(baker, "Do you repair bicycles?")
    assert model.prompts == []


def test_a_question_with_its_answer_needs_no_model(visitor: Visitor, baker: Chatbot, model: Model) -> None:
    teach(baker, "Do you bake without gluten?", "On Mondays.", DataSource.Kind.QA)
    assert b"On Mondays." in visitor.ask(baker, "Do you bake without gluten?").content
    assert model.prompts == []


def test_markup_of_a_model_is_shown_as_text(visitor: Visitor, baker: Chatbot, model: Model) -> None:
    model.text = "<img src=x onerror=alert(1)> **seven**"
    assert b"&lt;img src=x" in visitor.ask(baker, OPENING).content


INSTEAD = "I quote what I have learned"


@pytest.mark.parametrize(
    "failure",
    [
        {"status": 500},
        {"status": 401},
        {"status": 429},
        {"raw": b"<html>Sign in to the hotel's network</html>"},
        {"raw": b"{}"},
        {"raw": b"data: {}\n\n"},
        {"raw": b"data: seven\n\n"},
        {"raw": b'data: {"choices": []}\n\ndata: [DONE]\n\n'},
        {"raw": b'data: {"choices": [{"delta": null}]}\n\n'},
        {"raw": b'data: {"error": {"message": "overloaded"}}\n\n'},
        {"raw": b'data: "seven"\n\n'},
        {"text": [{"text": "seven"}]},
        {"text": ""},
        {"text": None},
        {"text": " \n "},
        {"silent": True},
        {"drips": 60},
        {"raw": b"data: " + b"[" * 100_000 + b"\n\n"},
    ],
    ids=lambda failure: str(failure)[:80],
)
def test_instead_of_a_failing_model_the_sources_are_quoted_and_the_conversation_says_so(
    visitor: Visitor, baker: Chatbot, model: Model, settings: Any, failure: dict[str, Any]
) -> None:
    settings.LLM_TIMEOUT = 0.2 if {"silent", "drips"} & {*failure} else 5
    vars(model).update(failure)
    answer = visitor.ask(baker, OPENING)
    assert (answer.status_code, INSTEAD in answer.content.decode()) == (200, True)
    assert b"opens at seven in the morning" in answer.content
    assert Message.objects.get(author="ai").mishap == Message.Mishap.QUOTED
    assert (PoolPeriod.objects.get().used, PoolPeriod.objects.get().held) == (2, 0)


def test_nobody_at_the_models_address_is_the_same(visitor: Visitor, baker: Chatbot, settings: Any) -> None:
    settings.LLM_BASE_URL, settings.LLM_API_KEY = "http://127.0.0.1:9/v1", "a key"
    assert INSTEAD in visitor.ask(baker, OPENING).content.decode()
    assert PoolPeriod.objects.get().held == 0


@pytest.mark.parametrize(("status", "times"), [(500, 2), (429, 2), (401, 1)])
def test_a_failing_model_is_asked_twice_unless_it_refuses(
    visitor: Visitor, baker: Chatbot, model: Model, status: int, times: int
) -> None:
    model.status = status
    visitor.ask(baker, OPENING)
    assert len(model.prompts) == times


def test_a_model_that_fails_once_answers(visitor: Visitor, baker: Chatbot, model: Model) -> None:
    model.status, model.meanwhile = 500, lambda: vars(model).update(status=200 if len(model.prompts) > 1 else 500)
    assert b"At seven, dear visitor." in visitor.ask(baker, OPENING).content
    assert Message.objects.get(author="ai").mishap == ""


@pytest.mark.parametrize("end", ["", "length"], ids=["cut off", "too long"])
def test_of_half_an_answer_what_came_is_kept_and_said_to_be_half(
    visitor: Visitor, baker: Chatbot, model: Model, end: str
) -> None:
    model.text, model.end = "At seven, and on Sun", end
    answer = visitor.ask(baker, OPENING).content.decode()
    assert all(words in answer for words in ("At seven, and on Sun", "This answer broke off", "Opening hours"))
    assert Message.objects.get(author="ai").mishap == Message.Mishap.BROKE_OFF
    assert (len(model.prompts), PoolPeriod.objects.get().used) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_after_a_hold_was_swept_other_words_are_answered_too(
    visitor: Visitor, baker: Chatbot, model: Model, now: datetime
) -> None:
    model.meanwhile = lambda: pools.sweep(now + 2 * pools.LEFT_BEHIND_AFTER)
    message_id = str(uuid4())
    refused = visitor.ask(baker, OPENING, message_id=message_id)
    assert (refused.status_code, Message.objects.count()) == (503, 0)
    assert str(refused.context["form"]["message_id"].value()) != message_id


def test_a_giant_reply_is_cut(visitor: Visitor, baker: Chatbot, model: Model) -> None:
    model.text = "s" * 1_000_000
    visitor.ask(baker, OPENING)
    assert len(Message.objects.get(author="ai").text) == llm.LONGEST_TEXT


def chunk(words: str, **more: Any) -> bytes:
    choices = [{"index": 0, "delta": {"content": words}, "finish_reason": "stop"}]
    return f"data: {json.dumps({'choices': choices, **more}, ensure_ascii=False)}\r\n\r\n".encode()


def test_a_line_that_does_not_end_is_not_waited_for(visitor: Visitor, baker: Chatbot, model: Model) -> None:
    model.raw = chunk("At seven.") + chunk("", more="x" * 2 * llm.LONGEST_LINE) + chunk(" Not at eight.")
    visitor.ask(baker, OPENING)
    reply = Message.objects.get(author="ai")
    assert (reply.text, reply.mishap) == ("At seven.", "broke_off")


@pytest.mark.parametrize("sign", ["\u2028", "\x85", "\u2029"])
def test_only_a_line_feed_ends_a_line(visitor: Visitor, baker: Chatbot, model: Model, sign: str) -> None:
    model.raw = chunk(f"At seven,{sign}dear visitor.") + b"data: [DONE]"
    visitor.ask(baker, OPENING)
    reply = Message.objects.get(author="ai")
    assert (reply.text, reply.mishap) == (f"At seven,{sign}dear visitor.", "")


def test_when_too_many_wait_for_the_model_nobody_else_asks_it(visitor: Visitor, baker: Chatbot, model: Model) -> None:
    with ExitStack() as crowd:
        for _ in range(llm.MOST_AT_ONCE):
            crowd.enter_context(llm.a_place())
        assert INSTEAD in visitor.ask(baker, OPENING).content.decode()
    assert (model.prompts, PoolPeriod.objects.get().held) == ([], 0)
    visitor.ask(baker, OPENING)
    assert [reply.mishap for reply in Message.objects.filter(author="ai")] == ["quoted", ""]


def test_the_crowd_at_one_agencys_provider_keeps_out_no_other(visitor: Visitor, baker: Chatbot, model: Model) -> None:
    with ExitStack() as crowd:
        for _ in range(llm.MOST_OF_ONE):
            crowd.enter_context(llm.a_place(baker.workspace.agency_id))
        with pytest.raises(llm.Unavailable), llm.a_place(baker.workspace.agency_id):
            pass
        visitor.ask(baker, OPENING)
    assert len(model.prompts) == 1


def test_a_failing_model_keeps_no_place(visitor: Visitor, baker: Chatbot, model: Model) -> None:
    model.text = ""
    visitor.ask(baker, OPENING)
    assert not llm.taken


@pytest.mark.parametrize("text", ["seven\x00o'clock", "seven \ud800"], ids=["a zero byte", "half a character"])
def test_what_cannot_be_stored_does_not_break_the_page(
    visitor: Visitor, baker: Chatbot, model: Model, text: str
) -> None:
    model.text = text
    assert visitor.ask(baker, OPENING).status_code in (200, 503)
    assert PoolPeriod.objects.get().held == 0
