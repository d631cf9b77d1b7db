"""Background work of this floor, on a schedule."""

from celery import shared_task
from django.utils import timezone

from workspaces import freeing


@shared_task
def forget_freed_seats() -> None:
    freeing.forget_old(timezone.now())
