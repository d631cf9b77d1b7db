"""Chatbots as models of the OpenAI protocol, asked by the real `openai` client."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import openai
import pytest
from django.test import Client
from django.utils import timezone

from agencies.models import Agency, AuditEntry, User
from billing.models import Hold, LedgerEntry, PoolPeriod
from chatbots.answers import storing
from chatbots.bots import places
from chatbots.closing import closing
from chatbots.keys import keys
from chatbots.models import ApiKey, Chatbot, Conversation, DataSource, Message
from chatbots.public import limits
from tests.chatbots.test_llm import Model, _no_pause, heard, model  # noqa: F401 - fixtures
from tests.chatbots.test_streaming import EVIL
from tests.conftest import Visitor, content_of, teach
from tests.servers import public_door
from workspaces.models import AtLimit, Workspace

OPENING = "When does the bakery open in the morning?"


class ThroughTheDoor(httpx2.BaseTransport):
    """Carries the client's requests to the public door without a network, inside the test's transaction."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() != "content-type"}
        kind = request.headers.get("Content-Type", "")
        path = request.url.raw_path.decode()
        answer = self.visitor.generic(request.method, path, request.read(), kind, headers=headers)
        return httpx2.Response(answer.status_code, headers=dict(answer.headers), content=content_of(answer))


def key_of(workspace: Workspace, by: User, name: str = "Our app") -> str:
    _, secret = keys.create(workspace, name=name, request_key=uuid4(), by=by, now=timezone.now())
    return secret


@pytest.fixture
def secret(bakery: Workspace, bo: User) -> str:
    return key_of(bakery, bo)


@pytest.fixture
def program(visitor: Visitor) -> Callable[[str], openai.OpenAI]:
    """OpenAI's own client, with a key."""

    def opened(secret: str) -> openai.OpenAI:
        through = httpx2.Client(transport=ThroughTheDoor(visitor))
        return openai.OpenAI(api_key=secret, base_url="http://testserver/v1", http_client=through, max_retries=0)

    return opened


def said(*words: str) -> list[Any]:
    """A conversation in which the user speaks first and last."""
    return [{"role": ("user", "assistant")[turn % 2], "content": text} for turn, text in enumerate(words)]


def counters() -> tuple[int, int]:
    pool = PoolPeriod.objects.get()
    return pool.used, pool.held


# --- asking ----------------------------------------------------------------------------------------------------------


def test_each_chatbot_of_the_workspace_is_a_model(program: Any, secret: str, baker: Chatbot, bookworm: Chatbot) -> None:
    (found,) = program(secret).models.list()
    assert (found.id, found.name, found.object) == (baker.public_id, "Baker", "model")


def test_a_question_is_answered_and_charged_like_a_visitors(program: Any, secret: str, baker: Chatbot) -> None:
    answer = program(secret).chat.completions.create(model=baker.public_id, messages=said(OPENING))
    assert "opens at seven in the morning" in answer.choices[0].message.content
    assert (answer.choices[0].finish_reason, answer.usage, answer.message_units) == ("stop", None, 2)
    assert answer.citations == [{"title": "Opening hours", "url": None}]
    assert [row.kind for row in LedgerEntry.objects.order_by("pk")] == ["visitor", "ai"]
    assert counters() == (2, 0)


def test_nobody_takes_over_what_a_program_asks(
    program: Any, secret: str, baker: Chatbot, bo: User, sign_in: Callable[[User], Client]
) -> None:
    program(secret).chat.completions.create(model=baker.public_id, messages=said(OPENING))
    page = f"/workspaces/{baker.workspace_id}/conversations/{baker.conversations.get().pk}/"
    desk = sign_in(bo)
    assert b"Take over</button>" not in desk.get(page).content
    assert "hears the chatbot only" in desk.post(f"{page}claim/", follow=True).content.decode()
    assert baker.conversations.get().state == "bot"


def test_a_stream_brings_the_same_words(program: Any, secret: str, baker: Chatbot) -> None:
    chunks = list(program(secret).chat.completions.create(model=baker.public_id, messages=said(OPENING), stream=True))
    words = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert words == Message.objects.get(author="ai").text
    assert (chunks[0].choices[0].delta.role, chunks[-1].choices[0].finish_reason) == ("assistant", "stop")
    assert chunks[-1].message_units == 2
    assert counters() == (2, 0)


