"""Background work of this floor. The public door hands some of it over, and has no logins to import."""

from contextlib import suppress

from celery import shared_task
from django.utils import timezone

from billing import alerts
from billing.uses import capped
from chatbots.conversations import leads
from chatbots.knowledge import sources
from workspaces.models import Workspace


@shared_task
def erase_deleted() -> None:
    from chatbots.closing import closing
    from workspaces.closing import OtherwiseMeanwhile, due

    for agency_id, workspace_id in due(timezone.now()):
        with suppress(OtherwiseMeanwhile):  # brought back, or erased by another worker, in between
            closing.erase(Workspace.objects.get(agency_id=agency_id, pk=workspace_id), now=timezone.now())


@shared_task
def raise_source_alerts() -> None:
    now = timezone.now()
    for agencies in alerts.batches(alerts.everybody()):
        alerts.raise_passed(sources.uses(agencies, capped(agencies), now=now), now=now)


@shared_task
def tell_of_lead(workspace_id: int, lead_id: int) -> None:
    leads.tell(Workspace.objects.select_related("agency").get(pk=workspace_id), lead_id, now=timezone.now())


@shared_task
def tell_of_leads() -> None:
    for workspace_id, lead_id in leads.untold(timezone.now()):
        tell_of_lead.delay(workspace_id, lead_id)
