"""Whom a chatbot asks for its answers, and what becomes of the keys."""

import asyncio
import gzip
from collections.abc import AsyncIterable, AsyncIterator, Callable
from datetime import datetime
from typing import Any

import httpcore2
import httpx2
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, AuditEntry, User
from billing.models import LedgerEntry, ModelUse
from chatbots.answers import llm, providers
from chatbots.bots import moving
from chatbots.knowledge.fetching import calls
from chatbots.models import AgencyProvider, Chatbot, ChatbotProvider
from tests.chatbots.test_llm import OPENING, Model, model  # noqa: F401 - a fixture
from tests.conftest import Visitor
from workspaces.models import Workspace

SignIn = Callable[[User], Client]
KEY = "sk-a-secret-of-northwind"
GIVEN = {"base_url": "https://api.example.com/v1", "model": "large", "api_key": KEY, "falls_back": False}


@pytest.fixture
def own(settings: Any) -> None:
    """This Bureau has two providers of its own."""
    settings.LLM_BASE_URL, settings.LLM_API_KEY, settings.LLM_MODEL = "http://first/v1", "1", "first"
    settings.LLM_FALLBACK_BASE_URL, settings.LLM_FALLBACK_API_KEY = "http://second/v1", "2"
    settings.LLM_FALLBACK_MODEL = "second"


def models(chatbot: Chatbot) -> list[str]:
    return [each.model for each in providers.of(chatbot)]


def page_of(chatbot: Chatbot) -> str:
    return reverse("chatbots:provider", args=[chatbot.workspace_id, chatbot.pk])


def test_without_any_provider_nobody_is_asked(baker: Chatbot) -> None:
    assert providers.of(baker) == []


@pytest.mark.usefixtures("own")
def test_the_nearest_provider_is_asked_and_no_other(baker: Chatbot, ada: User, now: datetime) -> None:
    assert models(baker) == ["first", "second"]
    providers.set_for_agency(baker.workspace.agency, by=ada, now=now, **GIVEN)
    assert models(baker) == ["large"]
    providers.set_for_chatbot(baker, by=ada, now=now, **GIVEN | {"model": "mine"})
    assert models(baker) == ["mine"]


@pytest.mark.usefixtures("own")
def test_where_it_is_allowed_the_next_one_follows(baker: Chatbot, ada: User, now: datetime) -> None:
    providers.set_for_agency(baker.workspace.agency, by=ada, now=now, **GIVEN)
    providers.set_for_chatbot(baker, by=ada, now=now, **GIVEN | {"model": "mine", "falls_back": True})
    assert models(baker) == ["mine", "large"]
    assert [each.is_guarded for each in providers.of(baker)] == [True, True]


def test_a_provider_of_one_agency_is_none_of_another(baker: Chatbot, crier: Chatbot, ada: User, now: datetime) -> None:
    providers.set_for_agency(baker.workspace.agency, by=ada, now=now, **GIVEN)
    assert models(crier) == []


def test_the_key_is_sealed_where_it_is_stored(baker: Chatbot, ada: User, now: datetime) -> None:
    providers.set_for_chatbot(baker, by=ada, now=now, **GIVEN)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM chatbots_chatbotprovider")
        assert KEY.encode() not in b"".join(
            bytes(value) for value in cursor.fetchone() if isinstance(value, memoryview)
        )
    assert KEY not in str(list(AuditEntry.objects.values()))
    assert providers.of(baker)[0].key == KEY


def test_the_key_is_shown_to_nobody_again(baker: Chatbot, ada: User, sign_in: SignIn) -> None:
    browser = sign_in(ada)
    browser.post(page_of(baker), GIVEN)
    shown = browser.get(page_of(baker)).content.decode()
    assert KEY not in shown
    assert "ends in <code>wind</code>" in shown
    assert KEY not in browser.post(page_of(baker), GIVEN | {"base_url": "nowhere"}).content.decode()


def test_an_empty_key_keeps_the_stored_one(baker: Chatbot, ada: User, sign_in: SignIn) -> None:
    sign_in(ada).post(page_of(baker), GIVEN)
    sign_in(ada).post(page_of(baker), GIVEN | {"api_key": "", "model": "small"})
    (asked,) = providers.of(baker)
    assert (asked.model, asked.key) == ("small", KEY)


