"""What a visitor writes while a person has the conversation: it is stored and counted, and the chatbot is silent."""

from datetime import datetime

from django.db.models import DateTimeField, Value
from django.db.models.functions import Coalesce

from billing import pools, units
from chatbots.answers import capping, storing
from chatbots.models import Chatbot, Conversation, Message


def tell(chatbot: Chatbot, *, token: str, key: str, text: str, now: datetime) -> Message | None:
    """The visitor's line, for the person who has the conversation; None when the chatbot has it.

    Raises pools.Refused (nothing is stored), pools.AlreadyHeld for a message that came before, pools.KeyReused when
    that had other words.
    """
    talks = Conversation.objects.filter(chatbot=chatbot, token_hash=storing.hash_of(token), claimed_at__isnull=False)
    if not talks.exists():
        return None
    with pools.promptly():
        talk = talks.select_for_update(no_key=True).first()
        if talk is None:  # handed back in between
            return None
        held = capping.hold(chatbot, key=key, fingerprint=storing.hash_of(text), units=1, now=now)
        line = Message.objects.create(
            workspace_id=talk.workspace_id,
            conversation=talk,
            author=Message.Author.VISITOR,
            text=text,
            language=storing.spoken(chatbot, text),
            hold_id=held.pk,
            at=now,
        )
        waits_since = Coalesce("waits_since", Value(now, DateTimeField()))
        Conversation.objects.filter(pk=talk.pk).update(last_at=now, waits_since=waits_since)
        pools.settle(held, {line.pk: units.visitor(text)}, now=now, conversation_id=talk.pk)
    return line
