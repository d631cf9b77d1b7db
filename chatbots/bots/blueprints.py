"""Blueprints of an agency: saved from one chatbot, made into new ones, compared, and pushed where somebody chooses.

A push writes no setting that is locked in a chatbot. Each chatbot it changes has a SettingsChange of its own, so the
push is rolled back as any change is undone: as far as it still stands.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from agencies import audit
from agencies.models import Action, Agency, User
from chatbots.bots import changes, places
from chatbots.models import Blueprint, BlueprintLink, BlueprintPush, Chatbot


class NameTaken(Exception):
    """The agency has a blueprint of this name; the text is for the user's eyes."""

    def __init__(self) -> None:
        super().__init__("There is a blueprint of this name. Let this one replace it, or choose another name.")


class NothingToPush(Exception):
    """All chosen chatbots stand so already, or hold what was chosen locked."""

    def __init__(self) -> None:
        super().__init__("Nothing would change: the chatbots stand so already, or hold these settings locked.")


class RolledBackBefore(Exception):
    """There is nothing left of a push to roll back."""

    def __init__(self) -> None:
        super().__init__("There is nothing left to roll back: it was done before, or all of it was changed again.")


@dataclass(frozen=True)
class Planned:
    """What a push would do to one chatbot: {setting: (before, after)}, and the settings that are locked in it."""

    chatbot: Chatbot
    changes: dict[str, tuple[Any, Any]]
    locked: list[str]


def offered(agency: Agency | None) -> QuerySet[Blueprint]:
    """Those of an agency; none for somebody who may not see them."""
    return Blueprint.objects.filter(agency=agency) if agency else Blueprint.objects.none()


def chatbots_of(blueprint: Blueprint) -> QuerySet[Chatbot]:
    """The chatbots that were made from it, in workspaces that are open."""
    made = Chatbot.objects.filter(blueprint_link__blueprint=blueprint, workspace__archived_at=None)
    return made.select_related("workspace").order_by("workspace__name", "name", "pk")


@transaction.atomic
def save(chatbot: Chatbot, *, name: str, replaces: bool, by: User, now: datetime) -> Blueprint:
    """Keep a chatbot's settings under a name. The chatbot counts as made from it, unless it was from another.

    Raises NameTaken, places.ElsewhereMeanwhile.
    """
    agency = lock(chatbot.workspace.agency_id)
    held = places.stay(chatbot)
    known = agency.blueprints.filter(name=name).first()
    if known and not replaces:
        raise NameTaken
    values = {setting: getattr(held, setting) for setting in changes.SHARED}
    blueprint = known or Blueprint(agency=agency, name=name, created_at=now, created_by=by)
    before, blueprint.values = blueprint.values or {}, values
    blueprint.save()
    link(held, blueprint)
    change: dict[str, Any] = audit.changes(before, values)
    record(blueprint, Action.BLUEPRINT_SAVED, by=by, now=now, **change)
    return blueprint


def link(chatbot: Chatbot, blueprint: Blueprint) -> None:
    made = {"agency_id": blueprint.agency_id, "workspace_id": chatbot.workspace_id, "blueprint": blueprint}
    BlueprintLink.objects.get_or_create(chatbot=chatbot, defaults=made)


def copy_link(chatbot: Chatbot, copy: Chatbot) -> None:
    """A copy is made from the same blueprint: both are of one agency."""
    known = BlueprintLink.objects.filter(chatbot=chatbot).select_related("blueprint").first()
    if known:
        link(copy, known.blueprint)


def plan(blueprint: Blueprint, chatbots: Iterable[Chatbot], *, settings: Collection[str]) -> list[Planned]:
    """What a push of these settings would do, chatbot by chatbot."""
    return [planned(blueprint, chatbot, settings) for chatbot in chatbots]


def planned(blueprint: Blueprint, chatbot: Chatbot, settings: Collection[str]) -> Planned:
    differing = {
        name: (getattr(chatbot, name), value)
        for name, value in blueprint.values.items()
        if name in settings and name in changes.SHARED and getattr(chatbot, name) != value
    }
    locked = [name for name in differing if name in chatbot.locked]
    return Planned(chatbot, {name: pair for name, pair in differing.items() if name not in locked}, locked)


@transaction.atomic
def push(
    blueprint: Blueprint, *, chatbots: Iterable[Chatbot], settings: Collection[str], by: User, now: datetime
) -> list[Planned]:
    """Write settings of the blueprint into chatbots that were made from it, and tell what was done to each.

    Raises NothingToPush, places.ElsewhereMeanwhile.
    """
    lock(blueprint.agency_id)
    chosen = chatbots_of(blueprint).filter(pk__in=[chatbot.pk for chatbot in chatbots]).order_by("pk")
    done = plan(blueprint, [places.stay(chatbot) for chatbot in chosen], settings=settings)
    if not any(each.changes for each in done):
        raise NothingToPush
    pushed = BlueprintPush.objects.create(
        agency_id=blueprint.agency_id, blueprint=blueprint, settings=sorted(settings), at=now, by=by
    )
    for each in done:
        wanted = {name: after for name, (_, after) in each.changes.items()}
        changes.write(each.chatbot, wanted, by=by, now=now, push=pushed)
    told = {"settings": pushed.settings, "chatbots": [each.chatbot.name for each in done if each.changes]}
    record(blueprint, Action.BLUEPRINT_PUSHED, by=by, now=now, after=told)
    return done


@transaction.atomic
def roll_back(pushed: BlueprintPush, *, by: User, now: datetime) -> list[tuple[Chatbot, list[str]]]:
    """Undo a push in every chatbot, and tell which settings stay there since they were changed again.

    Raises RolledBackBefore, places.ElsewhereMeanwhile.
    """
    lock(pushed.agency_id)
    pushed = BlueprintPush.objects.select_related("blueprint").get(pk=pushed.pk)
    done, left = pushed.changes.filter(undone_at=None, chatbot__workspace__archived_at=None), {}
    for change in done.select_related("chatbot__workspace").order_by("chatbot_id"):
        try:
            left[change] = changes.undo(change, by=by, now=now)
        except changes.NothingStands:
            left[change] = list(change.after)
    if pushed.rolled_back_at or all(len(names) == len(change.after) for change, names in left.items()):
        raise RolledBackBefore
    pushed.rolled_back_at, pushed.rolled_back_by = now, by
    pushed.save(update_fields=["rolled_back_at", "rolled_back_by"])
    record(pushed.blueprint, Action.BLUEPRINT_ROLLED_BACK, by=by, now=now, before={"settings": pushed.settings})
    return [(change.chatbot, names) for change, names in left.items() if names]


@transaction.atomic
def delete(blueprint: Blueprint, *, by: User, now: datetime) -> None:
    """Forget a blueprint. Its chatbots keep their settings, and what was pushed can still be undone in each."""
    lock(blueprint.agency_id)
    record(blueprint, Action.BLUEPRINT_DELETED, by=by, now=now)
    blueprint.delete()


def record(blueprint: Blueprint, action: Action, *, by: User, now: datetime, **change: Any) -> None:
    """For the agency's eyes only: it names chatbots of several clients."""
    audit.record(action, agency_id=blueprint.agency_id, by=by, at=now, target=blueprint.name, **change)


def lock(agency_id: int) -> Agency:
    return Agency.objects.select_for_update(no_key=True).get(pk=agency_id)
