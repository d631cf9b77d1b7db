"""Signing up, through the pages: an account with its main workspace, once the address is verified."""

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail as postbox
from django.test import Client

from agencies.models import Agency, User
from agencies.permissions import Can, StaffRole
from tests.racing import at_once


class CountingHasher(MD5PasswordHasher):
    """Hashing is what takes time in a sign-up."""

    algorithm = "counting"
    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).hashed += 1
        return super().encode(password, salt)


NEW = {"account_name": "Newcomer", "email": "Nina@Example.com", "password1": "a long walk home"}


@pytest.fixture
def sent(plans: None, client: Client, django_capture_on_commit_callbacks: Any) -> Any:
    """Sends the sign-up form and delivers what is then mailed."""

    def send(**changed: str) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post("/accounts/signup/", {**NEW, **changed})

    return send


def link() -> str:
    """The confirmation link of the last mail, as a path."""
    return re.search(r"https?://[^/\s]+(/accounts/confirm-email/\S+)", postbox.outbox[-1].body)[1]


def test_a_sign_up_opens_an_account_with_its_main_workspace(sent: Any) -> None:
    sent()
    nina = User.objects.get(email="nina@example.com")
    newcomer = Agency.objects.get(staff__user=nina, staff__role=StaffRole.OWNER)
    main = newcomer.workspaces.get()
    assert (newcomer.name, main.name, main.is_main, newcomer.is_approved) == ("Newcomer", "Newcomer", True, False)


def test_a_new_account_is_on_the_free_plan(sent: Any) -> None:
    sent()
    newcomer = Agency.objects.get()
    assert (newcomer.message_limit, newcomer.chatbot_limit, newcomer.workspace_limit) == (250, 2, 0)


def test_nobody_is_signed_in_before_the_address_is_verified(sent: Any, client: Client) -> None:
    sent()
    agency = Agency.objects.get()
    assert client.get(f"/agencies/{agency.pk}/").url.startswith("/accounts/login/")
    client.post("/accounts/login/", {"login": NEW["email"], "password": NEW["password1"]})
    assert client.get(f"/agencies/{agency.pk}/").url.startswith("/accounts/login/")


def test_the_mailed_link_verifies_the_address_and_leads_home(sent: Any, client: Client) -> None:
    sent()
    client.get(link())
    client.post(link())
    assert User.objects.get().emailaddress_set.get().verified
    assert client.get("/").url == f"/agencies/{Agency.objects.get().pk}/"


def test_looking_at_the_link_verifies_nothing(sent: Any, client: Client) -> None:
    sent()
    client.get(link())
    assert not User.objects.get().emailaddress_set.get().verified


def test_the_link_comes_from_the_configured_address(sent: Any, settings: Any) -> None:
    sent()
    assert f"{settings.CONSOLE_URL}/accounts/confirm-email/" in postbox.outbox[0].body


def test_a_known_address_is_answered_like_a_new_one(sent: Any, ada: User, client: Client) -> None:
    def outcome(email: str) -> tuple[int, str, str]:
        client.cookies.clear()
        answer = sent(email=email)
        return answer.status_code, answer.url, client.get(answer.url).content.decode().replace(email, "…")

    assert outcome("ada@example.com") == outcome("someone.else@example.com")
    assert not Agency.objects.filter(staff__user=ada).exists()


@pytest.mark.parametrize("email", ["ada@example.com", "someone.else@example.com"])
def test_a_known_address_takes_as_long_as_a_new_one(sent: Any, ada: User, settings: Any, email: str) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.hashed = 0
    sent(email=email)
    assert CountingHasher.hashed == 1


@pytest.mark.django_db(transaction=True)
def test_sign_ups_with_one_address_at_once_make_one_account_and_answer_alike(plans: None) -> None:
    def sign_up(_: int) -> Any:
        answer = Client().post("/accounts/signup/", NEW)
        return answer.status_code, answer.url

    assert at_once(sign_up, people=6) == [(302, "/accounts/confirm-email/")] * 6
    assert (User.objects.count(), Agency.objects.count()) == (1, 1)


def test_the_mail_names_the_account_that_was_opened(sent: Any) -> None:
    sent(account_name="Bäckerei & Söhne")
    assert "the account “Bäckerei & Söhne” at Bureau" in postbox.outbox[-1].body


def test_a_link_opened_in_another_browser_says_why_one_signs_in(sent: Any) -> None:
    sent()
    elsewhere = Client()
    page = elsewhere.post(link(), follow=True).content.decode()
    assert "nina@example.com is confirmed." in page
    assert "You have not signed in with this browser yet" in page


def test_a_link_opened_in_the_same_browser_signs_in_without_such_words(sent: Any, client: Client) -> None:
    sent()
    assert "not signed in" not in client.post(link(), follow=True).content.decode()


def test_a_known_address_in_other_letters_makes_no_second_person(sent: Any, ada: User) -> None:
    sent(email="ADA@example.com")
    assert User.objects.get() == ada


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("account_name", ""),
        ("account_name", "   "),
        ("account_name", "x" * 300),
        ("email", "not an address"),
        ("email", ""),
        ("password1", "12345678"),
        ("password1", "short"),
        ("password1", ""),
    ],
)
def test_the_form_refuses_with_words_at_the_field(sent: Any, field: str, value: str) -> None:
    answer = sent(**{field: value})
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.exists()
    assert not Agency.objects.exists()


@pytest.mark.parametrize("name", ["مخبز النور", "Bäckerei 🥐", "x" * 80])
def test_an_account_may_be_called_anything_visible(sent: Any, name: str) -> None:
    sent(account_name=name)
    assert Agency.objects.get().name == name


def test_nobody_signs_up_as_support(sent: Any) -> None:
    sent(is_staff="1", is_superuser="1", approved_at="2026-01-01", message_limit="1000000")
    nina, newcomer = User.objects.get(), Agency.objects.get()
    assert not nina.is_staff
    assert not nina.is_superuser
    assert (newcomer.approved_at, newcomer.message_limit) == (None, 250)


def test_the_owner_may_ask_for_the_agency_model_and_nobody_else_may(newcomer: Agency, nina: User, ada: User) -> None:
    from agencies.access import permissions_on

    assert Can.APPLY in permissions_on(nina, newcomer)
    assert permissions_on(ada, newcomer) == frozenset()
