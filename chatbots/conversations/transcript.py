"""What was said in a conversation, and what each line took: a page of it at a time, or what came after a line."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.models import LedgerEntry
from chatbots.models import Conversation, Message

SHOWN = 100


@dataclass(frozen=True)
class Line:
    """A line as people read it, with its units; those that were taken back are taken off."""

    message: Message
    units: int
    question: str = ""  # of a reply, what it answers


def last(conversation: Conversation, *, before: int | None = None) -> tuple[list[Line], bool]:
    """The last lines, or those before one, oldest first; and whether there are older ones."""
    rows = conversation.messages.select_related("by", "right_answer__source").order_by("-pk")
    found = list(rows.filter(pk__lt=before)[: SHOWN + 1] if before else rows[: SHOWN + 1])
    return explained(list(reversed(found[:SHOWN]))), len(found) > SHOWN


def after(conversation: Conversation, *, line: int) -> list[Line]:
    """What was said after a line, oldest first."""
    rows = conversation.messages.select_related("by", "right_answer__source").filter(pk__gt=line)
    return explained(list(rows.order_by("pk")[:SHOWN]))


def whole(conversations: Collection[Conversation]) -> dict[int, list[Line]]:
    """{conversation id: all its lines, oldest first}, in two queries for all of them."""
    lines: dict[int, list[Line]] = {talk.pk: [] for talk in conversations}
    rows = Message.objects.filter(conversation__in=lines).select_related("by").order_by("conversation_id", "pk")
    for line in explained(list(rows)):
        lines[line.message.conversation_id].append(line)
    return lines


def explained(messages: Sequence[Message]) -> list[Line]:
    """These lines, those of a conversation together, with what the ledger says of them, in one query."""
    charged = LedgerEntry.objects.filter(message_id__in=[message.pk for message in messages])
    of_it = LedgerEntry.objects.filter(corrects=OuterRef("pk")).order_by().values("corrects")
    taken_back = Coalesce(Subquery(of_it.annotate(sum=Sum("units")).values("sum")), 0)
    units_of = {entry.message_id: entry.units + entry.back for entry in charged.annotate(back=taken_back)}
    lines, question, talk = [], "", None
    for message in messages:
        if message.conversation_id != talk:
            question, talk = "", message.conversation_id
        if message.author == Message.Author.VISITOR:
            question = message.text
        lines.append(Line(message, units_of.get(message.pk, 0), question))
    return lines
