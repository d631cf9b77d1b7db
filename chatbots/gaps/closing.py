"""The chatbot's line to which the right answer is written, and what was asked before it."""

from django.db.models import QuerySet

from agencies.models import Agency
from chatbots.models import Message
from workspaces.models import Workspace


def lines(agency: Agency) -> QuerySet[Message]:
    """What chatbots said in its open workspaces: mostly, that they do not know."""
    places = Workspace.objects.filter(agency=agency, archived_at=None)
    rows = Message.objects.filter(workspace__in=places, author=Message.Author.AI)
    return rows.select_related("conversation__chatbot__workspace__agency", "conversation__workspace__agency")


def question(line: Message) -> str:
    """In one line, as the visitor asked it."""
    asked = line.conversation.messages.filter(author=Message.Author.VISITOR, pk__lt=line.pk).last()
    return " ".join(asked.text.split()) if asked else ""
