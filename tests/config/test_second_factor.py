"""A second factor, through the pages: nobody gets in with a password alone, and nobody turns it off in passing."""

import json
import logging
import re
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from django.contrib import admin
from django.core import mail as postbox
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from fido2.utils import websafe_encode

from agencies import second_factor
from agencies.models import Mail, User
from config.cache import Outage
from config.second_factor import REFUSED, LoginPasskeyForm, hold_to_our_address
from tests.config.conftest import PASSWORD, Browser, Clock
from tests.test_doors import told_by

STEP = "/accounts/second-factor/authenticate/"
NEW = "a short way back"


@pytest.fixture
def key(ada_in: Browser) -> str:
    """The key of the authenticator app that Ada has turned on."""
    return ada_in.turn_on_an_app()


@pytest.fixture
def at_the_step(key: str, browser_of_ada: Any, ada: User) -> Browser:
    """Another browser, in which Ada has entered her password."""
    browser: Browser = browser_of_ada()
    assert browser.sign_in(ada).url == STEP
    return browser


def passkey(user: User, name: str = "Telephone") -> Authenticator:
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": name, "credential": {}})


def step(browser: Browser, code: str) -> Any:
    return browser.send("second-factor/authenticate/", code=code)


# --- turning it on ---------------------------------------------------------------------------------------------------


def test_an_app_is_turned_on_with_a_code_and_brings_recovery_codes(ada: User, ada_in: Browser, key: str) -> None:
    assert second_factor.has_one(ada)
    assert len(ada_in.codes()) == 10
    assert "10 left" in ada_in.read()


def test_turning_an_app_on_asks_for_the_password_once_more(ada: User, browser_of_ada: Any) -> None:
    browser = browser_of_ada()
    browser.send("login/", login=ada.email, password=PASSWORD)
    assert browser.get("/accounts/second-factor/totp/activate/").url.startswith("/accounts/reauthenticate/")
    browser.send("second-factor/totp/activate/", code="123456")
    assert not second_factor.has_one(ada)


def test_a_wrong_code_turns_nothing_on_and_keeps_the_key(ada: User, ada_in: Browser) -> None:
    first = ada_in.read("second-factor/totp/activate/")
    answer = ada_in.send("second-factor/totp/activate/", code="000000")
    assert answer.status_code == 422
    assert "This code is wrong" in answer.content.decode()
    assert re.search(r'"key">(\w+)<', first)[1] in answer.content.decode()
    assert not second_factor.has_one(ada)


def test_recovery_codes_alone_are_no_second_factor(ada: User, django_assert_num_queries: Any) -> None:
    Authenticator.objects.create(user=ada, type="recovery_codes", data={"seed": "x", "used_mask": 0})
    assert not second_factor.has_one(ada)
    passkey(ada)
    with django_assert_num_queries(1):
        assert second_factor.has_one(ada)


# --- signing in ------------------------------------------------------------------------------------------------------


def test_signing_in_asks_for_a_code(at_the_step: Browser, key: str, clock: Clock) -> None:
    assert not at_the_step.is_in
    assert step(at_the_step, clock.code(key)).url == "/"
    assert at_the_step.is_in


@pytest.mark.parametrize("code", ["", "000000", "not a code", "９９９９９９"])
def test_a_wrong_code_is_refused_with_a_sentence(at_the_step: Browser, code: str) -> None:
    answer = step(at_the_step, code)
    assert answer.status_code == 422
    assert ("This code is wrong" if code else "Please enter a code") in answer.content.decode()
    assert not at_the_step.is_in


def test_a_code_opens_once(at_the_step: Browser, browser_of_ada: Any, ada: User, key: str, clock: Clock) -> None:
    step(at_the_step, clock.code(key))
    other = browser_of_ada()
    other.sign_in(ada)
    used = clock.code(key)
    clock.turn += 1
    for typed in (used, f"{used[:3]} {used[3:]}"):
        assert step(other, typed).status_code == 422
    assert step(other, clock.code(key)).url == "/"