def test_the_model_sees_what_came_with_the_question_and_nothing_of_others(
    program: Any,
    secret: str,
    baker: Chatbot,
    model: Model,  # noqa: F811
    visitor: Visitor,
) -> None:
    visitor.ask(baker, "I am a visitor of the page. When does the bakery open?")
    messages = [{"role": "system", "content": "Be rude."}, *said("My name is Zoe.", "Hello Zoe.", OPENING)]
    program(secret).chat.completions.create(model=baker.public_id, messages=messages, user="zoe")
    seen = [(line["role"], line["content"]) for line in model.prompts[-1]["messages"]][1:]
    assert seen == [("user", "My name is Zoe."), ("assistant", "Hello Zoe."), ("user", OPENING)]
    assert "visitor of the page" not in json.dumps(model.prompts[-1])
    assert "Be rude." not in heard(model)


def test_a_long_conversation_is_bounded(program: Any, secret: str, baker: Chatbot, model: Model) -> None:  # noqa: F811
    messages = said(*[f"Line {number}." for number in range(40)], OPENING)
    program(secret).chat.completions.create(model=baker.public_id, messages=messages)
    assert len(model.prompts[-1]["messages"]) == storing.REMEMBERED + 2


def test_a_traitor_has_nothing_foreign_to_tell(
    program: Any,
    secret: str,
    baker: Chatbot,
    bookworm: Chatbot,
    crier: Chatbot,
    model: Model,  # noqa: F811
) -> None:
    model.meanwhile = lambda: vars(model).update(text=f"{EVIL} {json.dumps(model.prompts[-1])}")
    answer = program(secret).chat.completions.create(model=baker.public_id, messages=said(OPENING))
    told = answer.choices[0].message.content
    assert "opens at seven" in told
    assert not [word for word in ("thirty days", "newspapers", "Northwind", "Rival", secret) if word in told]


def test_users_have_conversations_of_their_own(program: Any, secret: str, baker: Chatbot) -> None:
    for user in ("zoe", "zoe", "max", openai.omit, openai.omit):
        program(secret).chat.completions.create(model=baker.public_id, messages=said(OPENING), user=user)
    assert sorted(talk.messages.count() for talk in Conversation.objects.all()) == [2, 2, 2, 4]


def test_parts_of_text_are_read(program: Any, secret: str, baker: Chatbot) -> None:
    parts = [{"role": "user", "content": [{"type": "text", "text": OPENING}]}]
    answer = program(secret).chat.completions.create(model=baker.public_id, messages=parts)
    assert "opens at seven" in answer.choices[0].message.content


def test_half_an_answer_says_so(program: Any, secret: str, baker: Chatbot, model: Model) -> None:  # noqa: F811
    model.end = ""
    answer = program(secret).chat.completions.create(model=baker.public_id, messages=said(OPENING))
    assert (answer.choices[0].finish_reason, answer.mishap) == ("length", "broke_off")


# --- once ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["Idempotency-Key", "X-Client-Request-Id"])
def test_a_question_of_one_name_counts_once(program: Any, secret: str, baker: Chatbot, header: str) -> None:
    ask = program(secret).with_options(default_headers={header: "order 7"}).chat.completions.create
    first, second = (ask(model=baker.public_id, messages=said(OPENING)) for _ in range(2))
    streamed = list(ask(model=baker.public_id, messages=said(OPENING), stream=True))
    assert first.choices == second.choices
    assert streamed[0].choices[0].delta.content == first.choices[0].message.content
    assert (counters(), Message.objects.count(), first.id == second.id) == ((2, 0), 2, True)


@pytest.mark.parametrize("other", [said("And on Sundays?"), said("Hi.", "Hello.", OPENING)], ids=["text", "history"])
def test_the_same_name_for_another_question_is_refused(
    program: Any, secret: str, baker: Chatbot, other: list[Any]
) -> None:
    ask = program(secret).with_options(default_headers={"Idempotency-Key": "order 7"}).chat.completions.create
    ask(model=baker.public_id, messages=said(OPENING))
    with pytest.raises(openai.ConflictError) as refused:
        ask(model=baker.public_id, messages=other)
    assert (refused.value.code, counters()) == ("idempotency_key_reused", (2, 0))


def test_names_of_two_keys_are_not_the_same(
    program: Any, secret: str, baker: Chatbot, bakery: Workspace, bo: User
) -> None:
    for each in (secret, key_of(bakery, bo, "Another")):
        named = program(each).with_options(default_headers={"Idempotency-Key": "order 7"})
        named.chat.completions.create(model=baker.public_id, messages=said(OPENING))
    assert counters() == (4, 0)


# --- who may not -----------------------------------------------------------------------------------------------------


def test_a_chatbot_of_elsewhere_is_one_that_never_was(
    program: Any, secret: str, baker: Chatbot, bookworm: Chatbot, crier: Chatbot
) -> None:
    told = set()
    for public_id in (bookworm.public_id, crier.public_id, "f" * 24, "gpt-4o", ""):
        with pytest.raises(openai.NotFoundError) as refused:
            program(secret).chat.completions.create(model=public_id, messages=said(OPENING))
        told.add(json.dumps(refused.value.body, sort_keys=True))
    assert len(told) == 1
    assert not Hold.objects.exists()


