"""What a visitor may ask next, without a model: Q&As that fit what was asked, then the agency's suggested questions."""

from collections.abc import Iterator

from chatbots.knowledge import retrieval
from chatbots.models import Chatbot, DataSource, Message
from chatbots.models.settings import LONGEST_SUGGESTED

MOST = 3
LOOKED_BACK = 50  # lines of the conversation


def of(chatbot: Chatbot, reply: Message) -> list[str]:
    """At most MOST questions that were not asked in this conversation yet. A reply at the limit is followed by none."""
    if reply.free_key or not reply.conversation_id:
        return []
    visitors = Message.objects.filter(conversation_id=reply.conversation_id, author=Message.Author.VISITOR)
    asked = list(visitors.order_by("-pk").values_list("text", flat=True)[:LOOKED_BACK])
    known = {same(text) for text in [*asked, *reply.cited]}
    further: dict[str, str] = {}
    for question in [*fitting(chatbot, asked[0] if asked and reply.found else ""), *chatbot.suggested]:
        if same(question) not in known:
            further.setdefault(same(question), question)
    return list(further.values())[:MOST]


def fitting(chatbot: Chatbot, question: str) -> Iterator[str]:
    """Questions of Q&As, the best first."""
    for hit in retrieval.search(chatbot, question, kind=DataSource.Kind.QA) if question else []:
        title = hit.passage.source.title
        if len(title) <= LONGEST_SUGGESTED:
            yield title


def same(question: str) -> str:
    """What makes two questions the same one for a reader."""
    return " ".join(question.casefold().split()).rstrip("?!. ")
