"""Whom a chatbot asks: its own provider, else its agency's, else the one that this Bureau is set up with.

A failing one is followed by the next only where whoever set it up allowed that: another one sees the visitor's words,
and somebody else pays for it.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from agencies import audit
from agencies.models import Action, Agency, User
from chatbots.answers import sealing
from chatbots.bots import bots, places
from chatbots.models import AgencyProvider, Chatbot, ChatbotProvider, Endpoint

log = logging.getLogger(__name__)


class KeyMissing(Exception):
    """A new address without a key; the text is for the user's eyes."""

    def __init__(self) -> None:
        super().__init__("Please enter the key: the one that is stored belongs to another address.")


@dataclass(frozen=True)
class Provider:
    """Where to ask, with what. One that people typed in `is_guarded`: it may not lead to an inner address."""

    base_url: str
    key: str = field(repr=False)  # a report of an error shows what stood where
    model: str
    is_guarded: bool = False


def of(chatbot: Chatbot) -> list[Provider]:
    """Whom to ask, one after the other; nobody: the embedded answerer speaks."""
    chain: list[Provider] = []
    for own in (
        ChatbotProvider.objects.filter(chatbot=chatbot).first(),
        AgencyProvider.objects.filter(agency=chatbot.workspace.agency_id).first(),
    ):
        if own is None:
            continue
        try:
            chain.append(typed_in(own))
        except sealing.Unreadable:
            log.error("The provider key of %s cannot be read: SECRET_KEY is another one now.", own)
        if not own.falls_back:
            return chain
    return chain + of_this_bureau()


def typed_in(endpoint: Endpoint) -> Provider:
    """One that people typed in. Raises sealing.Unreadable."""
    return Provider(endpoint.base_url, sealing.unseal(endpoint.key), endpoint.model, is_guarded=True)


def of_this_bureau() -> list[Provider]:
    """The provider of the settings, and the second one for when it fails."""
    configured = [
        (settings.LLM_BASE_URL, settings.LLM_API_KEY, settings.LLM_MODEL),
        (settings.LLM_FALLBACK_BASE_URL, settings.LLM_FALLBACK_API_KEY, settings.LLM_FALLBACK_MODEL),
    ]
    return [Provider(base_url, key, model) for base_url, key, model in configured if base_url]


def is_readable(endpoint: Endpoint) -> bool:
    """Whether its key can be used still."""
    try:
        sealing.unseal(endpoint.key)
    except sealing.Unreadable:
        return False
    return True


@transaction.atomic
def set_for_agency(agency: Agency, *, by: User, now: datetime, **given: Any) -> AgencyProvider:
    """Ask this endpoint for all chatbots that have none of their own. Without an `api_key` the stored one stays.

    Raises KeyMissing.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    before = AgencyProvider.objects.filter(agency=agency).first()
    after = AgencyProvider(agency=agency, **changed(before, by=by, now=now, **given))
    after.pk = before.pk if before else None
    after.save()
    change: dict[str, Any] = audit.changes(before.about() if before else {}, after.about())
    audit.record(Action.PROVIDER_SET, agency_id=agency.pk, by=by, at=now, target=str(agency), **change)
    return after


@transaction.atomic
def remove_from_agency(agency: Agency, *, by: User, now: datetime) -> None:
    """Forget it with its key. Without one nothing happens."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    for before in AgencyProvider.objects.filter(agency=agency):
        before.delete()
        about = before.about()
        audit.record(Action.PROVIDER_REMOVED, agency_id=agency.pk, by=by, at=now, target=str(agency), before=about)


@transaction.atomic
def set_for_chatbot(chatbot: Chatbot, *, by: User, now: datetime, **given: Any) -> ChatbotProvider:
    """Ask this endpoint for one chatbot. Raises KeyMissing, places.ElsewhereMeanwhile."""
    chatbot = places.stay(chatbot)
    before = ChatbotProvider.objects.filter(chatbot=chatbot).first()
    made = changed(before, by=by, now=now, **given)
    after = ChatbotProvider(workspace_id=chatbot.workspace_id, chatbot=chatbot, **made)
    after.pk = before.pk if before else None
    after.save()
    bots.record(
        chatbot, Action.PROVIDER_SET, by=by, now=now, **audit.changes(before.about() if before else {}, after.about())
    )
    return after


@transaction.atomic
def remove_from_chatbot(chatbot: Chatbot, *, by: User, now: datetime) -> None:
    """Forget it with its key. Without one nothing happens. Raises places.ElsewhereMeanwhile."""
    chatbot = places.stay(chatbot)
    for before in ChatbotProvider.objects.filter(chatbot=chatbot):
        before.delete()
        bots.record(chatbot, Action.PROVIDER_REMOVED, by=by, now=now, before=before.about())


def changed(
    before: Endpoint | None, *, base_url: str, model: str, api_key: str, falls_back: bool, by: User, now: datetime
) -> dict[str, Any]:
    """The columns of the endpoint. A stored key is never sent to another host than the one it was entered for."""
    if not api_key and (before is None or origin(before.base_url) != origin(base_url) or not is_readable(before)):
        raise KeyMissing
    sealed, end = (sealing.seal(api_key), api_key[-4:]) if api_key or before is None else (before.key, before.key_end)
    return {
        "base_url": base_url,
        "model": model,
        "key": sealed,
        "key_end": end,
        "falls_back": falls_back,
        "set_by": by,
        "set_at": now,
    }


def origin(url: str) -> str:
    """Scheme, host and port."""
    return "/".join(url.split("/", 3)[:3]).lower()
