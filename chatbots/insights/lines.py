"""Ledger rows with the names that stand on this floor: which chatbot, and who spoke."""

from collections.abc import Iterable
from dataclasses import dataclass, field

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
    met: dict[int, Chatbot] = field(default_factory=dict, compare=False)  # chatbots by key, as far as they were read

    def workspaces(self) -> QuerySet[Workspace]:
        return self.agency.workspaces.order_by("-is_main", "name", "pk")

    def chatbots(self) -> QuerySet[Chatbot]:
        """All that this reader may know by name."""
        known = Chatbot.objects.filter(workspace__agency=self.agency).select_related("workspace")
        return known.filter(workspace=self.workspace) if self.is_client else known

    def chatbots_of(self, keys: Iterable[int]) -> dict[int, Chatbot]:
        """Those of these keys that this reader may know; what the page has read already is not asked again."""
        wanted = set(keys)
        if missing := wanted - self.met.keys():
            self.met.update(self.chatbots().in_bulk(sorted(missing)))
        return {pk: self.met[pk] for pk in wanted & self.met.keys()}

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
    """These rows with all their names, in two queries at most."""
    chatbots = reader.chatbots_of(row.chatbot_id for row in rows)
    taken_back = ledger.corrected(rows)
    lines = []
    for row in rows:
        chatbot = reader.name(row.chatbot_id, chatbots)
        lines.append(Line(row, row.workspace.name, chatbot, spoke(row, chatbot), taken_back.get(row.pk, 0)))
    return lines


def spoke(row: LedgerEntry, chatbot: str) -> str:
    """Who spoke; of a correction, who made it."""
    if row.author:
        return str(row.author)
    names = {LedgerEntry.Kind.VISITOR.value: "Visitor", LedgerEntry.Kind.AI.value: chatbot}
    return names.get(row.kind, row.speaker)
