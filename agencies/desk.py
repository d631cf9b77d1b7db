"""What waits for support: applications by whose turn it is and for how long, and accounts that are suspended."""

from dataclasses import dataclass
from datetime import datetime

from agencies import timeline
from agencies.models import Agency, Application


@dataclass(frozen=True)
class Waiting:
    """An application that waits; `since` this turn began."""

    application: Application
    turn: str
    since: datetime

    @property
    def is_ours(self) -> bool:
        return self.turn == timeline.SUPPORT


def applications() -> list[Waiting]:
    """All that wait: those where it is support's turn first, of these the one that waits longest. Two queries."""
    rows = Application.objects.filter(decided_at=None).select_related("agency", "submitted_by")
    found = [
        Waiting(row, *timeline.next_turn(row, list(row.entries.all()))) for row in rows.prefetch_related("entries")
    ]
    return sorted(found, key=lambda each: (not each.is_ours, each.since))


def suspended() -> list[Agency]:
    """Suspended accounts, the longest first."""
    rows = Agency.objects.filter(suspended_at__isnull=False).select_related("suspended_by")
    return list(rows.order_by("suspended_at"))
