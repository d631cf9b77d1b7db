"""Every view says who may call it, support's pages open to support alone, and everybody lands where they belong.

Who gets in where, and what nobody may learn, is walked route by route in `tests/matrix`.
"""

import sys
from types import ModuleType
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from agencies.access import public
from chatbots.models import Chatbot
from config import checks

INSIDE = ("ada", "admin", "analyst", "bo", "vi")
OUTSIDE = ("ed", "mallory", "nina", "support", "superuser")
EVERYBODY = (*INSIDE, "sue", *OUTSIDE)
SECRETS = ("Northwind", "Bakery", "Baker", "bo@example.com")  # what nobody but Northwind's people may read


@pytest.fixture
def browsers(request: pytest.FixtureRequest, sign_in: Any) -> dict[str, Client]:
    """Everybody's, signed in."""
    return {name: sign_in(request.getfixturevalue(name)) for name in EVERYBODY}


@pytest.mark.parametrize("name", EVERYBODY)
def test_everybody_lands_somewhere_that_is_theirs(
    name: str, baker: Chatbot, sign_in: Any, request: pytest.FixtureRequest
) -> None:
    answer = sign_in(request.getfixturevalue(name)).get("/", follow=True)
    assert answer.status_code == 200
    if name in OUTSIDE:
        assert [secret for secret in SECRETS if secret in answer.content.decode()] == []


# --- support's pages -------------------------------------------------------------------------------------------------

DESK = ("/admin/", "/admin/agencies/application/", "/admin/agencies/user/", "/admin/billing/plan/add/")


@pytest.mark.parametrize("page", DESK)
def test_supports_pages_open_to_support_only(page: str, browsers: dict[str, Client], client: Client) -> None:
    opened = {name for name, browser in browsers.items() if browser.get(page).status_code == 200}
    assert opened == {"support", "superuser"}
    assert client.get(page).status_code == 302


# --- the system check ------------------------------------------------------------------------------------------------


@public
def declared(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A URLconf of the test's own, as the only door."""
    urls = ModuleType("a_door_of_the_test")
    monkeypatch.setitem(sys.modules, urls.__name__, urls)
    monkeypatch.setattr(checks, "DOORS", [urls.__name__])
    return urls


def test_the_console_and_the_public_door_declare_every_view() -> None:
    assert checks.every_view_says_who_may_call_it() == []
    assert {route.door for route in checks.routes()} == {"config.urls", "config.urls_public"}


def test_a_view_that_does_not_say_who_may_call_it_stops_the_start(door: ModuleType) -> None:
    door.urlpatterns = [path("fine/", declared), path("forgotten/<int:agency_id>/", forgotten)]
    (error,) = checks.every_view_says_who_may_call_it()
    assert (error.id, error.is_serious()) == ("bureau.E001", True)
    assert "forgotten/<int:agency_id>/" in error.msg


def test_a_forgotten_view_is_found_behind_an_include_too(door: ModuleType) -> None:
    door.urlpatterns = [path("inner/", ([path("forgotten/", forgotten)], "app", "space"))]
    (error,) = checks.every_view_says_who_may_call_it()
    assert "inner/forgotten/" in error.msg


def test_the_check_runs_before_anything_starts() -> None:
    from django.core.checks.registry import registry

    assert checks.every_view_says_who_may_call_it in registry.registered_checks
