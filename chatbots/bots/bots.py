"""Creating chatbots, changing their settings, deleting them."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from agencies import audit
from agencies.models import Action, Agency, User
from chatbots.bots import changes, pictures, places
from chatbots.models import Blueprint, BlueprintLink, Chatbot, SettingsChange
from workspaces.models import Workspace


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
    blueprint: Blueprint | None = None,
) -> Chatbot:
    """Make a chatbot, perhaps with the settings of a blueprint. The same `request_key` again returns the first one.

    Raises ChatbotLimitReached at the limit, places.ElsewhereMeanwhile in an archived workspace.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    if request_key and (made := workspace.chatbots.filter(request_key=request_key).first()):
        return made
    workspace = places.open_one(workspace, agency_id=agency.pk)
    refuse_if_full(agency)
    settings = (blueprint.values if blueprint else {}) | {"name": name, "language": language}
    chatbot = Chatbot.objects.create(
        workspace=workspace, created_by=by, created_at=now, request_key=request_key, **settings
    )
    if blueprint:
        tenant = {"agency_id": agency.pk, "workspace_id": workspace.pk}
        BlueprintLink.objects.create(**tenant, blueprint=blueprint, chatbot=chatbot)
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
def configure(
    chatbot: Chatbot, *, by: User, now: datetime, picture: bytes | None = None, **settings: Any
) -> SettingsChange | None:
    """Save those of the settings that are given, and a new picture; the change, None where all stood so already.

    Raises places.ElsewhereMeanwhile.
    """
    held = places.stay(chatbot)
    if picture:
        settings["avatar"] = pictures.keep(held, picture)
    return changes.write(held, settings, by=by, now=now)


@transaction.atomic
def pause(chatbot: Chatbot, *, by: User, now: datetime) -> None:
    """It answers nobody any more, until it is resumed. Paused already, it stays as it is. Raises ElsewhereMeanwhile."""
    held = places.stay(chatbot)
    if held.paused_at is None:
        held.paused_at, held.paused_by = now, by
        held.save(update_fields=["paused_at", "paused_by"])
        record(held, Action.CHATBOT_PAUSED, by=by, now=now)


@transaction.atomic
def resume(chatbot: Chatbot, *, by: User, now: datetime) -> None:
    """It answers again. Raises ElsewhereMeanwhile."""
    held = places.stay(chatbot)
    if held.paused_at:
        held.paused_at = held.paused_by = None
        held.save(update_fields=["paused_at", "paused_by"])
        record(held, Action.CHATBOT_RESUMED, by=by, now=now)


@transaction.atomic
def lock(chatbot: Chatbot, *, among: Collection[str], locked: Collection[str], by: User, now: datetime) -> None:
    """Hold `locked` of the settings `among` against pushes of blueprints, and let the others of them go.

    Raises places.ElsewhereMeanwhile.
    """
    held = places.stay(chatbot)
    before = list(held.locked)
    held.locked = [name for name in changes.SETTINGS if name in (locked if name in among else before)]
    held.save(update_fields=["locked"])
    if held.locked != before:
        change: dict[str, Any] = audit.changes({"locked": before}, {"locked": held.locked})
        record(held, Action.CHATBOT_LOCKED, by=by, now=now, **change)


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
