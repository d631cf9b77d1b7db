"""Data sources: how many there may be, adding them, and changing what is there."""

from chatbots.knowledge.sources.adding import add, add_files, add_questions, add_website, add_websites
from chatbots.knowledge.sources.changing import (
    delete,
    fetch_anew,
    retrain,
    revise,
    revise_file,
    revise_website,
    stop,
)
from chatbots.knowledge.sources.counting import (
    SourcesExhausted,
    by_workspace,
    counted,
    refuse_above_limit,
    refuse_if_full,
    refuse_move,
    room,
    used_by,
    uses,
)
from chatbots.knowledge.sources.naming import AlreadyThere
from chatbots.knowledge.sources.several import delete_chosen, retrain_chosen

__all__ = [
    "AlreadyThere",
    "SourcesExhausted",
    "add",
    "add_files",
    "add_questions",
    "add_website",
    "add_websites",
    "by_workspace",
    "counted",
    "delete",
    "delete_chosen",
    "fetch_anew",
    "refuse_above_limit",
    "refuse_if_full",
    "refuse_move",
    "retrain",
    "retrain_chosen",
    "revise",
    "revise_file",
    "revise_website",
    "room",
    "stop",
    "used_by",
    "uses",
]
