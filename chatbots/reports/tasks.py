"""Reports that are due, on a schedule."""

from celery import shared_task
from django.utils import timezone

from chatbots.reports import scheduling
from workspaces.models import Workspace


@shared_task
def send_reports() -> None:
    for workspace_id in scheduling.due(timezone.now()):
        send_report.delay(workspace_id)


@shared_task
def send_report(workspace_id: int) -> None:
    scheduling.send_due(Workspace.objects.select_related("agency").get(pk=workspace_id), now=timezone.now())
