"""Sign-in, passwords and addresses, through the pages: nobody keeps a second way into somebody else's login."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as postbox
from django.test import Client

from agencies.models import Agency, User

OLD, NEW = "a long walk home", "a short way back"


@pytest.fixture
def mailing(django_capture_on_commit_callbacks: Any) -> Any:
    """Posts a form and delivers what is then mailed."""

    def post(browser: Client, url: str, **form: str) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return browser.post(url, form)

    return post


@pytest.fixture
def known(ada: User) -> Client:
    """A browser in which Ada has signed in with her password, and entered it once more."""
    ada.set_password(OLD)
    ada.save()
    browser = signed_in(ada.email, OLD)
    browser.post("/accounts/reauthenticate/", {"password": OLD})
    return browser


def signed_in(email: str, password: str) -> Client:
    browser = Client()
    browser.post("/accounts/login/", {"login": email, "password": password})
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/accounts/email/").status_code == 200


def link(kind: str) -> str:
    """The path of the last mailed link of that kind."""
    return re.findall(rf"https?://[^/\s]+(/accounts/{kind}/\S+)", "\n".join(m.body for m in postbox.outbox))[-1]


def addresses(user: User) -> list[tuple[str, bool]]:
    return sorted(EmailAddress.objects.filter(user=user).values_list("email", "verified"))


def reset(email: str, mailing: Any) -> Client:
    browser = Client()
    mailing(browser, "/accounts/password/reset/", email=email)
    form = browser.get(link("password/reset/key")).url
    browser.post(form, {"password1": NEW, "password2": NEW})
    return browser


def test_a_confirmed_change_leaves_one_address(ada: User, known: Client, mailing: Any) -> None:
    mailing(known, "/accounts/email/", action_add="1", email="ada@elsewhere.example")
    assert addresses(ada) == [("ada@elsewhere.example", False), ("ada@example.com", True)]
    known.post(link("confirm-email"))
    assert addresses(ada) == [("ada@elsewhere.example", True)]
    ada.refresh_from_db()
    assert ada.email == "ada@elsewhere.example"


def test_changing_the_address_asks_for_the_password_once_more(ada: User, known: Client, mailing: Any) -> None:
    answer = mailing(signed_in(ada.email, OLD), "/accounts/email/", action_add="1", email="ada@elsewhere.example")
    assert answer.url.startswith("/accounts/reauthenticate/")
    assert addresses(ada) == [("ada@example.com", True)]


def test_a_reset_ends_what_somebody_else_began(ada: User, known: Client, mailing: Any) -> None:
    mailing(known, "/accounts/email/", action_add="1", email="mallory@elsewhere.example")
    waiting = link("confirm-email")
    reset(ada.email, mailing)
    known.post(waiting)
    assert addresses(ada) == [("ada@example.com", True)]
    assert not is_in(known)
    assert is_in(signed_in(ada.email, NEW))


def test_a_second_address_of_old_days_gets_no_reset_and_goes_with_one(ada: User, mailing: Any) -> None:
    EmailAddress.objects.create(user=ada, email="mallory@elsewhere.example", verified=True)
    mailing(Client(), "/accounts/password/reset/", email="mallory@elsewhere.example")
    assert "/password/reset/key/" not in postbox.outbox[-1].body
    reset(ada.email, mailing)
    assert addresses(ada) == [("ada@example.com", True)]


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(ada: User, known: Client) -> None:
    other = signed_in(ada.email, OLD)
    answer = known.post("/accounts/password/change/", {"oldpassword": OLD, "password1": NEW, "password2": NEW})
    assert answer.url == "/accounts/"
    assert is_in(known)
    assert not is_in(other)


@pytest.mark.parametrize("url", ["login/", "signup/", "password/reset/", "confirm-email/", "password/reset/key/1-x/"])
def test_no_cache_keeps_a_page_of_accounts(client: Client, db: None, url: str) -> None:
    assert "no-store" in client.get(f"/accounts/{url}")["Cache-Control"]


@pytest.mark.parametrize("url", ["email/", "password/change/", "reauthenticate/", "logout/"])
def test_a_page_of_somebody_signed_in_is_kept_by_no_cache_and_leads_back(known: Client, url: str) -> None:
    answer = known.get(f"/accounts/{url}")
    assert "no-store" in answer["Cache-Control"]
    assert 'href="/accounts/"' in answer.content.decode()


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("email/", {"action_add": "1", "email": "nope"}),
        ("password/change/", {"oldpassword": "x", "password1": "a", "password2": "b"}),
        ("reauthenticate/", {"password": "wrong"}),
    ],
)
def test_a_form_that_can_be_mended_answers_422(known: Client, url: str, form: dict[str, str]) -> None:
    assert known.post(f"/accounts/{url}", form).status_code == 422


@pytest.mark.parametrize("url", ["login/", "signup/", "password/reset/"])
def test_an_empty_form_says_what_to_enter(client: Client, db: None, url: str) -> None:
    answer = client.post(f"/accounts/{url}", {})
    assert answer.status_code == 422
    assert "Please enter" in answer.content.decode()
    assert "This field is required" not in answer.content.decode()


@pytest.mark.parametrize("url", ["login/", "signup/", "password/reset/"])
def test_a_page_spells_e_mail_one_way(client: Client, db: None, url: str) -> None:
    seen = re.sub(r"<[^>]+>", " ", client.get(f"/accounts/{url}").content.decode())
    assert "E-mail" in seen
    assert not re.search(r"\bemail\b", seen, re.IGNORECASE)


def test_the_login_offers_a_forgotten_password_once(client: Client, db: None) -> None:
    assert client.get("/accounts/login/").content.decode().count("Forgot your password?") == 1


def test_the_login_says_that_what_was_typed_is_kept(known: Client, northwind: Agency) -> None:
    page = f"/agencies/{northwind.pk}/agency/"
    known.get(page)
    known.post("/accounts/logout/")
    assert b"What you typed is kept" not in known.get("/accounts/login/").content
    known.post(page, {"goals": "Bread."})
    assert b"What you typed is kept" in known.get("/accounts/login/").content


def test_a_used_link_for_a_new_password_offers_another(ada: User, mailing: Any) -> None:
    reset(ada.email, mailing)
    page = Client().get(link("password/reset/key")).content.decode()
    assert "This link is no longer good" in page
    assert 'href="/accounts/password/reset/"' in page


def test_the_pages_of_a_reset_lead_to_the_login(client: Client, ada: User, mailing: Any) -> None:
    mailing(client, "/accounts/password/reset/", email=ada.email)
    pages = ["/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/password/reset/key/done/"]
    for page in [*pages, client.get(link("password/reset/key")).url]:
        assert 'href="/accounts/login/"' in client.get(page).content.decode(), page
