"""The figures at the top of a page of numbers, each with what it was in the days before."""

from dataclasses import dataclass

from chatbots.insights.numbers import Numbers, share
from chatbots.insights.patterns import Patterns

COUNT, SHARE, SECONDS = "count", "share", "seconds"
CONVERSATIONS, LEDGER = "conversations", "ledger"


@dataclass(frozen=True)
class Figure:
    """One number. `behind` is where its rows are listed, `only` the filter under which they are."""

    label: str
    value: float | None
    before: float | None
    kind: str = COUNT
    more_is: int = 0  # 1 better, -1 worse, 0 neither
    behind: str = ""
    only: str = ""
    note: str = ""

    @property
    def change(self) -> float | None:
        """Of counts and times the part by which it grew; of shares, percentage points as a part of one."""
        if self.value is None or self.before is None:
            return None
        if self.kind == SHARE:
            return self.value - self.before
        return (self.value - self.before) / self.before if self.before else None

    @property
    def is_new(self) -> bool:
        """Nothing of it before."""
        return bool(self.value) and not self.before

    @property
    def mood(self) -> str:
        """Whether the change is for the better."""
        change = self.change
        if not self.more_is or change is None or round(change, 2) == 0:
            return ""
        return "good" if (change > 0) == (self.more_is > 0) else "bad"


@dataclass(frozen=True)
class Point:
    """A column of a chart: a day, or an hour."""

    label: str
    value: int
    title: str


def of(now: Numbers, before: Numbers, patterns: Patterns, patterns_before: Patterns) -> list[Figure]:
    """All of them, the volume first, then how well it was answered, then what people had to do with it."""
    first, first_before = patterns.first_words, patterns_before.first_words
    full, full_before = patterns.full_answers, patterns_before.full_answers
    return [
        Figure("Conversations", now.conversations, before.conversations, behind=CONVERSATIONS),
        Figure("Visitors", now.visitors, before.visitors, note="each browser once"),
        Figure("Visitor messages", now.visitor_messages, before.visitor_messages, behind=LEDGER, only="visitor"),
        Figure("Units", now.units, before.units, behind=LEDGER),
        Figure("Answered from sources", now.answered_share, before.answered_share, SHARE, 1),
        Figure("Unanswered", now.unanswered, before.unanswered, more_is=-1, behind=CONVERSATIONS, only="unanswered"),
        Figure("Handed to a person", now.handed_over, before.handed_over),
        Figure("Answered by the chatbot", now.replies_by_bot, before.replies_by_bot, SHARE, note="of all replies"),
        thumbs(now, before),
        Figure("Left messages", now.leads, before.leads, behind=CONVERSATIONS, only="lead"),
        Figure("First words", first.half, first_before.half, SECONDS, -1, note=nineteen_of_twenty(first.most)),
        Figure("Full answer", full.half, full_before.half, SECONDS, -1, note=nineteen_of_twenty(full.most)),
    ]


def thumbs(now: Numbers, before: Numbers) -> Figure:
    """How many of the thumbs point up."""
    up, up_before = (share(each.thumbs_up, each.thumbs_up + each.thumbs_down) for each in (now, before))
    note = f"{now.thumbs_up:,} up, {now.thumbs_down:,} down"
    return Figure("Thumbs up", up, up_before, SHARE, 1, behind=CONVERSATIONS, only="down", note=note)


def nineteen_of_twenty(most: float | None) -> str:
    return "" if most is None else f"95 of 100 within {seconds(most)}"


def seconds(value: float) -> str:
    """A time as people say it."""
    return f"{value:.2f} s" if value < 1 else f"{value:.1f} s" if value < 10 else f"{value:.0f} s"
