"""Where visitors begin, how long they wait, and what they think of it: what the metrics are made of."""

from collections.abc import Iterable
from random import Random

from django.db.models import F

from chatbots.models import Chatbot, Conversation, Message

PAGES = (  # (path, title, how popular)
    ("", "Home", 10),
    ("opening-hours", "Opening hours", 7),
    ("contact", "Contact", 4),
    ("delivery", "Delivery", 3),
    ("news", "News", 1),
)
CALLS = 0.25  # of the visitors without an answer ask for a person
RATES = 0.08  # of the answers get a thumb
CONTENT = 0.9  # of them point up, where the question was answered


def came_from(chatbot: Chatbot, token: str) -> dict[str, str]:
    """The page of the client's site on which the conversation with this token began."""
    path, title, _ = Random(token).choices(PAGES, [popular for *_, popular in PAGES])[0]  # noqa: S311 (the same again)
    site = chatbot.workspace.name.lower().replace(" ", "-")
    return {"page_url": f"https://{site}.example/{path}", "page_title": title}


def waited(key: str, words: int) -> dict[str, int]:
    """Milliseconds until the first words, and until all of them; few visitors wait long."""
    rng = Random(key)  # noqa: S311
    first = round(rng.lognormvariate(6.4, 0.5))
    return {"first_ms": first, "full_ms": first + round(words * rng.uniform(9, 22))}


def judge(said: Iterable[Message]) -> None:
    """Thumbs; and some of those who got no answer asked for a person, of whom nobody was there in time."""
    rng = Random("thumbs")  # noqa: S311
    replies = [line for line in said if line.author == Message.Author.AI]
    rated = [line for line in replies if rng.random() < RATES]
    for line in rated:
        line.rating = 1 if line.found and rng.random() < CONTENT else -1
    Message.objects.bulk_update(rated, ["rating"], batch_size=500)
    called = {line.conversation_id for line in replies if not line.found and rng.random() < CALLS}
    talks = Conversation.objects.filter(pk__in=called)
    talks.update(wanted_at=F("last_at"), asked_at=F("last_at"))
    talks.update(wanted_at=None)
