"""Background work of this floor. A task may run twice, and twice at once: the result is the same."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from agencies import mail, sessions
from agencies.meetings import forgetting, reminders


@shared_task
def deliver(mail_id: int) -> None:
    mail.deliver(mail_id, now=timezone.now())


@shared_task
def clear_sessions() -> None:
    call_command("clearsessions")
    sessions.forget_ended()


@shared_task
def deliver_waiting() -> None:
    for mail_id in mail.waiting(timezone.now()):
        deliver.delay(mail_id)


@shared_task
def remind_of_meetings() -> None:
    reminders.remind(timezone.now())


@shared_task
def forget_meetings() -> None:
    forgetting.forget(timezone.now())
