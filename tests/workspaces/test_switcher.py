"""The switcher: what a person is offered, in which order, and that its cost does not follow what they reach."""

from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from agencies.access import set_staff_role
from agencies.models import Agency, User
from agencies.permissions import MemberRole, StaffRole
from tests import queries
from workspaces import switcher
from workspaces.access import set_role
from workspaces.models import Workspace

FEW, MANY = 2, 60
FRAGMENT = {"HX-Request": "true"}
SEARCH = FRAGMENT | {"HX-Target": "switch-found"}


def more(agency: Agency, *, until: int) -> list[Workspace]:
    """Open client workspaces until the agency has this many in all; return its clients."""
    begun = agency.workspaces.count()
    Workspace.objects.bulk_create(Workspace(agency=agency, name=f"Client {n:02}") for n in range(begun, until))
    return list(agency.workspaces.filter(is_main=False).order_by("name"))


def first_page(user: User) -> list[str]:
    return [workspace.name for workspace in switcher.find(switcher.scope_of(user)).workspaces]


def offered(browser: Client, path: str = "/switch/") -> list[str]:
    return [workspace.name for workspace in browser.get(path, headers=FRAGMENT).context["found"].workspaces]


# --- the cost --------------------------------------------------------------------------------------------------------


def test_the_first_page_of_staff_costs_the_same_with_2_and_with_60_workspaces(ada: User, northwind: Agency) -> None:
    costs = []
    for number in (FEW, MANY):
        more(northwind, until=number)
        costs.append(len(queries.sent_by(partial(first_page, ada))))
    assert costs == [3, 3]


def test_the_first_page_of_a_client_contact_costs_the_same_with_2_and_with_60(northwind: Agency, bo: User) -> None:
    costs = []
    for number in (FEW, MANY):
        for workspace in more(northwind, until=number + 1):
            set_role(workspace, user=bo, role=MemberRole.VIEWER)
        costs.append(len(queries.sent_by(partial(first_page, bo))))
    assert costs == [3, 3]


def test_another_agencys_workspaces_change_nothing(ada: User, bo: User, northwind: Agency, rival: Agency) -> None:
    before = [queries.sent_by(partial(first_page, person)) for person in (ada, bo)]
    found = [first_page(person) for person in (ada, bo)]
    more(rival, until=MANY)
    assert [queries.sent_by(partial(first_page, person)) for person in (ada, bo)] == before
    assert [first_page(person) for person in (ada, bo)] == found


@pytest.mark.parametrize("path", ["/workspaces/{}/", "/workspaces/{}/members/", "/switch/"])
def test_a_page_costs_the_same_with_2_and_with_60_workspaces(
    ada: User, bakery: Workspace, sign_in: Any, path: str
) -> None:
    opened, costs = partial(sign_in(ada).get, path.format(bakery.pk)), []
    for number in (FEW, MANY):
        more(bakery.agency, until=number)
        opened()  # what the first visit writes down, the second does not
        costs.append(len(queries.sent_by(opened)))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("person", ["ada", "analyst", "bo", "vi"])
def test_a_page_checks_permissions_in_at_most_3_queries(
    bakery: Workspace, sign_in: Any, person: str, request: pytest.FixtureRequest
) -> None:
    browser = sign_in(request.getfixturevalue(person))
    for _ in ("the first visit", "the next one"):
        asked = queries.that_check(queries.sent_by(partial(browser.get, f"/workspaces/{bakery.pk}/")))
        assert 1 <= len(asked) <= 3


# --- what is offered -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("bookshop", "kiosk")
def test_a_client_contact_finds_only_his_own(bo: User, sign_in: Any) -> None:
    browser = sign_in(bo)
    assert offered(browser) == ["Bakery"]
    assert [offered(browser, f"/switch/?q={name}") for name in ("Bookshop", "Kiosk", "Northwind")] == [[], [], []]


@pytest.mark.parametrize("typed", ["bake", "BAKE", "AkEr", "  bakery ", "%", "_", "\\"])
@pytest.mark.usefixtures("bakery", "bookshop")
def test_a_name_is_found_in_any_letters_and_signs_of_sql_stand_for_themselves(
    ada: User, sign_in: Any, typed: str
) -> None:
    found = sign_in(ada).get("/switch/", {"q": typed}).context["found"].workspaces
    assert [workspace.name for workspace in found] == (["Bakery"] if typed.strip().isalpha() else [])


@pytest.mark.usefixtures("bakery", "kiosk")
def test_a_person_of_two_agencies_finds_in_both(ada: User, rival: Agency, sign_in: Any) -> None:
    set_staff_role(rival, user=ada, role=StaffRole.ANALYST)
    assert offered(sign_in(ada)) == ["Northwind", "Rival", "Bakery", "Kiosk"]
    assert offered(sign_in(ada), "/switch/?q=k") == ["Bakery", "Kiosk"]


