"""An answer was wrong or missing: a person writes the right one, which becomes a Q&A source of the chatbot."""

import uuid
from datetime import datetime

from django.db import transaction

from agencies.models import Action, User
from chatbots.conversations import takeover
from chatbots.conversations.unanswered import key_of
from chatbots.knowledge import sources
from chatbots.models import Chatbot, DataSource, Message, RightAnswer

LOOKED_AT = 2000  # lines in which a question may have come again


@transaction.atomic
def mend(
    chatbot: Chatbot,
    *,
    title: str,
    text: str,
    request_key: uuid.UUID,
    message: Message | None,
    by: User,
    now: datetime,
) -> RightAnswer:
    """Add the question with its right answer as a source, and link it to the line that was wrong.

    The same `request_key` gives the first one; a line that was mended before gets the new answer. Raises
    sources.SourcesExhausted, places.ElsewhereMeanwhile.
    """
    source = sources.add(
        chatbot, kind=DataSource.Kind.QA, title=title, text=text, by=by, now=now, request_key=request_key
    )
    known = RightAnswer.objects.filter(source=source).first()
    if known:
        return known
    made = {"workspace_id": source.workspace_id, "chatbot": chatbot, "source": source, "at": now, "by": by}
    if message is None:
        return RightAnswer.objects.create(**made)
    mended, _ = RightAnswer.objects.update_or_create(message=message, defaults=made)
    talk = message.conversation
    takeover.record(talk, Action.ANSWER_RIGHTED, by=by, now=now, after={"source": source.pk})
    return mended


def came_again(right: RightAnswer) -> int:
    """How often the question came since, in the same words that say something, among the last LOOKED_AT messages."""
    wanted = key_of(right.source.title, language=right.chatbot.language)
    since = Message.objects.filter(conversation__chatbot=right.chatbot, author=Message.Author.VISITOR, at__gt=right.at)
    asked = since.order_by("-pk").values_list("text", flat=True)[:LOOKED_AT]
    return sum(key_of(text, language=right.chatbot.language) == wanted for text in asked)
