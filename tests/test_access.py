"""Every URL of the console × every actor × every target, walked from the URLconf: a new URL is tested without typing.

Northwind's people may what their role says. To everybody else Northwind's ids are like ids that never were.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from agencies.access import public
from agencies.models import Mail, User
from agencies.permissions import MEMBER_MAY, STAFF_MAY, Can, MemberRole, StaffRole
from chatbots.models import Chatbot
from config import checks
from config.checks import Route
from tests.conftest import member
from workspaces import invitations

KINDS = {"public", "signed in", "agency", "workspace"}  # the rest is Django's admin and allauth
OURS = [route for route in checks.routes() if route.door == "config.urls" and route.access.kind in KINDS]
GUARDED = [route for route in OURS if route.access.kind in {"agency", "workspace"}]
CHILDREN = {
    "chatbot_id",
    "source_id",
    "invitation_id",
    "membership_id",
}  # what a workspace's URL names besides the workspace

# Who may what in Northwind and its workspace Bakery. Nobody else may anything there.
STAFF = {"ada": StaffRole.OWNER, "admin": StaffRole.ADMIN, "analyst": StaffRole.ANALYST}
MEMBERS = {"bo": MemberRole.MANAGER, "vi": MemberRole.VIEWER}
OTHERS = ("sue", "ed", "mallory", "nina", "support", "superuser")
ALSO_TO_POST = {"agencies:apply": Can.APPLY}  # a page that more people may see than send

# What nobody but Northwind's people may read.
SECRETS = ("Northwind", "Bakery", "Baker", "Opening hours", "opens at seven", "flo@example.com", "bo@example.com")

each_route = pytest.mark.parametrize("route", OURS, ids=lambda route: route.name)
each_guarded_route = pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.name)
each_method = pytest.mark.parametrize("method", ["get", "post"])


# --- the cast, the places, and the walk ------------------------------------------------------------------------------

Place = dict[str, Any]
NOWHERE: Place = {
    "agency_id": 987_654_321,
    "workspace_id": 987_654_321,
    "chatbot_id": 987_654_321,
    "source_id": 987_654_321,
    "invitation_id": 987_654_321,
    "membership_id": 987_654_321,
    "session_id": 987_654_321,
    "token": "n" * 43,
    "step": "member",
    "name": "nothing.log",
    "public_id": "0" * 24,
}


def place(bot: Chatbot, guest: str, now: datetime) -> Place:
    """The ids of one workspace with its chatbot, its source and an open invitation."""
    workspace, source = bot.workspace, bot.sources.get()
    owner = workspace.agency.staff.get(role=StaffRole.OWNER).user
    invitation = invitations.invite(workspace, email=guest, role="editor", by=owner, now=now)
    token = re.search(r"/invitations/([\w-]+)/", Mail.objects.get(recipient=guest).text)[1]
    return NOWHERE | {
        "agency_id": workspace.agency_id,
        "workspace_id": workspace.pk,
        "chatbot_id": bot.pk,
        "source_id": source.pk,
        "invitation_id": invitation.pk,
        "membership_id": member(f"Guest of {workspace}", workspace, MemberRole.AGENT).memberships.get().pk,
        "token": token,
        "public_id": bot.public_id,
    }


@pytest.fixture
def in_bakery(baker: Chatbot, now: datetime) -> Place:
    return place(baker, "flo@example.com", now)


@pytest.fixture
def in_bookshop(bookworm: Chatbot, now: datetime) -> Place:
    return place(bookworm, "guy@example.com", now)


@pytest.fixture
def in_kiosk(crier: Chatbot, now: datetime) -> Place:
    return place(crier, "kim@example.com", now)


@pytest.fixture
def browsers(request: pytest.FixtureRequest, sign_in: Any) -> dict[str, Client]:
    """Everybody's, signed in."""
    return {name: sign_in(request.getfixturevalue(name)) for name in (*STAFF, *MEMBERS, *OTHERS)}


def address(route: Route, there: Place) -> str:
    def value(parameter: re.Match[str]) -> str:
        name = parameter[1]
        assert name in there, f"{route.pattern}: the matrix has no value for <{name}>. Put one in NOWHERE and place()."
        return str(there[name])

    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", value, route.pattern)


def parameters(route: Route) -> set[str]:
    return set(re.findall(r"<(?:\w+:)?(\w+)>", route.pattern))


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside did not happen."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def send(browser: Client, method: str, to: str, **extra: Any) -> HttpResponse:
    """One request that leaves nothing behind; an exception in a view fails the test here."""
    with undone():
        return getattr(browser, method)(to, **extra)


def same(answer: HttpResponse, to: str) -> tuple[int, str]:
    """Status and body, without what differs for everybody: the one-time token and the address that was asked for."""
    body = re.sub(r'(csrfmiddlewaretoken" value=|"X-CSRFToken": ?)"[^"]*"', r"\1", answer.content.decode())
    return answer.status_code, body.replace(to, "/…/")


def every_row() -> dict[str, list[Any]]:
    """All that the database holds, but sessions."""
    models = [model for model in apps.get_models(include_auto_created=True) if model is not Session]
    return {model._meta.label: list(model.objects.order_by("pk").values()) for model in models}


def leaked(answer: HttpResponse) -> list[str]:
    told = answer.content.decode() + str(answer.headers)
    return [secret for secret in SECRETS if secret in told]


# --- the matrix ------------------------------------------------------------------------------------------------------


def test_the_matrix_sees_every_app() -> None:
    assert {route.name.split(":")[0] for route in GUARDED} == {"agencies", "workspaces", "billing", "chatbots"}
    assert len(GUARDED) > 25


