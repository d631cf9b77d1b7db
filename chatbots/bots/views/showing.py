"""Settings in words: their names, what changed, and what a page shows beside its form."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from agencies.zones import zones
from chatbots.answers import capping
from chatbots.bots import appearance, changes
from chatbots.bots.blueprints import Planned
from chatbots.bots.forms.availability import AvailabilityForm
from chatbots.bots.forms.subjects import BehaviourForm, IdentityForm, LookForm, SubjectForm
from chatbots.bots.hours import DAYS
from chatbots.models import Blueprint, BlueprintLink, Chatbot, SettingsChange

LABELS = {
    name: str(field.label)
    for form in (IdentityForm, BehaviourForm, LookForm, AvailabilityForm)
    for name, field in form.base_fields.items()
} | {"hours": "Hours", "avatar": "Picture"}
LABELS_SHARED = [LABELS[name] for name in changes.SHARED]
STATES = [  # of the preview
    ("home", "Start"),
    ("conversation", "Conversation"),
    ("closed", "Closed"),
    ("teaser", "Teaser"),
    ("page", "Full page"),
]
CHOICES = {field.name: dict(field.flatchoices) for field in Chatbot._meta.concrete_fields if field.choices}
LONGEST = 80  # characters of a value


@dataclass(frozen=True)
class Told:
    """A change, in words: which settings from what to what, and whether there is something left to undo."""

    change: SettingsChange
    lines: list[tuple[str, str, str]]
    stands: bool


def beside(subject: str, form: SubjectForm, chatbot: Chatbot) -> dict[str, Any]:
    """What one subject's page shows beside its form."""
    if subject == "behaviour":
        return {"taken": capping.taken(chatbot, now=timezone.now())}
    if subject == "look":
        return {"presets": appearance.PRESETS, "advice": appearance.advice(str(form["accent"].value()))}
    return {"zones": sorted(zones())} if subject == "availability" else {}


def last_of(chatbot: Chatbot, names: Collection[str]) -> list[Told]:
    """The last changes of some settings, the newest first."""
    rows = chatbot.changes.filter(after__has_any_keys=list(names)).select_related("by", "undone_by", "push")
    return [told(change, chatbot) for change in rows[: changes.LISTED]]


def told(change: SettingsChange, chatbot: Chatbot) -> Told:
    lines = [
        (label(name), words(name, change.before.get(name)), words(name, value)) for name, value in change.after.items()
    ]
    return Told(change, lines, change.undone_at is None and bool(changes.standing(change, chatbot)))


def locks_of(chatbot: Chatbot, subject: str) -> list[tuple[str, str, bool]]:
    """(setting, its name, whether it is locked) of one subject, where pushes of a blueprint could change it."""
    if not BlueprintLink.objects.filter(chatbot=chatbot).exists():
        return []
    return [(name, label(name), name in chatbot.locked) for name in changes.OF[subject] if name not in changes.ITS_OWN]


def label(name: str) -> str:
    return LABELS.get(name, name)


def labels(names: Iterable[str]) -> str:
    return ", ".join(map(label, names))


def words(name: str, value: Any) -> str:
    """A value as somebody reads it."""
    if name == "avatar":
        return "a picture" if value else "none"
    if name == "hours":
        return "; ".join(f"{DAYS[day][:3]} {spans(value[day])}" for day in DAYS if day in value) if value else "always"
    if isinstance(value, bool):
        return "yes" if value else "no"
    value = CHOICES.get(name, {}).get(value, value) if isinstance(value, str) else value
    text = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return f"{text[:LONGEST]}…" if len(text) > LONGEST else text or "empty"


def spans(of: list[list[str]]) -> str:
    return ", ".join("–".join(span) for span in of)


@dataclass(frozen=True)
class PlannedRow:
    """A chatbot and what differs in it, in words: (name, as it is, as the blueprint has it); and what is locked."""

    chatbot: Chatbot
    lines: list[tuple[str, str, str]]
    locked: str


def plan(planned: Iterable[Planned]) -> list[PlannedRow]:
    return [
        PlannedRow(
            each.chatbot,
            [(label(name), words(name, before), words(name, after)) for name, (before, after) in each.changes.items()],
            labels(each.locked),
        )
        for each in planned
    ]


def settings_of(
    blueprint: Blueprint, planned: Collection[Planned], *, chosen: Collection[str]
) -> list[tuple[str, str, str, int, bool]]:
    """(setting, name, value, in how many chatbots it differs, whether it is chosen) of a blueprint."""
    differing = Counter(name for each in planned for name in (*each.changes, *each.locked))
    return [
        (name, label(name), words(name, blueprint.values[name]), differing[name], name in chosen)
        for name in changes.SHARED
        if name in blueprint.values
    ]