def test_who_is_staff_and_member_is_offered_a_workspace_once(ada: User, bakery: Workspace) -> None:
    set_role(bakery, user=ada, role=MemberRole.EDITOR)
    assert first_page(ada) == ["Northwind", "Bakery"]


@pytest.mark.parametrize("people", ["staff of one agency", "staff of two"])
def test_paging_shows_each_workspace_once(ada: User, northwind: Agency, rival: Agency, people: str) -> None:
    more(northwind, until=MANY)
    more(rival, until=7)
    if people == "staff of two":
        set_staff_role(rival, user=ada, role=StaffRole.ADMIN)
    scope = switcher.scope_of(ada)
    pages = [switcher.find(scope, page=number, size=20) for number in (1, 2, 3, 4, 5)]
    shown = [workspace.pk for page in pages for workspace in page.workspaces]
    reached = Workspace.objects.filter(agency__in=scope.agencies)
    assert len(shown) == len(set(shown)) == reached.count()
    assert [page.more for page in pages] == [len(shown) > 20 * number for number in (1, 2, 3, 4, 5)]


def test_paging_over_two_agencies_follows_the_order_that_the_database_knows(
    ada: User, northwind: Agency, rival: Agency
) -> None:
    with connection.cursor() as cursor:  # a database by the ways of a language, not by code points
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute('ALTER TABLE workspaces_workspace ALTER name TYPE varchar(80) COLLATE "und-x-icu"')
    names = ("Éclair", "Élan", "Étoile", "flan", "flip", "flop", "fudge")
    Workspace.objects.bulk_create(Workspace(agency=each, name=name) for each in (northwind, rival) for name in names)
    set_staff_role(rival, user=ada, role=StaffRole.ADMIN)
    scope = switcher.scope_of(ada)
    paged = [found.pk for page in range(1, 8) for found in switcher.find(scope, page=page, size=3).workspaces]
    assert paged == [found.pk for found in switcher.find(scope).workspaces]
    assert len(paged) == len(set(paged)) == 2 * len(names) + 2


def test_archived_and_deleted_ones_are_not_offered(ada: User, bakery: Workspace, bookshop: Workspace) -> None:
    now = timezone.now()
    Workspace.objects.filter(pk=bakery.pk).update(archived_at=now)
    Workspace.objects.filter(pk=bookshop.pk).update(archived_at=now, deleted_at=now)
    assert first_page(ada) == ["Northwind"]


# --- the ones a person was in last -----------------------------------------------------------------------------------


def recent(browser: Client) -> list[str]:
    return [workspace.name for workspace in browser.get("/switch/", headers=FRAGMENT).context["recent"]]


def test_the_last_five_are_offered_the_last_one_first(ada: User, northwind: Agency, sign_in: Any) -> None:
    browser = sign_in(ada)
    clients = more(northwind, until=MANY)[:7]
    for workspace in [*clients, clients[3]]:
        browser.get(f"/workspaces/{workspace.pk}/")
    assert recent(browser) == ["Client 04", "Client 07", "Client 06", "Client 05", "Client 03"]


def test_recent_ones_out_of_reach_are_forgotten(northwind: Agency, bo: User, sign_in: Any) -> None:
    browser = sign_in(bo)
    for workspace in more(northwind, until=12):
        set_role(workspace, user=bo, role=MemberRole.VIEWER)
    archived, left, kept = northwind.workspaces.filter(name__in=["Client 02", "Client 03", "Client 04"])
    for workspace in (archived, left, kept):
        browser.get(f"/workspaces/{workspace.pk}/")
    bo.memberships.filter(workspace=left).delete()
    Workspace.objects.filter(pk=archived.pk).update(archived_at=timezone.now())
    assert recent(browser) == [kept.name]


# --- the page and its fragments --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("bakery")
def test_the_header_receives_a_fragment_the_search_only_the_list_and_a_browser_the_page(
    ada: User, sign_in: Any
) -> None:
    browser = sign_in(ada)
    page, opened, searched = (browser.get("/switch/", headers=headers) for headers in ({}, FRAGMENT, SEARCH))
    assert [b"<html" in answer.content for answer in (page, opened, searched)] == [True, False, False]
    assert [b'id="switch-name"' in answer.content for answer in (opened, searched)] == [True, False]
    assert all(b"Bakery" in answer.content for answer in (page, opened, searched))


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999"])
@pytest.mark.usefixtures("bakery")
def test_a_page_number_that_is_none_shows_the_first(ada: User, sign_in: Any, number: str) -> None:
    assert offered(sign_in(ada), f"/switch/?page={number}") == ["Northwind", "Bakery"]
