"""What happened is remembered on a schedule, for support and for the day on which it is deleted."""

from celery import shared_task

from chatbots.onboarding import progress


@shared_task
def remember_steps() -> None:
    for agency in progress.on_their_way():
        progress.remember(agency)
