"""A configured model, spoken to over HTTP: a real server on this machine that speaks the OpenAI protocol."""

import json
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
    """Says `text`, or fails as it is told, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Speaking)
        self.text: Any = "At seven, dear visitor."
        self.status, self.raw, self.silent, self.drips = 200, b"", False, 0
        self.meanwhile: Callable[[], Any] = lambda: None
        self.prompts: list[dict[str, Any]] = []
        self.asked, self.over = Event(), Event()

    def reply(self) -> bytes:
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": self.text}}
        body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
        return self.raw or json.dumps(body).encode()


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
        self.send_header("Content-Type", "text/html" if self.server.raw.startswith(b"<") else "application/json")
        self.end_headers()
        with suppress(OSError):  # whoever asked may have left
            for _ in range(self.server.drips):
                self.wfile.write(b" ")
                self.server.over.wait(timeout=0.05)
            self.wfile.write(self.server.reply())

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


@pytest.mark.parametrize(
    "failure",
    [
        {"status": 500},
        {"status": 401},
        {"status": 429},
        {"raw": b"<html>Sign in to the hotel's network</html>"},
        {"raw": b"{}"},
        {"raw": b'{"choices": []}'},
        {"raw": b'{"choices": [{"message": null}]}'},
        {"raw": b'"seven"'},
        {"raw": b'{"choices": [{"index": 0, "message": {"role": "assistant", "content": [{"text": "seven"}]}}]}'},
        {"text": ""},
        {"text": None},
        {"text": " \n "},
        {"silent": True},
        {"drips": 60},
        {"raw": b"[" * 100_000},
    ],
    ids=lambda failure: str(failure)[:80],
)
def test_a_failing_model_gives_a_sentence_and_costs_nothing(
    visitor: Visitor, baker: Chatbot, model: Model, settings: Any, failure: dict[str, Any]
) -> None:
    settings.LLM_TIMEOUT = 0.2 if {"silent", "drips"} & {*failure} else 5
    vars(model).update(failure)
    answer = visitor.ask(baker, OPENING)
    assert answer.status_code == 503
    assert b"I cannot answer at the moment" in answer.content
    assert not Message.objects.exists()
    assert not LedgerEntry.objects.exists()
    assert (PoolPeriod.objects.get().used, PoolPeriod.objects.get().held) == (0, 0)


def test_nobody_at_the_models_address_is_the_same(visitor: Visitor, baker: Chatbot, settings: Any) -> None:
    settings.LLM_BASE_URL, settings.LLM_API_KEY = "http://127.0.0.1:9/v1", "a key"
    assert visitor.ask(baker, OPENING).status_code == 503
    assert PoolPeriod.objects.get().held == 0


def test_once_the_model_is_back_the_same_message_is_answered(visitor: Visitor, baker: Chatbot, model: Model) -> None:
    message_id = str(uuid4())
    model.status = 500
    visitor.ask(baker, OPENING, message_id=message_id)
    model.status = 200
    assert visitor.ask(baker, OPENING, message_id=message_id).status_code == 200
    assert PoolPeriod.objects.get().used == 2


def test_after_a_failure_other_words_are_answered_too(visitor: Visitor, baker: Chatbot, model: Model) -> None:
    model.status = 500
    refused = visitor.ask(baker, OPENING)
    model.status = 200
    offered = str(refused.context["form"]["message_id"].value())
    assert visitor.ask(baker, "When does the bakery close?", message_id=offered).status_code == 200


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


def test_when_too_many_wait_for_the_model_nobody_else_asks_it(visitor: Visitor, baker: Chatbot, model: Model) -> None:
    with ExitStack() as crowd:
        for _ in range(llm.MOST_AT_ONCE):
            crowd.enter_context(llm.a_place())
        assert visitor.ask(baker, OPENING).status_code == 503
    assert (model.prompts, PoolPeriod.objects.get().held) == ([], 0)
    assert visitor.ask(baker, OPENING).status_code == 200


def test_a_failing_model_keeps_no_place(visitor: Visitor, baker: Chatbot, model: Model) -> None:
    model.text = ""
    visitor.ask(baker, OPENING)
    with ExitStack() as crowd:
        for _ in range(llm.MOST_AT_ONCE):
            crowd.enter_context(llm.a_place())


@pytest.mark.parametrize("text", ["seven\x00o'clock", "seven \ud800"], ids=["a zero byte", "half a character"])
def test_what_cannot_be_stored_does_not_break_the_page(
    visitor: Visitor, baker: Chatbot, model: Model, text: str
) -> None:
    model.text = text
    assert visitor.ask(baker, OPENING).status_code in (200, 503)
    assert PoolPeriod.objects.get().held == 0
