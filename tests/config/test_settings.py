"""What the settings refuse, and what a door serves under them."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client

from config.checks import no_inner_host_is_fetched
from tests.conftest import Visitor
from tests.test_architecture import HOUSE

DOOR = "import config.{}; from django.conf import settings; print({})"
SETTINGS = "from django.conf import settings; print({})"


def told(line: str, door: str = "wsgi", **changed: str) -> str:
    """What a fresh process prints that has loaded a door under other settings, or how it refused."""
    return printed(DOOR.format(door, line), **changed)


def read(name: str, door: str = "console", **changed: str) -> str:
    """A setting as a door has it, or how it was refused: without the rest of the door, which takes a second to load."""
    return printed(SETTINGS.format(name), BUREAU_DOOR=door, **changed)


def printed(program: str, **changed: str) -> str:
    environ = {**os.environ, "DEBUG": "true", "MAILBOX": "/nowhere", "EMAIL_URL": "", **changed}
    done = subprocess.run([sys.executable, "-c", program], env=environ, cwd=HOUSE, capture_output=True, text=True)
    return (done.stdout or done.stderr).strip()


@pytest.mark.parametrize("seconds", ["0", "241", "900", "1.5"])
def test_a_model_may_not_take_longer_than_its_units_are_held(seconds: str) -> None:
    assert "LLM_TIMEOUT must be a whole number from 1 to 240" in read("settings.LLM_TIMEOUT", LLM_TIMEOUT=seconds)


def test_each_door_answers_to_its_own_name() -> None:
    names = {"CONSOLE_URL": "http://bureau.example", "PUBLIC_URL": "http://chat.example"}
    assert told("settings.ALLOWED_HOSTS", "wsgi", **names) == "['bureau.example']"
    assert told("settings.ALLOWED_HOSTS", "asgi", **names) == "['chat.example']"


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({}, "True"),
        ({"MAILBOX": ""}, "False"),
        ({"EMAIL_URL": "smtp://user:word@mail.example:25"}, "False"),
        ({"CONSOLE_URL": "https://bureau.example"}, "False"),
    ],
)
def test_the_mailbox_is_shown_where_mail_goes_into_it_and_on_no_public_console(
    changed: dict[str, str], shown: str
) -> None:
    named = "any('mailbox' in str(route.pattern) for route in __import__('config.urls').urls.urlpatterns)"
    assert told(named, **{"EMAIL_URL": "", "MAILBOX": "/nowhere", **changed} | mail_for(changed)) == shown


def mail_for(changed: dict[str, str]) -> dict[str, str]:
    """Some mail has to leave in any case."""
    return {"EMAIL_URL": "smtp://user:word@mail.example:25"} if changed.get("MAILBOX") == "" else {}


KEYS = {"STRIPE_SECRET_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1", "STRIPE_API_BASE": ""}
FORMS = "settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'][1:]"


@pytest.mark.parametrize("name", ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"])
def test_payments_need_both_keys_or_neither(name: str) -> None:
    assert "belong together" in read("settings.STRIPE_SECRET_KEY", **KEYS | {name: ""})


@pytest.mark.parametrize(
    ("base", "refusal"),
    [
        ("http://stripe.example", "must start with https://"),
        ("http://localhost.example:8002", "must start with https://"),
        ("ftp://127.0.0.1", "must be an origin"),
        ("https://stripe.example/v1", "must be an origin"),
    ],
)
def test_money_goes_encrypted_over_the_network(base: str, refusal: str) -> None:
    assert refusal in read("settings.STRIPE_API_BASE", **KEYS | {"STRIPE_API_BASE": base, "DEBUG": ""})


@pytest.mark.parametrize("base", ["", "https://stripe.example", "http://127.0.0.1:8002", "http://[::1]:2"])
def test_stripe_may_be_another_one_on_this_machine(base: str) -> None:
    assert read("settings.STRIPE_API_BASE", **KEYS | {"STRIPE_API_BASE": base, "DEBUG": ""}) == base


@pytest.mark.parametrize(
    ("changed", "door", "allowed"),
    [
        ({}, "console", "['https://checkout.stripe.com']"),
        ({"STRIPE_API_BASE": "http://localhost:8002"}, "console", "['http://localhost:8002']"),
        ({}, "public", "[]"),
        ({"STRIPE_SECRET_KEY": "", "STRIPE_WEBHOOK_SECRET": ""}, "console", "[]"),
    ],
)
def test_a_form_of_the_console_may_lead_to_checkout_where_payments_are_on(
    changed: dict[str, str], door: str, allowed: str
) -> None:
    assert read(FORMS, door, **KEYS | changed) == allowed


def test_a_turn_of_the_schedule_does_not_wait_for_ever() -> None:
    from django.conf import settings

    assert all(turn["options"]["expires"] > 0 for turn in settings.CELERY_BEAT_SCHEDULE.values())


@pytest.mark.parametrize("charset", ["unicode_escape", "hex", "utf-7", "idna", "utf-16"])
def test_a_form_in_another_charset_is_refused(client: Client, db: None, visitor: Visitor, charset: str) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\n\\ud800\r\n--x--\r\n'
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    for browser, url in ((client, "/accounts/login/"), (visitor, "/c/nowhere/messages/")):
        assert browser.generic("POST", url, form, content_type=kind).status_code == 400


def test_utf_8_may_be_named(client: Client, db: None) -> None:
    kind = "application/x-www-form-urlencoded; charset=UTF-8"
    assert client.post("/accounts/login/", "login=", content_type=kind).status_code == 422


def test_a_browser_finds_an_icon(client: Client) -> None:
    assert client.get("/favicon.ico").url.endswith("mark.svg")


def test_support_sees_neither_groups_nor_addresses(superuser: Any, sign_in: Any) -> None:
    page = sign_in(superuser).get("/admin/").content.decode()
    assert "Applications" in page
    assert "/admin/auth/group/" not in page
    assert "/admin/account/emailaddress/" not in page


@pytest.mark.parametrize("pairs", ["localhost", "127.0.0.1:", "127.0.0.1:0", ":80", "127.0.0.1:99999", "Shop:80,x:y"])
def test_an_inner_host_is_opened_with_its_port_only(pairs: str) -> None:
    assert "FETCH_ALLOWED must be pairs such as 127.0.0.1:8123" in read("settings.FETCH_ALLOWED", FETCH_ALLOWED=pairs)


def test_inner_hosts_are_closed_unless_they_are_opened() -> None:
    assert read("settings.FETCH_ALLOWED", FETCH_ALLOWED="") == "[]"
    assert read("settings.FETCH_ALLOWED", FETCH_ALLOWED="a:1, b:2") == "['a:1', 'b:2']"


def test_opening_an_inner_host_is_warned_of_where_others_work(settings: Any) -> None:
    settings.FETCH_ALLOWED, settings.SECURE = ["127.0.0.1:8123"], True
    assert [warning.id for warning in no_inner_host_is_fetched()] == ["bureau.W001"]
    settings.SECURE = False
    assert no_inner_host_is_fetched() == []
