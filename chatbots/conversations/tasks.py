"""Background work for what visitors leave. The public door hands it over: nothing here may need a login to import."""

from celery import shared_task
from django.utils import timezone

from chatbots.conversations import leads
from workspaces.models import Workspace


@shared_task
def tell_of_lead(workspace_id: int, lead_id: int) -> None:
    leads.tell(Workspace.objects.select_related("agency").get(pk=workspace_id), lead_id, now=timezone.now())


@shared_task
def tell_of_leads() -> None:
    for workspace_id, lead_id in leads.untold(timezone.now()):
        tell_of_lead.delay(workspace_id, lead_id)
