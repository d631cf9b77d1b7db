"""What two visitors of the bookshop left for its people."""

import uuid
from datetime import datetime, timedelta

from chatbots.models import Chatbot, Lead

LEFT = (  # (how long ago, name, address, words)
    (
        timedelta(days=1, hours=4),
        "Clara",
        "clara@mail.example",
        "My order of last week has not arrived, and nobody has written to me.\nCould you look where it is?",
    ),
    (
        timedelta(hours=3),
        "",
        "book.club@mail.example",
        "We are a book club of twelve and read a novel a month. Is there a discount when we order all copies at once?",
    ),
)


def leave(chatbot: Chatbot, now: datetime) -> None:
    """Each stands with the conversation that was last before it, and its people were told."""
    for ago, name, email, text in LEFT:
        at = now - ago
        Lead.objects.create(
            workspace_id=chatbot.workspace_id,
            chatbot=chatbot,
            conversation=chatbot.conversations.filter(started_at__lt=at - timedelta(minutes=16)).latest("started_at"),
            kind=Lead.Kind.MESSAGE,
            name=name,
            email=email,
            text=text,
            at=at,
            told_at=at,
            request_key=uuid.uuid4(),
        )
