"""Tables that are ordered by their heads: the order stands in the address."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from agencies import sorting
from agencies.models import Agency, User
from chatbots.models import Chatbot, Lead
from tests.conftest import teach
from workspaces.models import Workspace

SORTS = {"name": "Name", "-size": "Size"}


def heads(html: str) -> list[str]:
    """The names of the rows of the first table, from the top."""
    body = html[html.index("<tbody>") : html.index("</tbody>")]
    return re.findall(r'<th scope="row">(?:<label.*?</label>)?(?:<a[^>]*>)?(?:<bdi>)?([^<]+?)(?: <|<)', body, re.DOTALL)


@pytest.mark.parametrize(
    ("wanted", "sort"), [("size", "size"), ("-name", "-name"), ("pk", "by"), ("--size", "by"), ("", "by")]
)
def test_a_table_is_ordered_by_its_own_columns_alone(wanted: str, sort: str) -> None:
    assert sorting.asked(wanted, SORTS, default="by") == sort


def test_a_head_that_is_pressed_again_turns_the_order_and_keeps_the_search() -> None:
    name, size = sorting.columns(SORTS, "-size", kept={"q": "a&b", "page": ""})
    assert (name.query, name.order) == ("sort=name&q=a%26b", "")
    assert (size.query, size.order) == ("sort=size&q=a%26b", "descending")


def test_members_by_role(bakery: Workspace, bo: User, vi: User, sign_in: Any) -> None:
    there, browser = f"/workspaces/{bakery.pk}/members/", sign_in(bo)
    html = browser.get(f"{there}?sort=-role").content.decode()
    assert heads(html) == ["Vi", "Bo"]
    assert 'aria-sort="descending"><a href="?sort=role">' in html
    assert heads(browser.get(f"{there}?sort=role").content.decode()) == ["Bo", "Vi"]


def test_data_sources_by_size_and_what_was_never_learned_comes_last(baker: Chatbot, bo: User, sign_in: Any) -> None:
    teach(baker, "Allergens", "\n\n".join(f"Bread number {n} holds nuts. " * 40 for n in range(9)))
    baker.sources.filter(title="Opening hours").update(learned_at=None)
    there, browser = f"/workspaces/{baker.workspace_id}/chatbots/{baker.pk}/sources/", sign_in(bo)
    for sort, order in (("-passages", ["Allergens", "Opening hours"]), ("passages", ["Opening hours", "Allergens"])):
        assert heads(browser.get(f"{there}?sort={sort}").content.decode()) == order
    for sort in ("updated", "-updated"):
        assert heads(browser.get(f"{there}?sort={sort}").content.decode()) == ["Allergens", "Opening hours"]


def test_workspaces_by_the_day_they_were_opened_and_under_a_search(
    northwind: Agency, bakery: Workspace, bookshop: Workspace, ada: User, sign_in: Any
) -> None:
    Workspace.objects.filter(pk=bakery.pk).update(created_at=timezone.now() - timedelta(days=400))
    there, browser = f"/agencies/{northwind.pk}/workspaces/", sign_in(ada)
    assert heads(browser.get(f"{there}?sort=opened").content.decode())[0] == "Bakery"
    html = browser.get(f"{there}?sort=-opened&q=b").content.decode()
    assert heads(html) == ["Bookshop", "Bakery"]
    assert 'href="?sort=opened&amp;q=b"' in html


def test_chatbots_by_their_sources_at_an_address_of_their_own(
    baker: Chatbot, bakery: Workspace, bo: User, sign_in: Any
) -> None:
    Chatbot.objects.create(workspace=bakery, name="Apprentice")
    there, browser = f"/workspaces/{bakery.pk}/chatbots/", sign_in(bo)
    html = browser.get(there, headers={"hx-request": "true"}).content.decode()
    assert heads(html) == ["Apprentice", "Baker"]
    assert f'href="{there}?sort=-sources"' in html  # another page may show the table
    assert heads(browser.get(f"{there}?sort=-sources").content.decode()) == ["Baker", "Apprentice"]


def test_left_messages_by_who_waits_the_longest(baker: Chatbot, bo: User, sign_in: Any) -> None:
    for name in ("Vera", "Tom"):
        words = {"name": name, "email": "v@mail.example", "text": "Hello", "kind": Lead.Kind.MESSAGE}
        Lead.objects.create(workspace=baker.workspace, chatbot=baker, request_key=uuid4(), **words)
    there, browser = f"/workspaces/{baker.workspace_id}/leads/", sign_in(bo)
    html = browser.get(there).content.decode()
    assert html.index("Tom") < html.index("Vera")
    html = browser.get(f"{there}?sort=at").content.decode()
    assert html.index("Vera") < html.index("Tom")
