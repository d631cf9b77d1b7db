"""What closing a workspace means on this floor: what an archived one frees, whether it fits again, and erasing it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from agencies.models import Agency, AuditEntry, User
from billing import allocation
from chatbots.bots import bots
from chatbots.knowledge import sources
from chatbots.models import Chatbot, Report, ReportRule, SavedView
from workspaces import closing
from workspaces.models import Workspace


@dataclass(frozen=True)
class Owned:
    """What a workspace has of the pool on this floor."""

    chatbots: int
    sources: int


def owned_by(workspace: Workspace) -> Owned:
    return Owned(workspace.chatbots.count(), workspace.sources.count())


@transaction.atomic
def restore(workspace: Workspace, *, by: User, now: datetime) -> list[AuditEntry]:
    """Open an archived workspace again, if its people, chatbots and data sources still fit.

    Returns the entries about guarantees that did not fit beside the others' any more, and are gone. Raises
    lifecycle.WorkspaceLimitReached, seats.SeatsExhausted, bots.ChatbotLimitReached, sources.SourcesExhausted,
    closing.OtherwiseMeanwhile.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    held = Workspace.objects.get(pk=workspace.pk)
    if held.archived_at:
        owned = owned_by(held)
        bots.refuse_if_full(agency, wanted=owned.chatbots)
        sources.refuse_above_limit(agency, held, by=by, wanted=owned.sources)
    closing.restore(workspace, by=by, now=now)
    return allocation.give_up_what_does_not_fit(workspace, by=by, now=now) if held.archived_at else []


@transaction.atomic
def erase(workspace: Workspace, *, now: datetime) -> None:
    """Erase a deleted workspace for good: chatbots, sources, talks, API keys, reports, people. Its numbers stay.

    Raises closing.OtherwiseMeanwhile when its time has not come.
    """
    closing.erase(workspace, now=now)
    Chatbot.objects.filter(workspace=workspace).delete()
    workspace.api_keys.all().delete()
    workspace.duties.all().delete()
    SavedView.objects.filter(workspace=workspace).delete()
    Report.objects.filter(workspace=workspace).delete()
    ReportRule.objects.filter(workspace=workspace).delete()