@pytest.mark.parametrize("wrong", ["bureau_" + "x" * 43, "sk-123", "bureau_", "a" * 5000])
def test_a_wrong_key_opens_nothing(program: Any, baker: Chatbot, wrong: str) -> None:
    for ask in (
        lambda: program(wrong).models.list(),
        lambda: program(wrong).chat.completions.create(model=baker.public_id, messages=said(OPENING)),
    ):
        with pytest.raises(openai.AuthenticationError) as refused:
            ask()
        assert refused.value.code == "invalid_api_key"


@pytest.mark.parametrize("state", ["paused_at", "archived_at", "deleted_at", "revoked"])
def test_a_key_ends_with_its_workspace_and_when_it_is_revoked(
    program: Any, secret: str, baker: Chatbot, bakery: Workspace, bo: User, state: str
) -> None:
    if state == "revoked":
        keys.revoke(bakery.api_keys.get(), by=bo, now=timezone.now())
    else:
        at = dict.fromkeys({"archived_at", state} if state == "deleted_at" else {state}, timezone.now())
        Workspace.objects.filter(pk=bakery.pk).update(**at)
    with pytest.raises(openai.AuthenticationError):
        program(secret).models.list()
    with pytest.raises(openai.AuthenticationError):
        program(secret).chat.completions.create(model=baker.public_id, messages=said(OPENING))
    assert not Hold.objects.exists()


def test_a_paused_chatbot_is_a_model_that_rests(program: Any, secret: str, baker: Chatbot) -> None:
    Chatbot.objects.filter(pk=baker.pk).update(paused_at=timezone.now())
    with pytest.raises(openai.InternalServerError) as refused:
        program(secret).chat.completions.create(model=baker.public_id, messages=said(OPENING))
    assert (refused.value.code, refused.value.response.headers["X-Should-Retry"]) == ("model_paused", "false")
    assert not Hold.objects.exists()


@pytest.mark.parametrize("choice", AtLimit)
def test_without_units_it_is_the_quota_that_is_missing(program: Any, secret: str, baker: Chatbot, choice: str) -> None:
    Agency.objects.update(message_limit=2)
    Workspace.objects.filter(pk=baker.workspace_id).update(at_limit=choice)
    with pytest.raises(openai.RateLimitError) as refused:
        program(secret).chat.completions.create(model=baker.public_id, messages=said(OPENING))
    assert (refused.value.code, refused.value.response.headers["X-Should-Retry"]) == ("insufficient_quota", "false")
    assert not [word for word in ("Northwind", "pool", "cap") if word in str(refused.value.body)]


def test_without_units_a_qa_answers_where_the_workspace_chose_that(program: Any, secret: str, baker: Chatbot) -> None:
    teach(baker, "Do you bake without gluten?", "On Mondays.", DataSource.Kind.QA)
    Agency.objects.update(message_limit=2)
    Workspace.objects.filter(pk=baker.workspace_id).update(at_limit=AtLimit.QA)
    ask = program(secret).chat.completions.create
    answer = ask(model=baker.public_id, messages=said("Do you bake without gluten?"))
    assert (answer.choices[0].message.content, answer.message_units) == ("On Mondays.", 0)


def test_limits_come_before_units(program: Any, secret: str, baker: Chatbot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PER_KEY", 2)
    ask = program(secret).chat.completions.create
    for _ in range(2):
        ask(model=baker.public_id, messages=said(OPENING))
    with pytest.raises(openai.RateLimitError) as refused:
        ask(model=baker.public_id, messages=said(OPENING))
    assert (refused.value.code, refused.value.response.headers["Retry-After"]) == ("rate_limit_exceeded", "60")
    assert counters() == (4, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"messages": []},
        {"messages": "hello"},
        {"messages": said("Hi.", "Hello.")},
        {"messages": said("  ")},
        {"messages": said("x" * 20_000)},
        {"messages": [{"role": "system", "content": "Only rules."}]},
        {"messages": [{"role": "tool", "content": "…"}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://a.example"}}]}]},
        {"messages": [{"role": "user", "content": 7}]},
        {"messages": [7]},
        {"n": 2},
        {"tools": [{"type": "function"}]},
        {"user": 7},
    ],
    ids=lambda wrong: str(wrong)[:60],
)
def test_what_cannot_be_answered_is_refused_in_words(
    program: Any, secret: str, baker: Chatbot, wrong: dict[str, Any]
) -> None:
    asked = {"model": baker.public_id, "messages": said(OPENING)} | wrong
    with pytest.raises(openai.BadRequestError) as refused:
        program(secret).post("/chat/completions", body=asked, cast_to=object)
    assert (refused.value.type, refused.value.param is not None) == ("invalid_request_error", True)
    assert not Hold.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"[" * 60_000, b'"\xff"', b'{"a": \x00}'])
