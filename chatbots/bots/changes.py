"""Every change of a chatbot's settings is a row, and can be undone as far as it still stands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from agencies import audit
from agencies.models import Action, User
from chatbots.bots import pictures, places
from chatbots.models import BlueprintPush, Chatbot, SettingsChange, settings

SUBJECTS = {
    "identity": settings.Identity,
    "behaviour": settings.Behaviour,
    "look": settings.Look,
    "availability": settings.Availability,
}
OF: dict[str, tuple[str, ...]] = {  # the settings of each subject
    subject: tuple(field.name for field in model._meta.local_fields) for subject, model in SUBJECTS.items()
}
SETTINGS = tuple(name for names in OF.values() for name in names)
ITS_OWN = ("name", "company", "avatar", "allowed_domains")  # of one client: no blueprint holds them
SHARED = tuple(name for name in SETTINGS if name not in ITS_OWN)
LISTED = 10  # changes, on a page


class NothingStands(Exception):
    """A change was undone before, or everything of it was changed again; the text is for the user's eyes."""

    def __init__(self) -> None:
        super().__init__("There is nothing left to undo: all of it was changed again since.")


def values_of(chatbot: Chatbot) -> dict[str, Any]:
    """All settings of a chatbot, as they are kept."""
    return {name: getattr(chatbot, name) for name in SETTINGS}


def write(
    held: Chatbot, wanted: Mapping[str, Any], *, by: User, now: datetime, push: BlueprintPush | None = None
) -> SettingsChange | None:
    """Write settings into a chatbot that the caller has locked; the change, None where all stood so already."""
    differing: dict[str, Any] = audit.changes({name: getattr(held, name) for name in wanted}, wanted)
    if not differing["after"]:
        return None
    for name, value in differing["after"].items():
        setattr(held, name, value)
    held.save(update_fields=list(differing["after"]))
    tenant: dict[str, Any] = {"agency_id": held.workspace.agency_id, "workspace_id": held.workspace_id}
    change = SettingsChange.objects.create(**tenant, chatbot=held, at=now, by=by, push=push, **differing)
    written: dict[str, Any] = {"by": by, "at": now, "target": held.name, **differing}
    audit.record(Action.CHATBOT_CONFIGURED, **tenant, **written)
    return change


@transaction.atomic
def undo(change: SettingsChange, *, by: User, now: datetime) -> list[str]:
    """Bring back what a change replaced, and return the settings that stay as somebody made them since.

    Raises NothingStands, places.ElsewhereMeanwhile.
    """
    held = places.stay(change.chatbot)
    change = SettingsChange.objects.select_for_update(no_key=True).get(pk=change.pk)
    back = {name: change.before[name] for name in standing(change, held)}
    if change.undone_at or not back:
        raise NothingStands
    write(held, back, by=by, now=now)
    change.undone_at, change.undone_by = now, by
    change.save(update_fields=["undone_at", "undone_by"])
    return [name for name in change.after if name not in back]


def standing(change: SettingsChange, chatbot: Chatbot) -> list[str]:
    """The settings that are still as this change left them, and can be as they were."""
    return [
        name
        for name, value in change.after.items()
        if name in SETTINGS
        and getattr(chatbot, name) == value
        and (name != "avatar" or pictures.is_there(chatbot, change.before[name]))
    ]
