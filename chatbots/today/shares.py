"""Chatbots whose part of unanswered questions has doubled: the last seven whole days beside the four weeks before."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agencies.models import Agency
from billing import usage
from chatbots.insights import numbers
from chatbots.insights.numbers import Numbers, Scope, Span

RECENT, BEFORE = 7, 28  # days
FEWEST = 20  # questions that needed a source, in each; of fewer a share says nothing
FEWEST_UNANSWERED = 5  # in the recent days
LEAST_SHARE = 0.1  # below it most questions are answered, doubled or not


@dataclass(frozen=True)
class Share:
    """The part of a chatbot's questions to which its sources held no answer, 0 to 1."""

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
    middle, last = today - timedelta(days=RECENT), today - timedelta(days=1)
    recent = numbers.by_chatbot(Scope(agency), Span(middle, last))
    before = numbers.by_chatbot(Scope(agency), Span(middle - timedelta(days=BEFORE), middle - timedelta(days=1)))
    shares = {
        pk: Share(unanswered(before[pk]), unanswered(each))
        for pk, each in recent.items()
        if each.unanswered >= FEWEST_UNANSWERED and is_enough(each) and pk in before and is_enough(before[pk])
    }
    return {pk: share for pk, share in shares.items() if share.has_doubled}


def is_enough(counted: Numbers) -> bool:
    return counted.answered + counted.unanswered >= FEWEST


def unanswered(counted: Numbers) -> float:
    return counted.unanswered / (counted.answered + counted.unanswered)
