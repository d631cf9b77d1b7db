"""Background work of this floor, on a schedule."""

from celery import shared_task
from django.utils import timezone

from billing import pools, rollups


@shared_task
def roll_up() -> None:
    rollups.roll_up()


@shared_task
def sweep_holds() -> None:
    pools.sweep(timezone.now())
