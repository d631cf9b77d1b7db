"""The mailbox of a local run."""

from pathlib import Path
from typing import Any

from django.core.mail import EmailMessage
from django.test import RequestFactory

from config.local import mailbox, maildrop


def test_mails_of_one_moment_are_a_file_each(tmp_path: Path, settings: Any) -> None:
    settings.MAILBOX = str(tmp_path / "mail")
    for n in range(3):
        maildrop.EmailBackend().send_messages([EmailMessage(f"Subject {n}", f"Text {n}", to=["ada@northwind.example"])])
    page = mailbox.inbox(RequestFactory().get("/mailbox/")).content.decode()
    assert [f"Subject {n}" in page for n in range(3)] == [True] * 3
    assert page.index("Subject 2") < page.index("Subject 0")