@pytest.mark.parametrize(("turns", "opens"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_code_is_good_half_a_minute_longer_and_no_more(
    at_the_step: Browser, key: str, clock: Clock, turns: int, opens: bool
) -> None:
    shown = clock.code(key)
    clock.turn -= turns
    step(at_the_step, shown)
    assert at_the_step.is_in is opens


def test_a_guesser_of_codes_is_stopped(at_the_step: Browser, key: str, clock: Clock) -> None:
    for _ in range(6):
        answer = step(at_the_step, "000000")
    assert "too many attempts" in answer.content.decode()
    assert step(at_the_step, clock.code(key)).status_code == 422


def test_a_recovery_code_opens_once(at_the_step: Browser, ada_in: Browser, browser_of_ada: Any, ada: User) -> None:
    first, *others = ada_in.codes()
    assert step(at_the_step, f"{first[:4]} {first[4:]}").url == "/"
    assert ada_in.codes() == others
    other = browser_of_ada()
    other.sign_in(ada)
    assert step(other, first).status_code == 422


def test_new_recovery_codes_end_the_old_ones(at_the_step: Browser, ada_in: Browser) -> None:
    old = ada_in.codes()
    ada_in.send("second-factor/recovery-codes/generate/")
    assert not {*old} & {*ada_in.codes()}
    assert step(at_the_step, old[0]).status_code == 422


def test_without_redis_a_code_still_opens_once(
    at_the_step: Browser, browser_of_ada: Any, ada: User, key: str, clock: Clock, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(Outage, "until", 0.0)  # and so again afterwards
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    assert step(at_the_step, clock.code(key)).url == "/"
    other = browser_of_ada()
    other.sign_in(ada)
    assert step(other, clock.code(key)).status_code == 422


def test_a_reset_of_the_password_still_asks_for_a_code(browser_of_ada: Any, ada: User, key: str) -> None:
    browser = browser_of_ada()
    browser.send("password/reset/", email=ada.email)
    link = re.findall(r"/accounts/password/reset/key/\S+", postbox.outbox[-1].body)[-1]
    browser.post(browser.get(link).url, {"password1": NEW, "password2": NEW})
    assert not browser.is_in
    assert browser.sign_in(ada, NEW).url == STEP
    assert not browser.is_in


def test_a_changed_password_still_asks_for_a_code(ada_in: Browser, browser_of_ada: Any, ada: User, key: str) -> None:
    ada_in.send("password/change/", oldpassword=PASSWORD, password1=NEW, password2=NEW)
    assert ada_in.is_in
    assert browser_of_ada().sign_in(ada, NEW).url == STEP


def test_the_address_can_be_changed_with_a_second_factor_on(ada_in: Browser, ada: User, key: str) -> None:
    ada_in.send("email/", action_add="1", email="ada@elsewhere.example")
    ada_in.post(re.findall(r"/accounts/confirm-email/\S+", postbox.outbox[-1].body)[-1])
    ada.refresh_from_db()
    assert ada.email == "ada@elsewhere.example"


# --- turning it off --------------------------------------------------------------------------------------------------


def test_turning_it_off_asks_who_is_there(at_the_step: Browser, ada: User, key: str, clock: Clock) -> None:
    step(at_the_step, clock.code(key))
    answer = at_the_step.send("second-factor/totp/deactivate/")
    assert answer.url.startswith("/accounts/reauthenticate/")
    assert second_factor.has_one(ada)


def test_turning_it_off_takes_the_recovery_codes_along(ada_in: Browser, ada: User, key: str) -> None:
    ada_in.send("second-factor/totp/deactivate/")
    assert not Authenticator.objects.filter(user=ada).exists()
    assert "Recovery codes" not in ada_in.read()


@pytest.mark.parametrize(
    ("url", "subject"),
    [
        ("totp/deactivate/", "Your authenticator app is off"),
        ("recovery-codes/generate/", "New recovery codes"),
    ],
)
def test_the_owner_hears_of_a_change(ada_in: Browser, ada: User, key: str, url: str, subject: str) -> None:
    assert [mail.subject for mail in postbox.outbox][-1] == "Your authenticator app is on"
    ada_in.send(f"second-factor/{url}")
    assert (postbox.outbox[-1].subject, postbox.outbox[-1].to) == (subject, [ada.email])
    assert "If this was not you" in postbox.outbox[-1].body


def test_who_lost_the_device_and_the_codes_is_let_in_again(ada_in: Browser, ada: User, key: str) -> None:
    call_command("forget_second_factor", "ADA@example.com")
    assert not Authenticator.objects.filter(user=ada).exists()
    assert not ada_in.is_in
    assert Mail.objects.get(subject="Your second factor is off").recipient == ada.email
    with pytest.raises(CommandError):
        call_command("forget_second_factor", "nobody@example.com")


# --- who sees what ---------------------------------------------------------------------------------------------------


def test_keys_and_codes_are_in_no_mail_and_no_log(
    caplog: pytest.LogCaptureFixture, at_the_step: Browser, ada_in: Browser, key: str, clock: Clock
) -> None:
    with caplog.at_level(logging.DEBUG):
        code, *others = ada_in.codes()
        step(at_the_step, "000000")
        step(at_the_step, code)
        step(at_the_step, clock.code(key))
        ada_in.send("second-factor/recovery-codes/generate/")
    mailed = "".join(mail.subject + mail.body for mail in postbox.outbox)
    mailed += "".join(str(mail) for mail in Mail.objects.values_list("subject", "text", "html"))
    secrets = [key, clock.code(key), code, *others, *ada_in.codes()]
    assert [secret for secret in secrets if secret in mailed + caplog.text] == []


def test_support_sees_no_keys() -> None:
    assert not admin.site.is_registered(Authenticator)


def test_your_login_shows_nobody_elses(ada: User, key: str, mallory: User, sign_in: Any) -> None:
    passkey(ada, "Telephone of Ada")
    page = sign_in(mallory).get("/accounts/").content.decode()
    assert "Telephone of Ada" not in page
    assert ada.email not in page
    assert "Recovery codes" not in page


def test_a_name_of_a_passkey_is_text(ada: User, ada_in: Browser) -> None:
    passkey(ada, "<b>Telephone</b>")
    assert "&lt;b&gt;Telephone&lt;/b&gt;" in ada_in.read()


# --- passkeys, as far as they go without a browser -------------------------------------------------------------------


def test_passkeys_are_not_offered_on_an_address_without_a_name(ada_in: Browser, browser_of_ada: Any) -> None:
    assert "Passkeys work once" in ada_in.read()
    assert "passkey" not in browser_of_ada().read("login/")
    assert ada_in.get("/accounts/second-factor/webauthn/add/").status_code == 404


@pytest.mark.parametrize(
    ("url", "offered"),
    [
        ("https://bureau.example", "True False"),
        ("https://192.0.2.1", "False False"),
        ("http://localhost:8000", "True True"),
        ("http://127.0.0.1:8000", "False False"),
        ("http://bureau.example", "False False"),
    ],
)
def test_passkeys_are_offered_where_browsers_allow_them(url: str, offered: str, monkeypatch: Any) -> None:
    monkeypatch.setenv("CONSOLE_URL", url)
    asked = "from django.conf import settings as s; print(s.PASSKEYS, s.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN)"
    assert told_by("console", asked) == offered


def test_a_passkey_is_bound_to_the_configured_host(settings: Any, rf: Any) -> None:
    settings.CONSOLE_HOST = "bureau.example"
    adapter = get_adapter()
    adapter.request = rf.get("/", headers={"host": "evil.example"})
    assert adapter.get_public_key_credential_rp_entity() == {"id": "bureau.example", "name": "Bureau"}


@pytest.mark.parametrize("origin", ["https://evil.example", "http://bureau.example", "https://a.bureau.example", ""])
def test_a_passkey_used_on_another_address_is_refused(settings: Any, origin: str) -> None:
    settings.CONSOLE_URL = "https://bureau.example"
    hold_to_our_address("https://bureau.example:443")
    with pytest.raises(ValidationError):
        hold_to_our_address(origin)


@pytest.mark.parametrize(("origin", "refused"), [("https://evil.example", True), ("https://bureau.example", False)])
def test_signing_in_with_a_passkey_looks_at_the_address(
    settings: Any, monkeypatch: pytest.MonkeyPatch, origin: str, refused: bool
) -> None:
    settings.CONSOLE_URL = "https://bureau.example"
    monkeypatch.setattr(AuthenticateWebAuthnForm, "clean_credential", lambda form: "an authenticator")
    said = {"type": "webauthn.get", "challenge": "", "origin": origin}
    response = {"clientDataJSON": websafe_encode(json.dumps(said).encode()), "signature": ""}
    response["authenticatorData"] = websafe_encode(bytes(37))
    form = LoginPasskeyForm(data={"credential": json.dumps({"id": "", "rawId": "", "response": response})})
    assert ("credential" in form.errors) == refused


@pytest.mark.parametrize("signed", ["", "null", "[]", "{}", '{"id": "AAAA", "response": {}}', "[" * 9000])
def test_a_malformed_passkey_is_refused_with_a_sentence(signed: str) -> None:
    form = LoginPasskeyForm(data={"credential": signed})
    assert form.errors["credential"] == [REFUSED]


def test_the_public_door_loads_no_allauth() -> None:
    asked = "import sys; from django.conf import settings as s; print('allauth.mfa' in s.INSTALLED_APPS, *sys.modules)"
    configured, *loaded = told_by("public", asked).split()
    assert configured == "False"
    assert [name for name in loaded if name.startswith(("allauth.mfa", "allauth.usersessions", "fido2"))] == []
