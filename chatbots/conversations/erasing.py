"""Conversations that are kept no longer: one visitor's, on request, and those older than a workspace keeps them.

The ledger and the charts stay. `Forgotten` names the conversations whose lines are gone, by number and nothing else.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet

from agencies import audit
from agencies.models import Action, User
from chatbots.models import Conversation, Forgotten, Lead
from workspaces.models import Workspace

BATCH = 500
WHAT = ("conversation", "left message")


class Gone(NamedTuple):
    """How much was erased."""

    conversations: int
    leads: int

    def __str__(self) -> str:
        talks, leads = (f"{n:,} {what}{'s' * (n != 1)}" for n, what in zip(self, WHAT, strict=True))
        return f"{talks} and {leads}"


def of_visitor(conversation: Conversation) -> QuerySet[Conversation]:
    """All of the same visitor in this workspace: the same token, or who the site said it is."""
    same = Q(pk=conversation.pk) | Q(token_hash=conversation.token_hash)
    if conversation.visitor_id:
        same |= Q(visitor_id=conversation.visitor_id)
    for email in emails_of(conversation):
        same |= Q(visitor_email__iexact=email)
    return Conversation.objects.filter(same, workspace_id=conversation.workspace_id)


def leads_of(conversation: Conversation) -> QuerySet[Lead]:
    """What the same visitor left in this workspace."""
    same = Q(conversation__in=of_visitor(conversation).values("pk"))
    for email in emails_of(conversation):
        same |= Q(email__iexact=email)
    return Lead.objects.filter(same, workspace_id=conversation.workspace_id)


def emails_of(conversation: Conversation) -> set[str]:
    """The visitor's addresses, as the site told them or the visitor left them here."""
    left = conversation.leads.values_list("email", flat=True)
    return {email.lower() for email in [conversation.visitor_email, *left] if email}


@transaction.atomic
def erase_visitor(conversation: Conversation, *, by: User, now: datetime) -> Gone:
    """Erase all that one visitor said and left in this workspace. The log names numbers, and no visitor."""
    leads = list(leads_of(conversation).values_list("pk", flat=True))
    talks = list(of_visitor(conversation).values_list("pk", flat=True))
    gone = forget(conversation.workspace, talks, leads, now=now)
    record(conversation.workspace, Action.VISITOR_ERASED, gone, by=by, now=now)
    return gone


def expiring() -> list[tuple[int, int]]:
    """(agency id, workspace id) of the workspaces that keep conversations for a while only."""
    return list(Workspace.objects.filter(kept_days__isnull=False).order_by("pk").values_list("agency_id", "pk"))


@transaction.atomic
def expire(workspace: Workspace, *, now: datetime) -> Gone:
    """Delete one batch of what is older than the workspace keeps it. With nothing left to delete, it does nothing."""
    if workspace.kept_days is None:
        return Gone(0, 0)
    until = now - timedelta(days=workspace.kept_days)
    old = Conversation.objects.filter(workspace=workspace, last_at__lt=until).order_by("last_at")
    left = Lead.objects.filter(workspace=workspace, at__lt=until).order_by("pk")
    talks, leads = (list(rows.values_list("pk", flat=True)[:BATCH]) for rows in (old, left))
    gone = forget(workspace, talks, leads, now=now, until=until)
    if gone.conversations or gone.leads:
        record(workspace, Action.CONVERSATIONS_EXPIRED, gone, by=None, now=now)
    return gone


def forget(
    workspace: Workspace,
    talks: Collection[int],
    leads: Collection[int],
    *,
    now: datetime,
    until: datetime | None = None,
) -> Gone:
    """Delete these rows, if they are still here, and still old. A line that is being stored in one is waited for."""
    found = Conversation.objects.select_for_update().filter(workspace=workspace, pk__in=talks)
    if until:
        found = found.filter(last_at__lt=until)
    held = list(found.order_by("pk").values_list("pk", flat=True))
    Forgotten.objects.bulk_create(
        [Forgotten(workspace=workspace, conversation_id=pk, at=now) for pk in held], ignore_conflicts=True
    )
    _, leads_gone = Lead.objects.filter(workspace=workspace, pk__in=leads).delete()
    Conversation.objects.filter(pk__in=held).delete()
    return Gone(len(held), leads_gone.get("chatbots.Lead", 0))


def record(workspace: Workspace, action: Action, gone: Gone, *, by: User | None, now: datetime) -> None:
    audit.record(action, agency_id=workspace.agency_id, workspace_id=workspace.pk, by=by, at=now, target=str(gone))
