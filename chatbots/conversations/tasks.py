"""Background work for visitors who leave words or wait. The public door hands it over: nothing here needs a login."""

from celery import shared_task
from django.utils import timezone

from chatbots.conversations import erasing, leads, takeover
from workspaces.models import Workspace


@shared_task
def tell_of_lead(workspace_id: int, lead_id: int) -> None:
    leads.tell(Workspace.objects.select_related("agency").get(pk=workspace_id), lead_id, now=timezone.now())


@shared_task
def tell_of_leads() -> None:
    for workspace_id, lead_id in leads.untold(timezone.now()):
        tell_of_lead.delay(workspace_id, lead_id)


@shared_task
def tell_of_waiting(workspace_id: int, conversation_id: int) -> None:
    workspace = Workspace.objects.select_related("agency").get(pk=workspace_id)
    takeover.tell(workspace, conversation_id, now=timezone.now())


@shared_task
def look_after_waiting() -> None:
    """Those on duty are told of whoever no task has told them of; who waited for too long has the chatbot again."""
    for workspace_id, conversation_id in takeover.untold(timezone.now()):
        tell_of_waiting.delay(workspace_id, conversation_id)
    for workspace_id, conversation_id in takeover.late(timezone.now()):
        workspace = Workspace.objects.get(pk=workspace_id)
        takeover.give_back(workspace, conversation_id, now=timezone.now())


@shared_task
def expire_conversations() -> None:
    """Batch after batch, until nothing is left that is older than its workspace keeps it."""
    for agency_id, workspace_id in erasing.expiring():
        workspace = Workspace.objects.get(agency_id=agency_id, pk=workspace_id)
        while (gone := erasing.expire(workspace, now=timezone.now())).conversations or gone.leads:
            continue
