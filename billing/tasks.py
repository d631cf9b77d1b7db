"""Background work of this floor, on a schedule."""

from celery import shared_task
from django.utils import timezone

from billing import alerts, pools, rollups


@shared_task
def roll_up() -> None:
    alerts.raise_due(rollups.roll_up(), now=timezone.now())


@shared_task
def raise_alerts() -> None:
    alerts.raise_all(now=timezone.now())


@shared_task
def sweep_holds() -> None:
    pools.sweep(timezone.now())