def test_a_stored_key_goes_to_no_other_host(baker: Chatbot, ada: User, sign_in: SignIn) -> None:
    sign_in(ada).post(page_of(baker), GIVEN)
    elsewhere = GIVEN | {"api_key": "", "base_url": "https://thief.example/v1"}
    answer = sign_in(ada).post(page_of(baker), elsewhere)
    assert (answer.status_code, "belongs to another address" in answer.content.decode()) == (422, True)
    assert ChatbotProvider.objects.get().base_url == GIVEN["base_url"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"base_url": "http://api.example.com/v1"}, "https://"),
        ({"base_url": "https://me:you@api.example.com/v1"}, "leave out names"),
        ({"base_url": "ftp://api.example.com"}, "https://"),
        ({"base_url": "https://api.example.com:99999/v1"}, "no port"),
        ({"base_url": "https://api.example.com:0/v1"}, "no port"),
        ({"base_url": "over there"}, "not a web address"),
        ({"base_url": ""}, "enter the provider"),
        ({"model": " "}, "name of a model"),
        ({"api_key": ""}, "enter the key"),
        ({"api_key": "short"}, "at least 8"),
    ],
)
def test_what_cannot_work_is_refused_with_a_reason(
    baker: Chatbot, ada: User, sign_in: SignIn, wrong: dict[str, str], said: str
) -> None:
    answer = sign_in(ada).post(page_of(baker), GIVEN | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ChatbotProvider.objects.exists()


@pytest.mark.usefixtures("own")
def test_a_key_sealed_under_another_secret_is_asked_for_again(
    northwind: Agency, baker: Chatbot, ada: User, sign_in: SignIn, now: datetime, settings: Any
) -> None:
    providers.set_for_agency(northwind, by=ada, now=now, **GIVEN)
    settings.SECRET_KEY = "another secret of this Bureau, of full length"
    assert providers.of(baker) == []
    shown = sign_in(ada).get(reverse("chatbots:agency-provider", args=[northwind.pk]))
    assert "cannot be read any more" in shown.content.decode()
    with pytest.raises(providers.KeyMissing):
        providers.set_for_agency(northwind, by=ada, now=now, **GIVEN | {"api_key": ""})


def test_removing_forgets_the_key(northwind: Agency, baker: Chatbot, ada: User, sign_in: SignIn, now: datetime) -> None:
    providers.set_for_agency(northwind, by=ada, now=now, **GIVEN)
    providers.set_for_chatbot(baker, by=ada, now=now, **GIVEN)
    sign_in(ada).post(reverse("chatbots:remove-provider", args=[baker.workspace_id, baker.pk]))
    sign_in(ada).post(reverse("chatbots:remove-agency-provider", args=[northwind.pk]))
    assert not ChatbotProvider.objects.exists()
    assert not AgencyProvider.objects.exists()


def test_a_chatbot_that_moves_to_another_client_leaves_its_key(
    baker: Chatbot, bookshop: Workspace, ada: User, now: datetime
) -> None:
    providers.set_for_chatbot(baker, by=ada, now=now, **GIVEN)
    moved = moving.move(baker, to=bookshop, by=ada, now=now)
    assert providers.of(moved) == []


# --- asking it -------------------------------------------------------------------------------------------------------


@pytest.fixture
def typed_in(baker: Chatbot, ada: User, model: Model, now: datetime, settings: Any) -> str:  # noqa: F811
    """The model's server is one that a person typed in, and this Bureau has none. Its host and port."""
    providers.set_for_chatbot(baker, by=ada, now=now, **GIVEN | {"base_url": settings.LLM_BASE_URL})
    place, settings.LLM_BASE_URL = settings.LLM_BASE_URL.split("/")[2], ""
    return str(place)


def test_the_own_provider_answers_with_its_model_as_the_chatbot_is_set(
    visitor: Visitor,
    baker: Chatbot,
    model: Model,  # noqa: F811
    typed_in: str,
    settings: Any,
) -> None:
    settings.FETCH_ALLOWED = [typed_in]
    Chatbot.objects.filter(pk=baker.pk).update(temperature=1.5, answer_length="short", answers_in="Dutch")
    assert model.text.encode() in visitor.ask(baker, OPENING).content
    (asked,) = model.prompts
    assert (asked["model"], asked["temperature"], asked["max_tokens"]) == ("large", 1.5, 300)
    assert "in Dutch" in asked["messages"][0]["content"]


@pytest.mark.usefixtures("typed_in")
def test_a_provider_at_an_inner_address_is_not_reached(
    visitor: Visitor,
    baker: Chatbot,
    model: Model,  # noqa: F811
) -> None:
    answer = visitor.ask(baker, OPENING)
    assert b"opens at seven" in answer.content
    assert model.prompts == []


@pytest.mark.usefixtures("own")
def test_instead_of_a_provider_without_a_port_the_sources_are_quoted(
    visitor: Visitor, baker: Chatbot, ada: User, now: datetime
) -> None:
    providers.set_for_chatbot(baker, by=ada, now=now, **GIVEN | {"base_url": "https://8.8.8.8:99999/v1"})
    assert b"opens at seven" in visitor.ask(baker, OPENING).content


def test_who_has_an_own_provider_has_only_a_share_of_the_places(
    visitor: Visitor,
    baker: Chatbot,
    model: Model,  # noqa: F811
    typed_in: str,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.FETCH_ALLOWED = [typed_in]
    monkeypatch.setattr(llm, "MOST_OF_ONE", 0)
    assert b"opens at seven" in visitor.ask(baker, OPENING).content
    assert model.prompts == []


def test_no_report_of_an_error_shows_a_key(baker: Chatbot, ada: User, now: datetime) -> None:
    providers.set_for_chatbot(baker, by=ada, now=now, **GIVEN)
    assert KEY not in repr(providers.of(baker))


def test_when_the_own_one_fails_the_next_one_answers_where_that_is_allowed(
    visitor: Visitor,
    baker: Chatbot,
    ada: User,
    model: Model,  # noqa: F811
    now: datetime,
) -> None:
    gone = GIVEN | {"base_url": "https://127.0.0.1/v1"}
    providers.set_for_chatbot(baker, by=ada, now=now, **gone)
    assert b"opens at seven" in visitor.ask(baker, OPENING).content
    assert model.prompts == []
    providers.set_for_chatbot(baker, by=ada, now=now, **gone | {"falls_back": True})
    assert model.text.encode() in visitor.ask(baker, OPENING).content


# --- what it may send ------------------------------------------------------------------------------------------------


async def heard_of(pieces: AsyncIterable[bytes]) -> None:
    async for _ in pieces:
        pass


def test_a_body_without_end_is_read_no_further_than_there_is_room() -> None:
    sent: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(2 * calls.MOST // 65_536):
            sent.append(65_536)
            yield b"x" * 65_536

    with pytest.raises(httpx2.ReadError):
        asyncio.run(heard_of(calls.Body(endless())))
    assert sum(sent) <= calls.MOST + 65_536


def test_a_packed_body_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(b"x" * 1_000_000)
    asked: list[httpcore2.Request] = []

    async def answer(_: Any, request: httpcore2.Request) -> httpcore2.Response:
        asked.append(request)
        return httpcore2.Response(500, headers=[(b"content-encoding", b"gzip")], content=packed)

    async def ask() -> None:
        async with httpx2.AsyncClient(transport=calls.Transport(None)) as client:
            await client.get("https://models.example/v1")

    monkeypatch.setattr(httpcore2.AsyncConnectionPool, "handle_async_request", answer)
    with pytest.raises(httpx2.RemoteProtocolError):
        asyncio.run(ask())
    assert (b"Accept-Encoding", b"identity") in asked[0].headers


# --- trying it -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("typed_in")
def test_trying_it_shows_what_came_and_takes_no_units(
    baker: Chatbot,
    ada: User,
    sign_in: SignIn,
    model: Model,  # noqa: F811
    settings: Any,
    typed_in: str,
) -> None:
    settings.FETCH_ALLOWED = [typed_in]
    shown = sign_in(ada).post(try_of(baker)).content.decode()
    assert f'<q dir="auto">{model.text}</q>' in shown
    assert ("In use:" in shown, f'action="{page_of(baker)}"' in shown) == (True, True)
    assert not LedgerEntry.objects.exists()
    (asked,) = model.prompts
    assert [line["role"] for line in asked["messages"]] == ["user"]


def test_trying_it_brings_the_fragment_alone_where_one_is_asked_for(
    northwind: Agency,
    ada: User,
    sign_in: SignIn,
    model: Model,  # noqa: F811
    now: datetime,
    settings: Any,
) -> None:
    settings.FETCH_ALLOWED = [settings.LLM_BASE_URL.split("/")[2]]
    providers.set_for_agency(northwind, by=ada, now=now, **GIVEN | {"base_url": settings.LLM_BASE_URL})
    address = reverse("chatbots:try-agency-provider", args=[northwind.pk])
    shown = sign_in(ada).post(address, headers={"HX-Request": "true"}).content.decode()
    assert model.text in shown
    assert "<html" not in shown


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"status": 401}, "does not accept the key (401)"),
        ({"status": 404}, "knows no such model"),
        ({"status": 429}, "used up (429)"),
        ({"status": 302}, "refused the question (302)"),
        ({"status": 503}, "fault of its own just now (503)"),
        ({"raw": b"<html>Welcome</html>"}, "no reply of the OpenAI protocol"),
        ({"raw": b"data: {]\n\n"}, "no reply of the OpenAI protocol"),
        ({"text": "   "}, "an empty reply"),
        ({"end": ""}, "broke off"),
        ({"silent": True}, "did not answer within 1 seconds"),
    ],
)
def test_trying_it_says_what_failed(
    baker: Chatbot,
    ada: User,
    sign_in: SignIn,
    model: Model,  # noqa: F811
    typed_in: str,
    settings: Any,
    fault: dict[str, Any],
    said: str,
) -> None:
    settings.FETCH_ALLOWED, settings.LLM_TIMEOUT = [typed_in], 1
    for name, value in fault.items():
        setattr(model, name, value)
    assert said in sign_in(ada).post(try_of(baker)).content.decode()
    model.over.set()


