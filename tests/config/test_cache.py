"""Without Redis people sign in as usual, within limits that each process counts for itself."""

import logging
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import RedisError

from agencies.models import User
from config.cache import Outage

WORD = "a long walk home"


@pytest.fixture
def redis_gone(settings: Any) -> Any:
    nowhere = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": nowhere}
    yield
    Outage.until = 0.0


@pytest.fixture
def someone(ada: User) -> User:
    ada.set_password(WORD)
    ada.save()
    return ada


def test_login_sign_up_and_reset_answer_as_usual(redis_gone: None, plans: None, someone: User) -> None:
    forms = {
        "/accounts/login/": {"login": someone.email, "password": WORD},
        "/accounts/signup/": {"email": "nina@example.com", "password1": WORD, "account_name": "Newcomer"},
        "/accounts/password/reset/": {"email": someone.email},
    }
    assert [Client().post(url, form).status_code for url, form in forms.items()] == [302, 302, 302]


def test_a_guesser_is_stopped_all_the_same(redis_gone: None, someone: User) -> None:
    for _ in range(6):
        answer = Client().post("/accounts/login/", {"login": someone.email, "password": "wrong"})
    assert "too many attempts" in answer.content.decode()
    assert Client().post("/accounts/login/", {"login": someone.email, "password": WORD}).status_code == 422


def test_an_outage_is_logged_once(redis_gone: None, someone: User, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "config.cache"):
        for _ in range(3):
            Client().post("/accounts/login/", {"login": someone.email, "password": WORD})
    assert [record.name for record in caplog.records if record.name == "config.cache"] == ["config.cache"]


def test_who_else_uses_the_cache_hears_that_redis_is_gone(redis_gone: None) -> None:
    with pytest.raises(RedisError):
        cache.add("asked:chatbot:1", 0)
