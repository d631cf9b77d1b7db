"""Making a chatbot and changing its settings."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from agencies.models import Agency, User
from chatbots.bots import bots
from chatbots.models import Chatbot
from tests.racing import at_once
from workspaces.models import Workspace


@pytest.fixture
def browser(bo: User, sign_in: Any) -> Client:
    return sign_in(bo)


@pytest.fixture
def typed() -> dict[str, str]:
    return {"name": "Baker", "language": "english", "request_key": str(uuid4())}


@pytest.fixture
def page(bakery: Workspace) -> str:
    return f"/workspaces/{bakery.pk}/chatbots/new/"


def test_a_new_chatbot_leads_to_its_data_sources(browser: Client, page: str, typed: Any, bakery: Workspace) -> None:
    answer = browser.post(page, typed)
    assert answer.url == f"/workspaces/{bakery.pk}/chatbots/{bakery.chatbots.get().pk}/sources/"


def test_a_double_click_makes_one_even_at_the_limit(browser: Client, page: str, typed: Any, northwind: Agency) -> None:
    Agency.objects.filter(pk=northwind.pk).update(chatbot_limit=1)
    assert browser.post(page, typed).url == browser.post(page, typed).url
    assert Chatbot.objects.count() == 1


@pytest.mark.usefixtures("bookworm")
def test_at_the_limit_it_is_refused_in_words(browser: Client, page: str, typed: Any, northwind: Agency) -> None:
    Agency.objects.filter(pk=northwind.pk).update(chatbot_limit=1)
    answer = browser.post(page, typed)
    assert answer.status_code == 422
    assert b"Your plan holds 1 chatbots" in answer.content


def test_a_plain_account_makes_chatbots_within_the_free_plan(nina: User, newcomer: Agency, sign_in: Any) -> None:
    browser, page = sign_in(nina), f"/workspaces/{newcomer.workspaces.get().pk}/chatbots/new/"
    answers = [
        browser.post(page, {"name": f"Bot {number}", "language": "english", "request_key": str(uuid4())}).status_code
        for number in range(3)
    ]
    assert answers == [302, 302, 422]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "  "),
        ("name", "x" * 300),
        ("language", "klingon"),
        ("language", "pg_catalog.english"),
        ("request_key", ""),
    ],
)
def test_bad_input_is_refused_at_its_field(browser: Client, page: str, typed: Any, field: str, value: str) -> None:
    answer = browser.post(page, {**typed, field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Chatbot.objects.exists()


def test_the_preview_frames_the_public_page(browser: Client, baker: Chatbot, settings: Any) -> None:
    answer = browser.get(f"/workspaces/{baker.workspace_id}/chatbots/{baker.pk}/")
    assert f"{settings.PUBLIC_URL}/c/{baker.public_id}/".encode() in answer.content
    assert settings.PUBLIC_URL in answer["Content-Security-Policy"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_pass_the_limit(bakery: Workspace, northwind: Agency, ada: User, now: datetime) -> None:
    Agency.objects.filter(pk=northwind.pk).update(chatbot_limit=3)

    def make(number: int) -> Chatbot:
        return bots.create(bakery, name=f"Bot {number}", language="english", by=ada, now=now)

    assert sum(isinstance(result, Chatbot) for result in at_once(make)) == 3
    assert Chatbot.objects.count() == 3
