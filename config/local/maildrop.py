"""Django's mail backend of a local run: each mail is a file in the folder MAILBOX, and none loses another."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage


class EmailBackend(BaseEmailBackend):
    """Django's own appends the mails of one second to one file, now and then."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            drop(message, Path(settings.MAILBOX))
        return len(email_messages)


def drop(message: EmailMessage, folder: Path) -> None:
    """Under a name of its time, so that names sort by age; and complete once it is seen."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{uuid4().hex[:8]}"
    unfinished = folder / f"{name}.part"
    unfinished.write_bytes(message.message().as_bytes())
    unfinished.rename(folder / f"{name}.log")
