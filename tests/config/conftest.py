"""Ada, who signs in through the pages."""

import re
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.http import HttpRequest, HttpResponse
from django.test import Client, TestCase

from agencies.models import User

PASSWORD = "a long walk home"


class Clock:
    """The time as an authenticator app counts it, in turns of half a minute."""

    turn = 59_000_000

    def code(self, key: str) -> str:
        """What an app with this key shows now."""
        return totp.format_hotp_value(totp.hotp_value(key, self.turn))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(
        totp, "yield_hotp_counters_from_time", lambda: iter([clock.turn - 1, clock.turn, clock.turn + 1])
    )
    return clock


def commits(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """What waits for the commit happens within the request, as it does outside of a test's transaction."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with TestCase.captureOnCommitCallbacks(execute=True):
            return get_response(request)

    return middleware


class Browser(Client):
    """A browser of Ada's."""

    def __init__(self, clock: Clock, says: str) -> None:
        super().__init__(headers={"user-agent": says})
        self.clock = clock

    def send(self, url: str, **form: str) -> Any:
        return self.post(f"/accounts/{url}", form)

    def read(self, url: str = "") -> str:
        return self.get(f"/accounts/{url}").content.decode()

    def sign_in(self, user: User, password: str = PASSWORD) -> Any:
        """The first step, and the password once more, if that led in."""
        answer = self.send("login/", login=user.email, password=password)
        if self.is_in:
            self.send("reauthenticate/", password=password)
        return answer

    def turn_on_an_app(self) -> str:
        """Turn on an authenticator app, as a person does who types the key into it; the key."""
        key = re.search(r'aria-labelledby="key">(\w+)<', self.read("second-factor/totp/activate/"))[1]
        self.send("second-factor/totp/activate/", code=self.clock.code(key))
        return key

    def codes(self) -> list[str]:
        """The recovery codes that are left."""
        return self.read("second-factor/recovery-codes/download/").split()

    @property
    def is_in(self) -> bool:
        return self.get("/accounts/").status_code == 200


@pytest.fixture
def browser_of_ada(ada: User, clock: Clock, settings: Any) -> Any:
    """Makes another browser of Ada's, in which nobody is signed in."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.config.conftest.commits"]
    ada.set_password(PASSWORD)
    ada.save()
    number = count(1)
    return lambda says="": Browser(clock, says or f"Browser {next(number)}")


@pytest.fixture
def ada_in(browser_of_ada: Any, ada: User) -> Browser:
    """A browser in which Ada is signed in, and has entered her password once more."""
    browser: Browser = browser_of_ada()
    browser.sign_in(ada)
    return browser
