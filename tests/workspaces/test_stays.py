"""Staff in a client's workspace: a banner, a way out, and a line that the client reads."""

from typing import Any

import pytest

from agencies.models import Action, AuditEntry, User
from workspaces.models import Workspace


def visits(workspace: Workspace) -> list[tuple[str, str, str]]:
    entries = AuditEntry.objects.filter(workspace_id=workspace.pk, action__in=[Action.ENTERED, Action.LEFT])
    return [(entry.actor_name, entry.acting_as, entry.action) for entry in entries.order_by("pk")]


@pytest.fixture
def page(bakery: Workspace) -> str:
    return f"/workspaces/{bakery.pk}/"


def test_a_visit_is_written_down_once_under_ones_own_name(
    page: str, bakery: Workspace, analyst: User, sign_in: Any
) -> None:
    browser = sign_in(analyst)
    for _ in range(3):
        assert b"You are in the client workspace" in browser.get(page).content
    assert visits(bakery) == [("ana@example.com", "Analyst", Action.ENTERED)]


def test_leaving_ends_the_visit_and_coming_back_is_another(
    page: str, bakery: Workspace, ada: User, sign_in: Any
) -> None:
    browser = sign_in(ada)
    browser.get(page)
    assert browser.post(f"{page}visit/leave/").status_code == 302
    browser.get(page)
    assert [action for _, _, action in visits(bakery)] == [Action.ENTERED, Action.LEFT, Action.ENTERED]


def test_the_client_reads_who_came(page: str, ada: User, vi: User, sign_in: Any) -> None:
    sign_in(ada).get(page)
    assert b"ada@example.com" in sign_in(vi).get(f"{page}access/").content


def test_a_member_and_the_own_main_workspace_are_no_visit(
    page: str, bakery: Workspace, bo: User, ada: User, sign_in: Any
) -> None:
    main = bakery.agency.workspaces.get(is_main=True)
    assert b"You are in the client workspace" not in sign_in(bo).get(page).content
    assert b"You are in the client workspace" not in sign_in(ada).get(f"/workspaces/{main.pk}/").content
    assert visits(bakery) == visits(main) == []


def test_looking_at_leave_leaves_nothing(page: str, bakery: Workspace, ada: User, sign_in: Any) -> None:
    browser = sign_in(ada)
    assert browser.get(f"{page}visit/leave/").status_code == 302
    assert [action for _, _, action in visits(bakery)] == [Action.ENTERED]
