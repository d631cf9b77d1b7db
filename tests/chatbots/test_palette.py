"""The palette: it offers what a person may open where they are, and finds by a part of a name what is theirs."""

from typing import Any

import pytest
from django.test import Client

from agencies.models import User
from chatbots.models import Chatbot
from tests import queries
from workspaces.models import Workspace

FRAGMENT = {"HX-Request": "true"}


def offered(browser: Client, at: str, typed: str = "") -> Any:
    """The palette's context, opened on the page `at`."""
    headers = FRAGMENT | {"HX-Current-URL": f"http://testserver{at}"}
    return browser.get("/go/", {"q": typed}, headers=headers).context


def of(bot: Chatbot) -> str:
    return f"/workspaces/{bot.workspace_id}/chatbots/{bot.pk}/"


def test_every_page_that_an_owner_is_offered_opens(ada: User, baker: Chatbot, sign_in: Any) -> None:
    browser = sign_in(ada)
    pages = offered(browser, of(baker))["pages"]
    assert {page.of for page in pages} == {"Northwind", "Bakery", "Baker"}
    assert {page.label: browser.get(page.url, follow=True).status_code for page in pages if page.label} == {
        page.label: 200 for page in pages
    }


def test_a_client_is_offered_nothing_of_the_agency(bo: User, baker: Chatbot, sign_in: Any) -> None:
    pages = offered(sign_in(bo), of(baker))["pages"]
    assert {page.of for page in pages} == {"Bakery", "Baker"}
    assert "Move to another workspace" not in [page.label for page in pages]


def test_who_may_only_look_is_offered_no_action(vi: User, baker: Chatbot, sign_in: Any) -> None:
    labels = [page.label for page in offered(sign_in(vi), of(baker))["pages"]]
    assert "Preview" in labels
    assert [label for label in labels if label.startswith(("Create", "Add", "Clone"))] == []


@pytest.mark.parametrize("person", ["mallory", "sue", "nina"])
@pytest.mark.usefixtures("rival", "sue", "newcomer")
def test_the_address_of_a_foreign_page_tells_nothing(
    person: str, baker: Chatbot, sign_in: Any, request: pytest.FixtureRequest
) -> None:
    browser = sign_in(request.getfixturevalue(person))
    for at in (of(baker), f"/agencies/{baker.workspace.agency_id}/", "/nothing/", "http://[", "/workspaces/0/"):
        assert offered(browser, at)["pages"] == []


def test_chatbots_are_found_by_a_part_of_their_name(
    ada: User, bo: User, baker: Chatbot, bookworm: Chatbot, crier: Chatbot, sign_in: Any
) -> None:
    found = {who: offered(sign_in(who), "/", "R")["chatbots"] for who in (ada, bo)}
    assert found == {ada: [baker, bookworm], bo: [baker]}
    assert crier not in found[ada]


def test_words_find_a_page_by_what_it_is_called_and_whose_it_is(ada: User, baker: Chatbot, sign_in: Any) -> None:
    browser = sign_in(ada)
    assert [page.label for page in offered(browser, of(baker), "launcher")["pages"]] == ["Look"]
    assert {page.of for page in offered(browser, of(baker), "ledger north")["pages"]} == {"Northwind"}


def test_it_is_a_page_of_its_own_without_script(ada: User, bakery: Workspace, sign_in: Any) -> None:
    page = sign_in(ada).get("/go/", {"at": f"/workspaces/{bakery.pk}/", "q": "members"}).content.decode()
    assert "<h1>Go to</h1>" in page
    assert f'href="/workspaces/{bakery.pk}/members/"' in page


def test_its_cost_is_bounded(ada: User, baker: Chatbot, sign_in: Any) -> None:
    browser = sign_in(ada)
    offered(browser, of(baker), "a")
    assert len(queries.sent_by(lambda: offered(browser, of(baker), "a"))) <= 12
