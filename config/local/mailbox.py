"""Shows the mails that a local run wrote to disk, so that trying things out needs no mail server.

Exists only where MAILBOX is set. Anybody who reaches the console can read it: never set MAILBOX on a shared machine.
"""

from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.access import public


@dataclass(frozen=True)
class Letter:
    """A mail on disk."""

    name: str
    to: str
    subject: str
    date: str
    text: str


@require_safe
@public
def inbox(request: HttpRequest) -> HttpResponse:
    newest_first = sorted(Path(settings.MAILBOX).glob("*.log"), reverse=True)[:100]
    return render(request, "mailbox/inbox.html", {"letters": [letter(path) for path in newest_first]})


@require_safe
@public
def read(request: HttpRequest, name: str) -> HttpResponse:
    path = next((p for p in Path(settings.MAILBOX).glob("*.log") if p.name == name), None)
    if path is None:
        raise Http404
    return render(request, "mailbox/read.html", {"letter": letter(path)})


def letter(path: Path) -> Letter:
    """Parse one file."""
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    text = str(body.get_content()) if body else ""
    return Letter(path.name, str(message["To"]), str(message["Subject"]), str(message["Date"]), text)
