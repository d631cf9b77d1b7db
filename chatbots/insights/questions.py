"""What visitors asked, in whatever words, grouped: read from the last lines that are still there, never rolled up.

A question may hold a name, and has to go with its conversation.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import OuterRef, Q, Subquery

from billing import ledger
from chatbots.conversations.unanswered import Key, key_of, with_chatbot
from chatbots.insights.numbers import Scope, Span
from chatbots.knowledge import words
from chatbots.models import Chatbot, Message

LOOKED_AT, SHOWN = 2000, 15


@dataclass
class Asked:
    """One question, in the words in which it came last."""

    chatbot: Chatbot
    text: str
    last_at: datetime
    conversation_id: int
    message_id: int  # the chatbot's line
    times: int = 0
    unanswered: int = 0
    wordings: set[str] = field(default_factory=set)

    @property
    def workspace_id(self) -> int:
        return self.chatbot.workspace_id


@dataclass(frozen=True)
class Questions:
    """The most frequent ones, and those that had no answer. `looked_at` is how many of the last lines were read."""

    top: list[Asked]
    unanswered: list[Asked]
    looked_at: int

    @property
    def is_cut(self) -> bool:
        return self.looked_at == LOOKED_AT


def of(scope: Scope, span: Span, *, shown: int = SHOWN) -> Questions:
    """Groups of the last LOOKED_AT questions of the span; small talk asks nothing."""
    groups: dict[tuple[int, Key], Asked] = {}
    lines = answers(scope, span)
    for line in lines:
        text, chatbot = str(line.asked or ""), line.conversation.chatbot  # type: ignore[attr-defined] # annotated
        if not (key := key_of(text, language=chatbot.language)):
            continue
        first = Asked(chatbot, text, line.at, line.conversation_id, line.pk)
        group = groups.setdefault((chatbot.pk, key), first)
        group.times += 1
        group.unanswered += not line.found
        group.wordings.add(" ".join(words.words(words.fold(text))))
    every = sorted(groups.values(), key=lambda each: (-each.times, -each.last_at.timestamp()))
    missed = sorted((each for each in every if each.unanswered), key=lambda each: -each.unanswered)
    return Questions(every[:shown], missed[:shown], len(lines))


def answers(scope: Scope, span: Span) -> list[Message]:
    """The chatbots' last lines of the span, each with what was asked."""
    since, until = ledger.moments(scope.agency, span.first, span.last)
    asked = Message.objects.filter(
        conversation=OuterRef("conversation"), author=Message.Author.VISITOR, pk__lt=OuterRef("pk")
    )
    rows = Message.objects.filter(Q(found=False) | ~Q(cited=[]), author=Message.Author.AI, at__gte=since, at__lt=until)
    if scope.workspace:
        rows = rows.filter(workspace=scope.workspace)
    else:
        rows = rows.filter(workspace__in=scope.agency.workspaces.filter(deleted_at=None).values("pk"))
    if scope.chatbot_id:
        rows = rows.filter(conversation__chatbot=scope.chatbot_id)
    rows = rows.annotate(asked=Subquery(asked.order_by("-pk").values("text")[:1]))
    return list(with_chatbot(rows).order_by("-pk")[:LOOKED_AT])