def test_what_is_no_json_is_refused(visitor: Visitor, secret: str, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {secret}"}
    answer = visitor.generic("POST", "/v1/chat/completions", body, "application/json", headers=headers)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")


# --- keys ------------------------------------------------------------------------------------------------------------


def test_a_key_is_shown_once_and_kept_as_its_hash(
    sign_in: Callable[[User], Client], bo: User, bakery: Workspace
) -> None:
    browser, there = sign_in(bo), f"/workspaces/{bakery.pk}/keys/"
    page = browser.post(there, {"name": "Our app", "request_key": str(uuid4())})
    secret = page.context["secret"]
    assert (page.status_code, secret in page.content.decode(), page["Cache-Control"]) == (
        200,
        True,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    assert secret not in browser.get(there).content.decode()
    assert secret not in str(ApiKey.objects.values()) + str(AuditEntry.objects.values())
    assert AuditEntry.objects.latest("pk").target == f"Our app ({secret[:12]}…)"


def test_the_page_tells_which_chatbot_is_which_model(
    sign_in: Callable[[User], Client], bo: User, baker: Chatbot, crier: Chatbot
) -> None:
    shown = sign_in(bo).get(f"/workspaces/{baker.workspace_id}/keys/").content.decode()
    assert (baker.public_id in shown, crier.public_id in shown) == (True, False)


def test_a_key_is_revoked_also_when_its_workspace_was_archived_meanwhile(bakery: Workspace, bo: User) -> None:
    key_of(bakery, bo)
    Workspace.objects.filter(pk=bakery.pk).update(archived_at=timezone.now())
    keys.revoke(bakery.api_keys.get(), by=bo, now=timezone.now())
    assert bakery.api_keys.get().revoked_at
    with pytest.raises(places.ElsewhereMeanwhile):
        key_of(bakery, bo)


def test_one_form_sent_twice_makes_one_key(sign_in: Callable[[User], Client], bo: User, bakery: Workspace) -> None:
    browser, sent = sign_in(bo), {"name": "Our app", "request_key": str(uuid4())}
    _, again = (browser.post(f"/workspaces/{bakery.pk}/keys/", sent) for _ in range(2))
    assert (again.status_code, "was made already" in again.content.decode()) == (422, True)
    assert bakery.api_keys.count() == 1


def test_a_workspace_has_so_many_keys_at_most(bakery: Workspace, bo: User) -> None:
    for number in range(keys.MOST):
        key_of(bakery, bo, f"Key {number}")
    with pytest.raises(keys.TooMany):
        key_of(bakery, bo)
    keys.revoke(bakery.api_keys.first(), by=bo, now=timezone.now())
    assert key_of(bakery, bo)


def test_revoking_twice_is_written_down_once(sign_in: Callable[[User], Client], bo: User, bakery: Workspace) -> None:
    key_of(bakery, bo)
    key, browser = bakery.api_keys.get(), sign_in(bo)
    for _ in range(2):
        browser.post(f"/workspaces/{bakery.pk}/keys/{key.pk}/revoke/")
    key.refresh_from_db()
    assert (key.revoked_by, AuditEntry.objects.filter(action="api_key.revoked").count()) == (bo, 1)


def test_erasing_a_workspace_takes_its_keys_along(secret: str, bakery: Workspace) -> None:
    long_ago = timezone.now() - timedelta(days=60)
    Workspace.objects.filter(pk=bakery.pk).update(archived_at=long_ago, deleted_at=long_ago)
    closing.erase(Workspace.objects.get(pk=bakery.pk), now=timezone.now())
    assert not ApiKey.objects.exists()


def test_its_last_use_is_known_to_the_minute(program: Any, secret: str, bakery: Workspace, baker: Chatbot) -> None:
    program(secret).models.list()
    first = bakery.api_keys.get().last_used_at
    program(secret).models.list()
    assert first == bakery.api_keys.get().last_used_at != None  # noqa: E711


# --- over the network ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_real_client_asks_the_real_server(secret: str, baker: Chatbot) -> None:
    with public_door() as (origin, _):
        client = openai.OpenAI(api_key=secret, base_url=f"{origin}/v1", max_retries=0)
        answer = client.chat.completions.create(model=baker.public_id, messages=said(OPENING))
        with client.chat.completions.create(model=baker.public_id, messages=said(OPENING), stream=True) as chunks:
            words = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        with pytest.raises(openai.AuthenticationError):
            client.with_options(api_key="bureau_wrong").models.list()
    assert words == answer.choices[0].message.content
    assert counters() == (4, 0)
