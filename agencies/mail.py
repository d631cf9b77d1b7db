"""The outbox: a mail is a row first, so that a failing mail server, or a missing Redis, changes nothing but the mail.

Everything Django sends goes through `OutboxBackend`; a task delivers, and a schedule takes up what was left.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from agencies import addresses, queue
from agencies.models import Mail

RETRY_AFTER = [timedelta(minutes=m) for m in (1, 5, 30, 120, 720, 1440)]


def link(name: str, *args: Any) -> str:
    """An absolute console URL for a mail, from the configured address and never from the Host header."""
    return settings.CONSOLE_URL + reverse(name, args=args, urlconf="config.urls")


def send(template: str, *, to: str, **context: Any) -> Mail:
    """Write the mail of `emails/<template>.txt` into the outbox. Its first line is the subject."""
    return post(to, *worded(template, context))


def send_invitation(template: str, *, to: str, calendar: str, **context: Any) -> Mail:
    """The same, with a calendar file."""
    return post(to, *worded(template, context), calendar=calendar)


def worded(template: str, context: dict[str, Any]) -> tuple[str, str]:
    subject, _, text = render_to_string(f"emails/{template}.txt", context).strip().partition("\n")
    return " ".join(subject.split()), text.strip() + "\n"


def post(recipient: str, subject: str, text: str, html: str = "", calendar: str = "") -> Mail:
    """Put one mail into the outbox; it leaves once the surrounding transaction has committed.

    Forms refuse such recipients with a sentence. This is the last wall before the header of a mail.
    """
    from agencies import tasks

    if not addresses.is_plain(recipient):
        raise ValueError(f"No mail can go to {recipient!r}.")
    mail = Mail.objects.create(recipient=recipient, subject=subject[:300], text=text, html=html, calendar=calendar)
    queue.after_commit(tasks.deliver, mail.pk)
    return mail


def deliver(mail_id: int, *, now: datetime) -> None:
    """Try to deliver one waiting mail. Whatever fails puts it off; once all tries are used up it is given up."""
    with transaction.atomic():
        mail = Mail.objects.select_for_update(skip_locked=True).filter(pk=mail_id).first()
        if mail is None or mail.delivered_at or mail.given_up_at or mail.next_attempt_at > now:
            return
        if mail.attempts == len(RETRY_AFTER):
            Mail.objects.filter(pk=mail.pk).update(given_up_at=now, text="", html="", calendar="")
            return
        # The next attempt is noted before the send: a worker killed in mid-send tries again, later.
        mail.next_attempt_at = now + RETRY_AFTER[mail.attempts]
        mail.attempts += 1
        mail.save(update_fields=["attempts", "next_attempt_at"])
    message_of(mail).send()
    Mail.objects.filter(pk=mail.pk).update(delivered_at=now, text="", html="", calendar="")


def waiting(now: datetime) -> list[int]:
    """Ids of the mails whose time has come."""
    due = Mail.objects.filter(delivered_at=None, given_up_at=None, next_attempt_at__lte=now)
    return list(due.order_by("next_attempt_at").values_list("pk", flat=True)[:200])


def message_of(mail: Mail) -> EmailMultiAlternatives:
    """The mail as Django's delivery backend sends it: text, the same as HTML, and an invitation where there is one."""
    connection = get_connection(settings.DELIVERY_BACKEND)
    message = EmailMultiAlternatives(mail.subject, mail.text, None, [mail.recipient], connection=connection)
    message.attach_alternative(mail.html or html_of(mail), "text/html")
    if mail.calendar:
        invite(message, mail.calendar)
    return message


def html_of(mail: Mail) -> str:
    """The text as HTML. Only a line that is an address of ours becomes a link: what others typed stays text."""
    ours = (f"{settings.CONSOLE_URL}/", f"{settings.PUBLIC_URL}/")
    paragraphs = [
        {"text": text, "is_link": text.startswith(ours) and not any(c.isspace() for c in text)}
        for text in mail.text.strip().split("\n\n")
    ]
    return render_to_string("emails/letter.html", {"subject": mail.subject, "paragraphs": paragraphs})


def invite(message: EmailMultiAlternatives, calendar: str) -> None:
    """Once as another form of the mail, which calendars take up by themselves, and once as a file to open."""
    method = "CANCEL" if "METHOD:CANCEL" in calendar.splitlines() else "REQUEST"
    message.attach_alternative(calendar, f"text/calendar; method={method}")
    message.attach("invite.ics", calendar.encode(), "application/ics")


class OutboxBackend(BaseEmailBackend):
    """Django's mail backend: writes into the outbox instead of sending."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            html = next((str(a[0]) for a in getattr(message, "alternatives", []) if a[1] == "text/html"), "")
            for recipient in message.recipients():
                post(recipient, str(message.subject), str(message.body), html)
        return len(email_messages)
