"""Chatbots whose part of unanswered questions has doubled: the last seven whole days beside the four weeks before.

Replies are those of the rollup; lines without an answer have an index of their own, so nothing else is read.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum

from agencies.models import Agency
from billing import usage
from billing.models import LedgerEntry, UsageDay
from chatbots.models import Message
from workspaces.models import Workspace

RECENT, BEFORE = 7, 28  # days
FEWEST = 20  # replies in each; of fewer a share says nothing
FEWEST_UNANSWERED = 5  # in the recent days
LEAST_SHARE = 0.1  # below it most questions are answered, doubled or not


@dataclass(frozen=True)
class Share:
    """The part of a chatbot's replies that held no answer, 0 to 1."""

    before: float
    now: float

    def __str__(self) -> str:
        return f"{self.now * 100:.0f} % instead of {self.before * 100:.0f} %"

    @property
    def has_doubled(self) -> bool:
        return self.now >= LEAST_SHARE and self.now >= 2 * self.before


def doubled(agency: Agency, *, now: datetime) -> dict[int, Share]:
    """{chatbot id: how it was and is}"""
    today = usage.today(agency, now)
    begun, middle = today - timedelta(days=RECENT + BEFORE), today - timedelta(days=RECENT)
    before, recent = counted(agency, begun, middle), counted(agency, middle, today)
    shares = {
        pk: Share(min(1.0, before[pk][1] / before[pk][0]), min(1.0, unanswered / replies))
        for pk, (replies, unanswered) in recent.items()
        if unanswered >= FEWEST_UNANSWERED and replies >= FEWEST and before.get(pk, (0, 0))[0] >= FEWEST
    }
    return {pk: share for pk, share in shares.items() if share.has_doubled}


def counted(agency: Agency, first: date, end: date) -> dict[int, tuple[int, int]]:
    """{chatbot id: (replies, those without an answer)} of the days from `first` up to and without `end`."""
    days = UsageDay.objects.filter(agency=agency, day__gte=first, day__lt=end, kind=LedgerEntry.Kind.AI)
    replies = days.values_list("chatbot_id").annotate(total=Sum("messages")).order_by()
    since, until = midnight(agency, first), midnight(agency, end)
    lines = Message.objects.filter(workspace__in=Workspace.objects.filter(agency=agency), found=False)
    lines = lines.filter(at__gte=since, at__lt=until, hold_id__isnull=False)  # free lines have no reply in the ledger
    missed = dict(lines.values_list("conversation__chatbot").annotate(total=Count("pk")).order_by())
    return {pk: (total, missed.get(pk, 0)) for pk, total in replies if total > 0}


def midnight(agency: Agency, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(agency.time_zone))
