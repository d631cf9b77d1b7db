"""Background work of this floor, on a schedule."""

from contextlib import suppress

from celery import shared_task
from django.utils import timezone

from billing import alerts
from billing.uses import capped
from chatbots.closing import closing
from chatbots.conversations.tasks import (
    expire_conversations,
    look_after_waiting,
    tell_of_lead,
    tell_of_leads,
    tell_of_waiting,
)
from chatbots.insights import rollups
from chatbots.knowledge import sources
from chatbots.knowledge.tasks import fetch_anew, learn, take_up
from chatbots.onboarding.tasks import remember_steps
from chatbots.reports.tasks import send_report, send_reports
from workspaces.closing import OtherwiseMeanwhile, due
from workspaces.models import Workspace

__all__ = [  # what the worker finds here
    "erase_deleted",
    "expire_conversations",
    "fetch_anew",
    "learn",
    "look_after_waiting",
    "raise_source_alerts",
    "remember_steps",
    "roll_up_metrics",
    "send_report",
    "send_reports",
    "take_up",
    "tell_of_lead",
    "tell_of_leads",
    "tell_of_waiting",
]


@shared_task
def erase_deleted() -> None:
    for agency_id, workspace_id in due(timezone.now()):
        with suppress(OtherwiseMeanwhile):  # brought back, or erased by another worker, in between
            closing.erase(Workspace.objects.get(agency_id=agency_id, pk=workspace_id), now=timezone.now())


@shared_task
def roll_up_metrics() -> None:
    rollups.roll_up()


@shared_task
def raise_source_alerts() -> None:
    now = timezone.now()
    for agencies in alerts.batches(alerts.everybody()):
        alerts.raise_passed(sources.uses(agencies, capped(agencies, now=now), now=now), now=now)
