"""Creating chatbots, changing their settings, deleting them."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from agencies import audit
from agencies.models import Action, Agency, User
from chatbots.bots import places
from chatbots.models import Chatbot, settings
from workspaces.models import Workspace

SUBJECTS = (settings.Identity, settings.Behaviour, settings.Look, settings.Availability)
SETTINGS = tuple(field.name for subject in SUBJECTS for field in subject._meta.local_fields)


class ChatbotLimitReached(Exception):
    """The agency's plan holds no further chatbot; the text is for the user's eyes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"Your plan holds {limit} chatbots, and all exist already. Delete one, or change the plan.")


@transaction.atomic
def create(
    workspace: Workspace,
    *,
    name: str,
    language: str,
    by: User,
    now: datetime,
    request_key: uuid.UUID | None = None,
) -> Chatbot:
    """Make a chatbot. The same `request_key` again returns the first one.

    Raises ChatbotLimitReached at the limit, places.ElsewhereMeanwhile in an archived workspace.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    if request_key and (made := workspace.chatbots.filter(request_key=request_key).first()):
        return made
    workspace = places.open_one(workspace, agency_id=agency.pk)
    refuse_if_full(agency)
    chatbot = Chatbot.objects.create(
        workspace=workspace, name=name, language=language, created_by=by, created_at=now, request_key=request_key
    )
    record(chatbot, Action.CHATBOT_CREATED, by=by, now=now, after={"name": name, "language": language})
    return chatbot


def refuse_if_full(agency: Agency, *, wanted: int = 1) -> None:
    """Raises ChatbotLimitReached when `wanted` more do not fit. The caller holds the lock on the agency row.

    Those of archived workspaces do not count.
    """
    exist = Chatbot.objects.filter(workspace__agency=agency, workspace__archived_at=None).count()
    if wanted and agency.chatbot_limit is not None and exist + wanted > agency.chatbot_limit:
        raise ChatbotLimitReached(agency.chatbot_limit)


@transaction.atomic
def configure(chatbot: Chatbot, *, by: User, now: datetime, **settings: Any) -> None:
    """Save those of the SETTINGS that are given. Raises places.ElsewhereMeanwhile."""
    chatbot = places.stay(chatbot)
    before = {name: getattr(chatbot, name) for name in settings}
    for name, value in settings.items():
        setattr(chatbot, name, value)
    chatbot.save(update_fields=list(settings))
    record(chatbot, Action.CHATBOT_CONFIGURED, by=by, now=now, **audit.changes(before, settings))


@transaction.atomic
def delete(chatbot: Chatbot, *, by: User, now: datetime) -> None:
    """Delete a chatbot with its sources and conversations. Its units stay in the ledger and the charts.

    An answer that is being stored is waited for; one that comes later finds no chatbot, and costs nothing. Raises
    places.ElsewhereMeanwhile when it was moved.
    """
    if not Chatbot.objects.filter(pk=chatbot.pk).exists():  # somebody was quicker: what was asked for is so
        return
    held = places.seen(Chatbot.objects.select_for_update(of=("self",)), chatbot)
    record(held, Action.CHATBOT_DELETED, by=by, now=now, before={"name": held.name})
    held.delete()


def record(chatbot: Chatbot, action: Action, *, by: User, now: datetime, **change: Any) -> None:
    """Write into the audit log of the chatbot's workspace what was done to it."""
    audit.record(
        action,
        agency_id=chatbot.workspace.agency_id,
        workspace_id=chatbot.workspace_id,
        by=by,
        at=now,
        target=chatbot.name,
        **change,
    )
