"""What a report says: what was asked, answered, handed over and left without an answer, beside the month before.

Numbers of this client alone, as they were counted: nothing is turned into hours or money saved. No words of visitors
stand in it, since a report outlives what they wrote; the questions that the agency has answered are its own words.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from billing import usage
from billing.periods import add_months
from chatbots.insights import numbers
from chatbots.insights.numbers import Numbers, Scope
from chatbots.models import Chatbot, RightAnswer
from chatbots.reports import months
from workspaces.models import Workspace

COUNTED = {  # the rows of a report, and what they are called
    "conversations": "Conversations",
    "visitors": "Visitors",
    "visitor_messages": "Messages of visitors",
    "answered": "Answered from your content",
    "unanswered": "Without an answer",
    "handed_over": "Conversations handed to a person",
    "human_replies": "Replies by people",
    "leads": "Messages left",
    "thumbs_up": "Thumbs up",
    "thumbs_down": "Thumbs down",
}
TITLES = 20  # of answers that were written
Figures = dict[str, Any]  # as it is kept: JSON


@dataclass(frozen=True)
class Row:
    """One figure, with that of the month before, which may have been only a part of one."""

    name: str
    now: int
    before: int
    is_comparable: bool = True

    @property
    def change(self) -> str:
        """In per cent, where there is something to compare with."""
        if not self.before or not self.is_comparable:
            return ""
        change = round((self.now - self.before) * 100 / self.before)
        return f"{change:+,d} %".replace("-", "−")


def of(workspace: Workspace, month: date) -> Figures:
    """Read from the rollups, whatever the number of messages."""
    scope, span = Scope(workspace.agency, workspace), months.span_of(month)
    before = months.span_of(add_months(month, -1))
    told = numbers.compared(scope, span, before)
    written = titles(workspace, span.first, span.last)
    opened = usage.today(workspace.agency, workspace.created_at)
    return {
        "now": counted(told.now),
        "before": counted(told.before),
        "opened": opened.isoformat() if opened > before.first else "",  # later, and the month before was no whole one
        "days": [[day.isoformat(), each.visitor_messages] for day, each in told.days],
        "chatbots": by_chatbot(workspace, scope, month),
        "written": written[:TITLES],
        "written_in_all": len(written),
    }


def counted(found: Numbers) -> dict[str, int]:
    return {name: int(getattr(found, name)) for name in COUNTED}


def by_chatbot(workspace: Workspace, scope: Scope, month: date) -> list[dict[str, Any]]:
    """The busiest first. One that is not here any more counts still, without its name."""
    names = dict(Chatbot.objects.filter(workspace=workspace).values_list("pk", "name"))
    found = numbers.by_chatbot(scope, months.span_of(month))
    rows = [{"name": names.get(pk, ""), **counted(each)} for pk, each in found.items() if each.visitor_messages]
    return sorted(rows, key=lambda row: (-row["visitor_messages"], row["name"]))


def titles(workspace: Workspace, first: date, last: date) -> list[str]:
    """The questions to which somebody wrote the right answer in these days."""
    zone = ZoneInfo(workspace.agency.time_zone)
    since, until = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    rows = RightAnswer.objects.filter(workspace=workspace, at__gte=since, at__lt=until).order_by("-at", "-pk")
    return list(rows.values_list("source__title", flat=True))


def rows(figures: Figures) -> list[Row]:
    was_whole = not figures["opened"]
    return [Row(name, figures["now"][key], figures["before"][key], was_whole) for key, name in COUNTED.items()]


def answered_share(counted: dict[str, int]) -> int | None:
    """In per cent of the questions that needed a source; None without one."""
    asked = counted["answered"] + counted["unanswered"]
    return round(counted["answered"] * 100 / asked) if asked else None
