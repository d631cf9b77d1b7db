"""The gap board: what no chatbot of any client could answer, grouped by likeness; and what became of it once answered.

A question belongs to its chatbot: what is right for one client may be wrong for the next, however alike they ask.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet, Sum

from agencies.models import Agency
from billing import usage
from chatbots.conversations import unanswered
from chatbots.conversations.unanswered import Key, key_of
from chatbots.gaps import likeness
from chatbots.knowledge import words
from chatbots.models import Chatbot, Message, MetricsTerm, RightAnswer
from workspaces.models import Workspace

SHOWN, WORDINGS, ANSWERED = 100, 8, 20
BEFORE = timedelta(days=28)  # that an answer's rate looks back
Asked = tuple[int, Key]  # a chatbot's id, and what is asked


@dataclass(frozen=True)
class Line:
    """One time that there was no answer."""

    text: str
    conversation_id: int
    message_id: int
    at: datetime


@dataclass
class Gap:
    """One question of one chatbot in whatever words it came; the latest line stands for it."""

    chatbot: Chatbot
    last: Line
    times: int = 0
    wordings: dict[str, Line] = field(default_factory=dict)  # the latest of each

    @property
    def others(self) -> list[Line]:
        """How else it was asked."""
        return [line for line in self.wordings.values() if line is not self.last][:WORDINGS]


@dataclass(frozen=True)
class Closed:
    """A right answer, and what came of the question: how often it had no answer before and since, and was answered."""

    right: RightAnswer
    before: int  # without an answer, in the four weeks before it was written
    still: int  # without an answer, since
    answered: int  # times that the new source answered

    @property
    def share(self) -> float | None:
        """Of the times it was asked since, how many had an answer, 0 to 1."""
        asked = self.answered + self.still
        return self.answered / asked if asked else None


@dataclass(frozen=True)
class Board:
    gaps: list[Gap]
    closed: list[Closed]


def of(agency: Agency, *, workspace: Workspace | None = None, now: datetime) -> Board:
    """Those of the last 90 days, the most frequent first. A question that has its answer by now is no gap."""
    places = Workspace.objects.filter(agency=agency, archived_at=None)
    if workspace:
        places = places.filter(pk=workspace.pk)
    lines = list(unanswered.missed(Message.objects.filter(workspace__in=places), now))
    asked = {line.pk: question_of(line) for line in lines}
    rights = list(answers(places))
    written = {(right.chatbot_id, key_of(right.source.title, language=right.chatbot.language)) for right in rights}
    times = Counter(each for each in asked.values() if each[1])
    times.update(dict.fromkeys(written, len(lines)))  # an answer stands for what is like it
    stands = likeness.grouped(times)
    named = {workspace.pk: workspace for workspace in places}
    gaps = collected(lines, asked, stands, written)
    for gap in gaps:
        gap.chatbot.workspace = named[gap.chatbot.workspace_id]
    return Board(gaps, followed(agency, rights[:ANSWERED], lines, asked, stands))


def answers(places: QuerySet[Workspace]) -> QuerySet[RightAnswer]:
    """The latest right answers."""
    rows = RightAnswer.objects.filter(workspace__in=places).select_related("source", "chatbot__workspace")
    return rows.order_by("-at", "-pk")[: unanswered.LOOKED_AT]


def question_of(line: Message) -> Asked:
    chatbot = line.conversation.chatbot
    return chatbot.pk, key_of(text_of(line), language=chatbot.language)


def text_of(line: Message) -> str:
    return " ".join(str(line.asked or "").split())  # type: ignore[attr-defined] # annotated


def collected(
    lines: Iterable[Message], asked: dict[int, Asked], stands: dict[Asked, Asked], written: set[Asked]
) -> list[Gap]:
    """The lines, which come the latest first, as groups without those that have an answer."""
    gaps: dict[Asked, Gap] = {}
    for line in lines:
        if not asked[line.pk][1] or (group := stands[asked[line.pk]]) in written:
            continue
        said = Line(text_of(line), line.conversation_id, line.pk, line.at)
        gap = gaps.setdefault(group, Gap(line.conversation.chatbot, said))
        gap.times += 1
        gap.wordings.setdefault(" ".join(words.words(words.fold(said.text))), said)
    return sorted(gaps.values(), key=lambda gap: (-gap.times, -gap.last.at.timestamp()))[:SHOWN]


def followed(
    agency: Agency,
    rights: list[RightAnswer],
    lines: Iterable[Message],
    asked: dict[int, Asked],
    stands: dict[Asked, Asked],
) -> list[Closed]:
    """What became of these questions. How often a source answered is the rollup's, so nothing is read for it."""
    came = answered_by(agency, rights)
    found = []
    for right in rights:
        key = key_of(right.source.title, language=right.chatbot.language)
        group = stands[right.chatbot_id, key]
        times = [line.at for line in lines if asked[line.pk][1] and stands[asked[line.pk]] == group]
        before = sum(right.at - BEFORE < at <= right.at for at in times)
        found.append(Closed(right, before, sum(at > right.at for at in times), came.get(right.pk, 0)))
    return found


def answered_by(agency: Agency, rights: list[RightAnswer]) -> dict[int, int]:
    """{right answer's id: how often its source answered since the day it was written}"""
    titles = {right.source.title for right in rights}
    rows = MetricsTerm.objects.filter(agency=agency, chatbot_id__in={right.chatbot_id for right in rights})
    rows = rows.filter(dimension=MetricsTerm.Dimension.SOURCE, value__in=titles)
    days = rows.values_list("chatbot_id", "value", "day").annotate(total=Sum("times")).order_by()
    known = list(days)
    return {
        right.pk: sum(
            total
            for chatbot_id, value, day, total in known
            if (chatbot_id, value) == (right.chatbot_id, right.source.title) and day >= usage.today(agency, right.at)
        )
        for right in rights
    }
