"""What a visitor hears of people, and says about answers, in the conversation that the token opens."""

from dataclasses import dataclass

from chatbots.answers.storing import hash_of
from chatbots.models import Chatbot, Conversation, Message

MOST = 50  # lines at once
THUMBS = {"up": 1, "down": -1, "none": None}


@dataclass(frozen=True)
class Heard:
    """The lines of others, the number of the last line of all, and who speaks now."""

    lines: list[Message]
    last: int
    state: str


def since(chatbot: Chatbot, *, token: str, line: int) -> Heard:
    """What was said after `line` by anybody but the visitor, whose page shows their own words already."""
    talk = Conversation.objects.filter(chatbot=chatbot, token_hash=hash_of(token)).first()
    if talk is None:
        return Heard([], line, Conversation.State.WITH_BOT.value)
    newer = list(talk.messages.filter(pk__gt=line).select_related("by").order_by("pk")[:MOST])
    lines = [each for each in newer if each.author != Message.Author.VISITOR]
    return Heard(lines, newer[-1].pk if newer else line, talk.state.value)


def rate(chatbot: Chatbot, *, token: str, line: int, rating: str) -> bool:
    """Set the thumb of an answer in the visitor's own conversation; whether there is such an answer."""
    own = Message.objects.filter(conversation__chatbot=chatbot, conversation__token_hash=hash_of(token))
    spoken = own.filter(pk=line, author__in=[Message.Author.AI, Message.Author.PERSON])
    return spoken.update(rating=THUMBS[rating]) == 1
