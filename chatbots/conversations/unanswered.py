"""Questions that a workspace's chatbots could not answer, grouped by the words that say what they are about."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from django.db.models import OuterRef, QuerySet, Subquery

from chatbots.knowledge import judging, languages, words
from chatbots.models import Chatbot, Message, RightAnswer
from workspaces.models import Workspace

DAYS, LOOKED_AT, SHOWN = 90, 3000, 100
Key = tuple[str, ...]


@dataclass
class Question:
    """One question in whatever words it came, the last ones as an example."""

    chatbot: Chatbot
    text: str
    last_at: datetime
    conversation_id: int
    message_id: int  # the chatbot's line that had no answer
    times: int = 0
    wordings: set[str] = field(default_factory=set)


def of_workspace(workspace: Workspace, *, chatbot_id: int | None = None, now: datetime) -> list[Question]:
    """Those of the last DAYS, the most frequent first. Questions with a right answer by now are left out."""
    rows = Message.objects.filter(workspace=workspace)
    if chatbot_id:
        rows = rows.filter(conversation__chatbot=chatbot_id)
    return grouped(missed(rows, now), answered(RightAnswer.objects.filter(workspace=workspace)))


def of_clients(workspaces: QuerySet[Workspace], *, now: datetime) -> list[Question]:
    """The same of several workspaces together."""
    rows = Message.objects.filter(workspace__in=workspaces)
    return grouped(missed(rows, now), answered(RightAnswer.objects.filter(workspace__in=workspaces)))


def missed(rows: QuerySet[Message], now: datetime) -> QuerySet[Message]:
    """The last lines among these that had no answer, with what was asked."""
    asked = Message.objects.filter(
        conversation=OuterRef("conversation"), author=Message.Author.VISITOR, pk__lt=OuterRef("pk")
    )
    rows = rows.filter(found=False, at__gt=now - timedelta(days=DAYS))
    rows = rows.annotate(asked=Subquery(asked.order_by("-pk").values("text")[:1]))
    return with_chatbot(rows).order_by("-pk")[:LOOKED_AT]


def with_chatbot(rows: QuerySet[Message]) -> QuerySet[Message]:
    """With a chatbot that knows its name, language and place: all columns of thousands took most of the page's time."""
    chatbot = (f"conversation__chatbot__{name}" for name in ("workspace_id", "name", "language"))
    return rows.select_related("conversation__chatbot").only("at", "found", "conversation__chatbot_id", *chatbot)


def grouped(lines: Iterable[Message], known: set[tuple[int, Key]]) -> list[Question]:
    groups: dict[tuple[int, Key], Question] = {}
    for line in lines:
        text, chatbot = str(line.asked or ""), line.conversation.chatbot  # type: ignore[attr-defined]
        key = (chatbot.pk, key_of(text, language=chatbot.language))
        if not key[1] or key in known:
            continue
        first = Question(chatbot, text, line.at, line.conversation_id, line.pk)
        group = groups.setdefault(key, first)
        group.times += 1
        group.wordings.add(" ".join(words.words(words.fold(text))))
    return sorted(groups.values(), key=lambda group: (-group.times, -group.last_at.timestamp()))[:SHOWN]


def answered(rows: QuerySet[RightAnswer]) -> set[tuple[int, Key]]:
    """The questions to which somebody wrote the answer."""
    told = rows.order_by("-pk").values_list("chatbot_id", "chatbot__language", "source__title")[:LOOKED_AT]
    return {(chatbot_id, key_of(title, language=language)) for chatbot_id, language, title in told}


@lru_cache(maxsize=20_000)
def key_of(text: str, *, language: str) -> Key:
    """The stems of the words that say what a question is about, in the order of the alphabet."""
    text = text[:2000]
    folded = words.fold(text)
    spoken = languages.of_text(text, usual=language)
    found = judging.content(folded, [spoken]) or list(words.words(folded))
    return tuple(sorted(set(words.stems(found, spoken))))
