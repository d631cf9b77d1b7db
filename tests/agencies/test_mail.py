"""The outbox: a mail is a row first, so that a failing server changes nothing but the mail."""

import re
import socket
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail as postbox
from django.core.mail import send_mail

from agencies import mail, tasks
from agencies.models import Mail


@pytest.fixture
def letter(db: None) -> Mail:
    return mail.post("bo@example.com", "Come in", "A secret link\n")


@pytest.fixture
def broken_server(settings: Any) -> None:
    """Nobody listens at this port."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = closed.getsockname()[1]
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 1
    settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def test_a_mail_is_delivered_once_and_its_body_wiped(letter: Mail, now: datetime) -> None:
    mail.deliver(letter.pk, now=now + timedelta(seconds=5))
    mail.deliver(letter.pk, now=now + timedelta(days=1))
    letter.refresh_from_db()
    assert [sent.body for sent in postbox.outbox] == ["A secret link\n"]
    assert letter.delivered_at
    assert (letter.text, letter.html) == ("", "")


@pytest.mark.usefixtures("broken_server")
def test_a_failing_server_keeps_the_mail_and_it_is_tried_again(letter: Mail, now: datetime, settings: Any) -> None:
    with pytest.raises(OSError, match="refused"):
        mail.deliver(letter.pk, now=now + timedelta(seconds=5))
    letter.refresh_from_db()
    assert letter.text == "A secret link\n"
    assert mail.waiting(now + timedelta(seconds=10)) == []
    settings.DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for due in mail.waiting(now + timedelta(minutes=2)):
        mail.deliver(due, now=now + timedelta(minutes=2))
    assert len(postbox.outbox) == 1


@pytest.mark.usefixtures("broken_server")
def test_after_the_last_try_it_is_given_up_and_wiped(letter: Mail, now: datetime) -> None:
    for day in range(len(mail.RETRY_AFTER)):
        with pytest.raises(OSError, match="refused"):
            mail.deliver(letter.pk, now=now + timedelta(days=2 * day, seconds=5))
    mail.deliver(letter.pk, now=now + timedelta(days=50))
    letter.refresh_from_db()
    assert letter.given_up_at
    assert letter.text == ""
    assert mail.waiting(now + timedelta(days=100)) == []


def test_a_mail_leaves_after_the_commit_and_not_before(db: None, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        mail.post("bo@example.com", "Come in", "text")
        assert postbox.outbox == []
    assert len(postbox.outbox) == 1


def test_the_schedule_takes_up_what_was_left(letter: Mail) -> None:
    tasks.deliver_waiting()
    assert len(postbox.outbox) == 1


def test_what_django_sends_goes_through_the_outbox(db: None) -> None:
    send_mail("Subject", "Text", None, ["bo@example.com", "vi@example.com"])
    assert sorted(Mail.objects.values_list("recipient", flat=True)) == ["bo@example.com", "vi@example.com"]
    assert postbox.outbox == []


def test_a_name_with_a_line_break_writes_no_header(db: None, newcomer: Any) -> None:
    newcomer.name = "Newcomer\r\nBcc: everyone@example.com"
    letter = mail.send("application_approved", to="nina@example.com", agency=newcomer, url="https://x.example/")
    assert "\n" not in letter.subject
    assert mail.message_of(letter).message()["Bcc"] is None


def test_links_come_from_the_configured_address(settings: Any) -> None:
    settings.CONSOLE_URL = "https://bureau.example"
    assert mail.link("workspaces:accept", "abc") == "https://bureau.example/invitations/abc/"


def test_a_forged_host_does_not_enter_a_link(
    nina: Any, client: Any, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/password/reset/", {"email": nina.email}, headers={"host": "evil.example"})
    links = re.findall(r"\w+://\S+", postbox.outbox[0].body)
    assert links
    assert all(link.startswith(settings.CONSOLE_URL + "/") for link in links)
