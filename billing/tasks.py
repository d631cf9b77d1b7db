"""Background work of this floor, on a schedule."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from billing import entitlements, pools, rollups

LOOKS_BACK = timedelta(days=2)  # further than any outage of the schedule should last


@shared_task
def roll_up() -> None:
    rollups.roll_up()


@shared_task
def sweep_holds() -> None:
    pools.sweep(timezone.now())


@shared_task
def lapse_packs() -> None:
    now = timezone.now()
    entitlements.lapse(now, since=now - LOOKS_BACK)
