"""Several data sources of one chatbot at once: all of them are changed, or none."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from agencies.models import User
from chatbots.bots import places
from chatbots.knowledge.sources import changing
from chatbots.models import Chatbot, DataSource


@transaction.atomic
def retrain_chosen(chatbot: Chatbot, *, ids: Collection[int], by: User, now: datetime) -> list[DataSource]:
    """Learn them anew, but what is being learned already; those it began with. Raises places.ElsewhereMeanwhile."""
    idle = [source for source in held(chatbot, ids) if source.run is None]
    for source in idle:
        changing.retrain(source, by=by, now=now)
    return idle


@transaction.atomic
def delete_chosen(chatbot: Chatbot, *, ids: Collection[int], by: User, now: datetime) -> None:
    """Delete them with their passages. Raises places.ElsewhereMeanwhile."""
    for source in held(chatbot, ids):
        changing.delete(source, by=by, now=now)


def held(chatbot: Chatbot, ids: Collection[int]) -> list[DataSource]:
    """All of these, locked after their chatbot and in one order. Raises places.ElsewhereMeanwhile when one is gone."""
    places.stay(chatbot)
    rows = chatbot.sources.filter(pk__in=ids).select_related("chatbot").order_by("pk")
    found = list(rows.select_for_update(of=("self",), no_key=True))
    if len(found) != len(set(ids)):
        raise places.ElsewhereMeanwhile
    return found
