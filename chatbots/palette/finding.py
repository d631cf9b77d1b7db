"""Chatbots by a part of their name, of all that a person reaches. Each way in is a query of its own over an index."""

from django.db.models.functions import Lower

from chatbots.models import Chatbot
from workspaces.switcher import Scope

MOST = 8


def chatbots(scope: Scope, name: str) -> list[Chatbot]:
    """The first few by name, with their workspaces; of closed workspaces none. At most two queries."""
    named = Chatbot.objects.filter(name__icontains=name, workspace__archived_at=None)
    named = named.select_related("workspace").order_by(Lower("name"), "pk")
    agencies = [agency.pk for agency in scope.agencies]
    ways = [named.filter(workspace__agency__in=agencies)[:MOST]] if agencies else []
    if scope.workspace_ids:
        ways.append(named.filter(workspace__in=scope.workspace_ids)[:MOST])
    found = {chatbot.pk: chatbot for way in ways for chatbot in way}
    return sorted(found.values(), key=lambda chatbot: (chatbot.name.casefold(), chatbot.pk))[:MOST]
