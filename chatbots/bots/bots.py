"""Creating chatbots and changing their settings."""

import uuid
from datetime import datetime

from django.db import transaction

from agencies.models import Agency, User
from chatbots.knowledge import sources
from chatbots.models import Chatbot
from workspaces.models import Workspace


class ChatbotLimitReached(Exception):
    """The agency's plan holds no further chatbot; the text is for the user's eyes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"Your plan holds {limit} chatbots, and all exist already. Delete one, or change the plan.")


@transaction.atomic
def create(
    workspace: Workspace,
    *,
    name: str,
    language: str,
    by: User,
    now: datetime,
    request_key: uuid.UUID | None = None,
) -> Chatbot:
    """Make a chatbot. The same `request_key` again returns the first one. Raises ChatbotLimitReached at the limit."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=workspace.agency_id)
    if request_key and (made := workspace.chatbots.filter(request_key=request_key).first()):
        return made
    limit = agency.chatbot_limit
    if limit is not None and Chatbot.objects.filter(workspace__agency=agency).count() >= limit:
        raise ChatbotLimitReached(limit)
    return Chatbot.objects.create(
        workspace=workspace, name=name, language=language, created_by=by, created_at=now, request_key=request_key
    )


@transaction.atomic
def configure(chatbot: Chatbot, *, name: str, language: str, first_message: str, instructions: str) -> None:
    """Save the settings; another language makes the passages' stems anew."""
    relearn = language != chatbot.language
    chatbot.name, chatbot.language = name, language
    chatbot.first_message, chatbot.instructions = first_message, instructions
    chatbot.save(update_fields=["name", "language", "first_message", "instructions"])
    if relearn:
        sources.relearn(chatbot)