@each_method
@each_route
def test_nobody_gets_in_without_a_login(route: Route, method: str, client: Client, in_bakery: Place) -> None:
    to = address(route, in_bakery)
    plain, htmx = send(client, method, to), send(client, method, to, headers={"HX-Request": "true"})
    if route.access.kind == "public":
        assert plain.status_code < 500
    elif plain.status_code != 405:
        assert plain.status_code == 302
        assert plain.url.startswith("/accounts/login/?next=")
        assert htmx["HX-Redirect"].startswith("/accounts/login/?next=")
        assert leaked(plain) == leaked(htmx) == []


@each_guarded_route
def test_an_insider_may_what_the_role_says(route: Route, browsers: dict[str, Client], in_bakery: Place) -> None:
    to = address(route, in_bakery)
    roles = {name: STAFF_MAY[role] for name, role in STAFF.items()}
    if route.access.kind == "workspace":
        roles |= {name: MEMBER_MAY[role] for name, role in MEMBERS.items()}
    for name, may in roles.items():
        for method in ("get", "post"):
            needed = {route.access.permission}
            if method == "post" and route.name in ALSO_TO_POST:
                needed.add(ALSO_TO_POST[route.name])
            for headers in ({}, {"HX-Request": "true"}):
                answer = send(browsers[name], method, to, headers=headers)
                if answer.status_code == 405:
                    continue
                assert (answer.status_code == 403) == (not needed <= may), f"{name} {method} {answer.status_code}"
                assert answer.status_code in (200, 302, 403, 422), f"{name} {method} {answer.status_code}"


@each_guarded_route
def test_private_pages_are_kept_by_no_cache(route: Route, browsers: dict[str, Client], in_bakery: Place) -> None:
    answer = send(browsers["ada"], "get", address(route, in_bakery))
    if answer.status_code != 405:
        assert "no-store" in answer["Cache-Control"]
        assert "HX-Request" in answer["Vary"]
        assert "Access-Control-Allow-Origin" not in answer


@each_guarded_route
def test_a_stranger_finds_what_is_not_there_and_changes_nothing(
    route: Route, browsers: dict[str, Client], in_bakery: Place
) -> None:
    there, nowhere = address(route, in_bakery), address(route, NOWHERE)
    strangers = OTHERS if route.access.kind == "workspace" else (*MEMBERS, *OTHERS)
    before = every_row()
    for name in strangers:
        for method in ("get", "post"):
            for headers in ({}, {"HX-Request": "true"}):
                foreign = getattr(browsers[name], method)(there, headers=headers)
                missing = getattr(browsers[name], method)(nowhere, headers=headers)
                assert foreign.status_code in (404, 405), f"{name} {method} {foreign.status_code}"
                assert same(foreign, there) == same(missing, nowhere), f"{name} {method}"
                if name not in ("bo", "vi", "sue"):  # who know the names of their own
                    assert leaked(foreign) == [], f"{name} {method}"
    assert every_row() == before


@each_guarded_route
def test_northwinds_people_are_strangers_in_rivals_house(
    route: Route, browsers: dict[str, Client], in_kiosk: Place
) -> None:
    there, nowhere = address(route, in_kiosk), address(route, NOWHERE)
    before = every_row()
    for name in (*STAFF, *MEMBERS):
        for method in ("get", "post"):
            foreign, missing = getattr(browsers[name], method)(there), getattr(browsers[name], method)(nowhere)
            assert foreign.status_code in (404, 405), f"{name} {method} {foreign.status_code}"
            assert same(foreign, there) == same(missing, nowhere), f"{name} {method}"
            assert b"Kiosk" not in foreign.content
    assert every_row() == before


@pytest.mark.parametrize(
    ("route", "child"),
    [(route, child) for route in GUARDED for child in sorted(parameters(route) & CHILDREN)],
    ids=lambda value: getattr(value, "name", value),
)
def test_ones_own_workspace_leads_to_no_child_of_another(
    route: Route,
    child: str,
    browsers: dict[str, Client],
    in_bakery: Place,
    in_bookshop: Place,
    in_kiosk: Place,
) -> None:
    missing = address(route, in_bakery | {child: NOWHERE[child]})
    before = every_row()
    for elsewhere in (in_bookshop, in_kiosk):
        there = address(route, in_bakery | {child: elsewhere[child]})
        for name in ("ada", "bo"):
            for method in ("get", "post"):
                foreign = getattr(browsers[name], method)(there)
                assert foreign.status_code in (404, 405), f"{name} {method} {foreign.status_code}"
                assert same(foreign, there) == same(getattr(browsers[name], method)(missing), missing)
    assert every_row() == before


@each_guarded_route
@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**40])
def test_an_id_of_any_size_is_just_not_there(route: Route, number: int, ada: User, sign_in: Any) -> None:
    numbers = NOWHERE | {name: number for name in NOWHERE if name.endswith("_id") and name != "public_id"}
    assert send(sign_in(ada), "get", address(route, numbers)).status_code in (404, 405)


@pytest.mark.usefixtures("in_bakery")
@pytest.mark.parametrize("name", [*STAFF, *MEMBERS, *OTHERS])
def test_everybody_lands_somewhere_that_is_theirs(name: str, sign_in: Any, request: pytest.FixtureRequest) -> None:
    answer = sign_in(request.getfixturevalue(name)).get("/", follow=True)
    assert answer.status_code == 200
    if name not in (*STAFF, *MEMBERS, "sue"):
        assert leaked(answer) == []


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
