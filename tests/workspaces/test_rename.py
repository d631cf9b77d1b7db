"""Another name for a workspace."""

from typing import Any

import pytest
from django.test import Client

from agencies.models import User
from workspaces.models import Workspace


@pytest.fixture
def browser(ada: User, sign_in: Any) -> Client:
    return sign_in(ada)


def test_a_workspace_gets_another_name(browser: Client, bakery: Workspace) -> None:
    browser.post(f"/workspaces/{bakery.pk}/rename/", {"name": "  Old  mill 🥐 "})
    bakery.refresh_from_db()
    assert bakery.name == "Old mill 🥐"


def test_its_own_name_in_other_letters_is_free(browser: Client, bakery: Workspace) -> None:
    assert browser.post(f"/workspaces/{bakery.pk}/rename/", {"name": "BAKERY"}).status_code == 302


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "Bookshop", "bOOKSHOP", "northwind"])
@pytest.mark.usefixtures("bookshop")
def test_a_name_that_cannot_be_is_refused_at_its_field(browser: Client, bakery: Workspace, name: str) -> None:
    answer = browser.post(f"/workspaces/{bakery.pk}/rename/", {"name": name})
    assert answer.status_code == 422
    assert answer.context["form"].errors["name"]
    bakery.refresh_from_db()
    assert bakery.name == "Bakery"


def test_a_member_of_the_client_may_not_rename_it(bo: User, bakery: Workspace, sign_in: Any) -> None:
    assert sign_in(bo).post(f"/workspaces/{bakery.pk}/rename/", {"name": "Mine"}).status_code == 403
