"""Where a person is signed in: each sees their own sign-ins, and ends them one by one or all at once."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from agencies import sessions, tasks
from agencies.browsers import plain
from agencies.models import User
from tests.config.conftest import PASSWORD, Browser

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"
EDGE = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
NEW = "a short way back"


@pytest.fixture
def other(browser_of_ada: Any, ada: User, ada_in: Browser) -> Browser:
    """A second browser in which Ada is signed in."""
    browser: Browser = browser_of_ada(FIREFOX)
    browser.sign_in(ada)
    return browser


def session_of(browser: Browser) -> UserSession:
    return UserSession.objects.get(session_key=browser.session.session_key)


def test_your_login_lists_where_you_are_signed_in(ada_in: Browser, other: Browser) -> None:
    page = ada_in.read()
    assert "Firefox on Windows" in page
    assert "127.0.0.1" in page
    assert page.count("This browser") == 1
    assert page.count("/end/") == 2  # the other one, and all others


def test_one_sign_in_is_ended(ada_in: Browser, other: Browser) -> None:
    assert ada_in.send(f"sessions/{session_of(other).pk}/end/").url == "/accounts/"
    assert ada_in.is_in
    assert not other.is_in
    assert "Firefox" not in ada_in.read()


def test_signing_out_elsewhere_ends_every_other_session(ada_in: Browser, other: Browser) -> None:
    ada_in.send("sessions/end/")
    assert ada_in.is_in
    assert not other.is_in
    assert Session.objects.filter(session_key=other.session.session_key).count() == 0


def test_nobody_ends_a_session_of_somebody_else(ada_in: Browser, mallory: User, sign_in: Any) -> None:
    thief = sign_in(mallory)
    foreign = thief.post(f"/accounts/sessions/{session_of(ada_in).pk}/end/")
    missing = thief.post("/accounts/sessions/987654321/end/")
    thief.post("/accounts/sessions/end/")
    assert (foreign.status_code, foreign.content) == (missing.status_code, missing.content)
    assert foreign.status_code == 404
    assert ada_in.is_in


def test_nobody_sees_where_somebody_else_is_signed_in(other: Browser, mallory: User, sign_in: Any) -> None:
    assert "Firefox" not in sign_in(mallory).get("/accounts/").content.decode()


def test_looking_ends_nothing(ada_in: Browser, other: Browser) -> None:
    for url in ("sessions/end/", f"sessions/{session_of(other).pk}/end/"):
        assert ada_in.get(f"/accounts/{url}").status_code == 405
    assert other.is_in


def test_this_browser_is_not_ended_by_id(ada_in: Browser) -> None:
    assert ada_in.send(f"sessions/{session_of(ada_in).pk}/end/").status_code == 404
    assert ada_in.is_in


def test_a_changed_password_leaves_this_browser_alone_in_the_list(ada_in: Browser, other: Browser) -> None:
    ada_in.send("password/change/", oldpassword=PASSWORD, password1=NEW, password2=NEW)
    assert "This browser" in ada_in.read()
    assert "Firefox" not in ada_in.read()
    assert not other.is_in


def test_a_session_that_opens_nothing_any_more_is_not_listed(ada: User, ada_in: Browser, other: Browser) -> None:
    Session.objects.filter(session_key=other.session.session_key).update(expire_date=timezone.now())
    assert [one.session_key for one in sessions.of(ada, now=timezone.now())] == [ada_in.session.session_key]
    ada.set_password("set by support")
    ada.save()
    assert sessions.of(ada, now=timezone.now()) == []


def test_the_list_takes_two_queries(ada: User, other: Browser, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        assert len(sessions.of(ada, now=timezone.now())) == 2


def test_a_page_writes_nothing_about_the_session(ada_in: Browser) -> None:
    before = UserSession.objects.values().get()
    ada_in.get("/accounts/", REMOTE_ADDR="192.0.2.9")
    assert UserSession.objects.values().get() == before


def test_what_is_known_of_an_ended_session_is_forgotten(ada_in: Browser, other: Browser) -> None:
    Session.objects.filter(session_key=other.session.session_key).update(expire_date=timezone.now() - timedelta(days=1))
    tasks.clear_sessions()
    assert UserSession.objects.get().session_key == ada_in.session.session_key


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (SAFARI, "Safari on iPhone"),
        (EDGE, "Edge on Mac"),
        ("curl/8.0", "Unknown browser"),
        ("", "Unknown browser"),
        ("<script>", "Unknown browser"),
    ],
)
def test_a_browser_is_named_in_plain_words(says: str, words: str) -> None:
    assert plain(says) == words
