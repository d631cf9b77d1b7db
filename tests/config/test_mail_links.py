"""The links in mails lead where they say, also when a login, or a second factor, stands in between."""

import re
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from agencies import mail
from agencies.models import Agency, User
from chatbots.models import Chatbot
from tests.config.conftest import PASSWORD, Browser, Clock

OF_AGENCY = (
    *("agencies:dashboard", "agencies:apply", "workspaces:profile", "billing:alerts", "billing:add-ons"),
    *("chatbots:asked", "chatbots:onboarding"),
)
OF_WORKSPACE = ("workspaces:show", "chatbots:leads")


def mailed(name: str, *args: Any) -> str:
    """The address in a mail, without its host."""
    return re.sub(r"^https?://[^/]+", "", mail.link(name, *args))


def signed_in_from(browser: Browser, url: str, user: User) -> Any:
    """Open the link without a login, and sign in on the page that comes."""
    page = browser.get(url, follow=True)
    kept = re.search(r'name="next" value="([^"]*)"', page.content.decode())
    assert kept, f"The login page of {url} forgets it."
    sent = {"login": user.email, "password": PASSWORD, "next": unescape(kept[1])}
    return browser.post("/accounts/login/", sent)


@pytest.mark.parametrize("name", [*OF_AGENCY, *OF_WORKSPACE])
def test_the_login_in_between_leads_on(name: str, browser_of_ada: Any, ada: User, baker: Chatbot) -> None:
    url = mailed(name, baker.workspace_id if name in OF_WORKSPACE else baker.workspace.agency_id)
    assert signed_in_from(browser := browser_of_ada(), url, ada).url == url
    assert browser.get(url, follow=True).status_code == 200


def test_so_does_the_second_factor(
    ada_in: Browser, browser_of_ada: Any, ada: User, baker: Chatbot, clock: Clock
) -> None:
    key, url = ada_in.turn_on_an_app(), f"{mailed('chatbots:leads', baker.workspace_id)}?show=done"
    clock.turn += 2
    asked = signed_in_from(browser := browser_of_ada(), url, ada)
    assert asked.url == "/accounts/second-factor/authenticate/"
    assert browser.post(asked.url, {"code": clock.code(key)}).url == url


def test_so_does_the_second_factor_that_is_still_to_be_set_up(
    browser_of_ada: Any, ada: User, northwind: Agency, clock: Clock
) -> None:
    Agency.objects.filter(pk=northwind.pk).update(second_factor_required_at=timezone.now())
    url = mailed("billing:alerts", northwind.pk)
    signed_in_from(browser := browser_of_ada(), url, ada)
    browser.get(url)
    browser.send("reauthenticate/", password=PASSWORD)
    browser.turn_on_an_app()
    assert f'<a href="{url}">Go on' in browser.read()


def test_support_comes_to_what_waits(browser_of_ada: Any, support: User, northwind: Agency) -> None:
    support.set_password(PASSWORD)
    support.save()
    url = mailed("admin:agencies_agency_change", northwind.pk)
    assert signed_in_from(browser_of_ada(), url, support).url == url
