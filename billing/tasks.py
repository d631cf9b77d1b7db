"""Background work of this floor, on a schedule."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from billing import alerts, entitlements, pools, rollups

LOOKS_BACK = timedelta(days=2)  # further than any outage of the schedule should last


@shared_task
def roll_up() -> None:
    alerts.raise_due(rollups.roll_up(), now=timezone.now())


@shared_task
def raise_alerts() -> None:
    alerts.raise_all(now=timezone.now())


@shared_task
def sweep_holds() -> None:
    pools.sweep(timezone.now())


@shared_task
def lapse_packs() -> None:
    now = timezone.now()
    entitlements.lapse(now, since=now - LOOKS_BACK)