def test_trying_it_reaches_no_inner_address(
    baker: Chatbot,
    ada: User,
    sign_in: SignIn,
    model: Model,  # noqa: F811
    typed_in: str,
) -> None:
    assert f"{typed_in.split(':')[0]} is an inner address" in sign_in(ada).post(try_of(baker)).content.decode()
    assert model.prompts == []


def test_without_a_provider_there_is_nothing_to_try(baker: Chatbot, ada: User, sign_in: SignIn) -> None:
    assert "Try it" not in sign_in(ada).get(page_of(baker)).content.decode()
    assert sign_in(ada).post(try_of(baker)).status_code == 302


def try_of(chatbot: Chatbot) -> str:
    return reverse("chatbots:try-provider", args=[chatbot.workspace_id, chatbot.pk])


# --- what it charges for ---------------------------------------------------------------------------------------------


@pytest.fixture
def reached(typed_in: str, settings: Any) -> None:
    settings.FETCH_ALLOWED = [typed_in]


def used() -> list[tuple[str, int, int, int, int]]:
    return list(ModelUse.objects.values_list("model", "answers", "estimated", "input_tokens", "output_tokens"))


@pytest.mark.usefixtures("reached")
def test_tokens_of_an_own_provider_are_what_it_tells(visitor: Visitor, baker: Chatbot, model: Model) -> None:  # noqa: F811
    usage = b'data: {"choices": [], "usage": {"prompt_tokens": 120, "completion_tokens": 9}}\n\ndata: [DONE]\n\n'
    words = b'data: {"choices": [{"delta": {"content": "At seven."}, "finish_reason": "stop"}]}\n\n'
    model.raw = words + usage
    visitor.ask(baker, OPENING)
    visitor.ask(baker, OPENING)
    assert used() == [("large", 2, 0, 240, 18)]
    assert model.prompts[0]["stream_options"] == {"include_usage": True}


@pytest.mark.usefixtures("reached")
def test_tokens_that_nobody_told_are_estimated_and_marked(visitor: Visitor, baker: Chatbot, model: Model) -> None:  # noqa: F811
    visitor.ask(baker, OPENING)
    [(_, answers, estimated, read, written)] = used()
    assert (answers, estimated, written) == (1, 1, 6)  # "At seven, dear visitor." has 23 bytes
    assert read > 50


@pytest.mark.usefixtures("reached")
def test_what_was_spent_for_an_answer_that_was_not_stored_is_spent(
    visitor: Visitor,
    baker: Chatbot,
    model: Model,  # noqa: F811
) -> None:
    model.meanwhile = lambda: Chatbot.objects.filter(pk=baker.pk).delete()
    visitor.ask(baker, OPENING)
    assert [answers for _, answers, *_ in used()] == [1]


def test_what_this_bureaus_provider_uses_is_no_cost_of_the_agency(
    visitor: Visitor,
    baker: Chatbot,
    model: Model,  # noqa: F811
) -> None:
    visitor.ask(baker, OPENING)
    assert model.prompts
    assert used() == []
