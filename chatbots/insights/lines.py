"""Ledger rows with the names that stand on this floor: which chatbot, and who spoke."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from agencies.models import Agency
from billing import ledger
from billing.models import LedgerEntry
from chatbots.models import Chatbot
from workspaces.models import Workspace


@dataclass(frozen=True)
class Reader:
    """Who reads: staff everything of their agency, a client one workspace and nothing that is elsewhere now."""

    agency: Agency
    workspace: Workspace | None = None  # whose rows alone are shown
    is_client: bool = False

    def workspaces(self) -> QuerySet[Workspace]:
        return self.agency.workspaces.order_by("-is_main", "name", "pk")

    def chatbots(self) -> QuerySet[Chatbot]:
        """All that this reader may know by name."""
        known = Chatbot.objects.filter(workspace__agency=self.agency).select_related("workspace")
        return known.filter(workspace=self.workspace) if self.is_client else known

    def name(self, chatbot_id: int, known: dict[int, Chatbot]) -> str:
        """A client does not learn whether a chatbot that moved away was deleted there."""
        if chatbot_id in known:
            return known[chatbot_id].name
        return f"{'Former' if self.is_client else 'Deleted'} chatbot {chatbot_id}"


@dataclass(frozen=True)
class Line:
    """One row of the ledger as it is shown."""

    entry: LedgerEntry
    workspace: str
    chatbot: str
    who: str
    taken_back: int  # by its corrections, in units below zero


def named(rows: list[LedgerEntry], reader: Reader) -> list[Line]:
    """These rows with all their names, in three queries."""
    workspaces = reader.workspaces().in_bulk(ids(row.workspace_id for row in rows))
    chatbots = reader.chatbots().in_bulk(ids(row.chatbot_id for row in rows))
    taken_back = ledger.corrected(rows)
    lines = []
    for row in rows:
        chatbot = reader.name(row.chatbot_id, chatbots)
        place = workspaces[row.workspace_id].name
        lines.append(Line(row, place, chatbot, spoke(row, chatbot), taken_back.get(row.pk, 0)))
    return lines


def ids(every: Iterable[int]) -> list[int]:
    return sorted(set(every))


def spoke(row: LedgerEntry, chatbot: str) -> str:
    """Who spoke; of a correction, who made it."""
    if row.author:
        return str(row.author)
    names = {LedgerEntry.Kind.VISITOR.value: "Visitor", LedgerEntry.Kind.AI.value: chatbot}
    return names.get(row.kind, row.speaker)
