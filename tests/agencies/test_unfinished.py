"""A session that ended in mid-form: login, then back with nothing lost."""

from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.test import Client

from agencies import unfinished
from agencies.models import Agency, User
from chatbots.models import Chatbot

TYPED = {"title": "Gluten", "text": "We bake without gluten on Mondays.\nعلى الطلب", "request_key": str(uuid4())}


def goes_back_to(login: str) -> str:
    """Where a login's address leads afterwards."""
    assert login.startswith("/accounts/login/?")
    return parse_qs(urlsplit(login).query)["next"][0]


def was_here(browser: Client, user: User) -> None:
    """The user had signed in in this browser, and the session has ended."""
    log_in(browser, user)
    browser.get("/", follow=True)
    browser.cookies.pop("bureau_session")


def log_in(browser: Client, user: User) -> None:
    user.set_password("a long walk home")
    user.save()
    login = {"login": user.email, "password": "a long walk home"}
    assert browser.post("/accounts/login/", login).status_code == 302


def test_what_was_typed_is_there_again_after_the_login(client: Client, baker: Chatbot, bo: User) -> None:
    page = f"/workspaces/{baker.workspace_id}/chatbots/{baker.pk}/sources/text/"
    was_here(client, bo)
    answer = client.post(page, TYPED)
    assert goes_back_to(answer.url) == page
    log_in(client, bo)
    form = client.get(page).context["form"]
    assert {name: form[name].value() for name in TYPED} == TYPED
    assert baker.sources.count() == 1


def test_it_is_shown_once(client: Client, baker: Chatbot, bo: User) -> None:
    page = f"/workspaces/{baker.workspace_id}/chatbots/{baker.pk}/sources/text/"
    was_here(client, bo)
    client.post(page, TYPED)
    log_in(client, bo)
    client.get(page)
    assert not client.get(page).context["form"].is_bound


def test_the_wizard_comes_back_at_its_step(client: Client, northwind: Agency, ada: User) -> None:
    page = f"/agencies/{northwind.pk}/workspaces/new/resources/"
    typed = {"name": "Florist", "email": "flo@example.com", "role": "editor", "request_key": str(uuid4())}
    was_here(client, ada)
    client.post(page, typed)
    log_in(client, ada)
    answer = client.get(page)
    assert answer.context["step"] == "resources"
    assert {name: answer.context["form"][name].value() for name in typed} == typed


def test_a_fragment_leads_to_the_login_as_a_whole_page(client: Client, northwind: Agency) -> None:
    page = f"/agencies/{northwind.pk}/workspaces/new/member/"
    answer = client.post(page, {"name": "Florist"}, headers={"HX-Request": "true"})
    assert goes_back_to(answer["HX-Redirect"]) == page


def test_a_panel_leads_back_to_the_page_around_it(client: Client, northwind: Agency) -> None:
    around = f"http://testserver/agencies/{northwind.pk}/?tab=1"
    headers = {"HX-Request": "true", "HX-Current-URL": around}
    answer = client.get(f"/agencies/{northwind.pk}/pool/", headers=headers)
    assert goes_back_to(answer["HX-Redirect"]) == f"/agencies/{northwind.pk}/?tab=1"


@pytest.mark.parametrize("secret", ["password", "password1", "password2", "csrfmiddlewaretoken"])
def test_secrets_are_never_kept(client: Client, northwind: Agency, ada: User, secret: str) -> None:
    was_here(client, ada)
    client.post(f"/agencies/{northwind.pk}/agency/", {"goals": "kept", secret: "hunter2hunter2"})
    kept = client.session[unfinished.KEY]["data"]
    assert "goals=kept" in kept
    assert "hunter2" not in kept


def test_a_session_is_no_place_for_a_book(client: Client, baker: Chatbot, bo: User) -> None:
    was_here(client, bo)
    page = f"/workspaces/{baker.workspace_id}/chatbots/{baker.pk}/sources/text/"
    client.post(page, {**TYPED, "text": "x" * (unfinished.LONGEST + 1)})
    assert unfinished.KEY not in client.session


def test_looking_keeps_nothing(client: Client, northwind: Agency) -> None:
    client.get(f"/agencies/{northwind.pk}/agency/?goals=looked")
    assert unfinished.KEY not in client.session


def test_what_one_person_typed_is_not_shown_to_the_next(client: Client, baker: Chatbot, bo: User, ada: User) -> None:
    page = f"/workspaces/{baker.workspace_id}/chatbots/{baker.pk}/sources/text/"
    was_here(client, bo)
    client.post(page, TYPED)
    log_in(client, ada)
    assert not client.get(page).context["form"].is_bound


def test_a_browser_nobody_signed_in_with_fills_no_session(client: Client, baker: Chatbot) -> None:
    client.post(f"/workspaces/{baker.workspace_id}/chatbots/{baker.pk}/sources/text/", TYPED)
    assert unfinished.KEY not in client.session
