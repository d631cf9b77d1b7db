"""Where a chatbot is, and keeping it there while something is done to it."""

from django.db.models import QuerySet

from chatbots.models import Chatbot
from workspaces.models import Workspace


class ElsewhereMeanwhile(Exception):
    """The chatbot or its workspace is not where it was seen; the text is for the user's eyes."""

    def __init__(self) -> None:
        super().__init__("The chatbot or its workspace is elsewhere meanwhile. Nothing was changed.")


def stay(chatbot: Chatbot) -> Chatbot:
    """The chatbot, kept where the caller has seen it until the transaction ends. Raises ElsewhereMeanwhile."""
    return seen(Chatbot.objects.select_for_update(of=("self",), no_key=True), chatbot)


def seen(rows: QuerySet[Chatbot], chatbot: Chatbot) -> Chatbot:
    """The row as it is now, if it is where the caller has seen it. Raises ElsewhereMeanwhile."""
    here = rows.select_related("workspace").filter(pk=chatbot.pk, workspace_id=chatbot.workspace_id)
    held = here.first()
    if held is None:
        raise ElsewhereMeanwhile
    return held


def open_one(workspace: Workspace, *, agency_id: int) -> Workspace:
    """The workspace as it is now, if it is an open one of this agency. Raises ElsewhereMeanwhile."""
    found = Workspace.objects.filter(pk=workspace.pk, agency_id=agency_id, archived_at=None).first()
    if found is None:
        raise ElsewhereMeanwhile
    return found
