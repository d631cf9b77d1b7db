"""Data sources: adding and deleting them, and learning their passages.

Sources exist, so they are counted under the agency row's lock; a source is used the moment it is saved.
"""

import uuid
from datetime import datetime

from django.contrib.postgres.search import SearchVector
from django.db import transaction
from django.db.models import Value

from agencies.models import Agency, User
from chatbots.knowledge import passages
from chatbots.models import Chatbot, DataSource, Passage
from workspaces.models import Workspace


class SourcesExhausted(Exception):
    """No data source is left; the text is for the user's eyes."""


@transaction.atomic
def add(
    chatbot: Chatbot,
    *,
    kind: str,
    title: str,
    text: str,
    by: User | None,
    now: datetime,
    request_key: uuid.UUID | None = None,
) -> DataSource:
    """Add a source and learn it. The same `request_key` again returns the first one.

    Raises SourcesExhausted when the shared pool, or the workspace's cap, is full.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=chatbot.workspace.agency_id)
    if request_key and (added := chatbot.sources.filter(request_key=request_key).first()):
        return added
    refuse_if_full(agency, chatbot.workspace)
    source = DataSource.objects.create(
        workspace=chatbot.workspace,
        chatbot=chatbot,
        kind=kind,
        title=title,
        text=text,
        added_by=by,
        added_at=now,
        request_key=request_key,
    )
    learn(source)
    return source


def refuse_if_full(agency: Agency, workspace: Workspace) -> None:
    """Raises SourcesExhausted at the limit or the cap. The caller holds the lock on the agency row."""
    if agency.source_limit is not None and used_by(agency) >= agency.source_limit:
        raise SourcesExhausted(
            f"All {agency.source_limit} data sources of {agency} are in use. Delete one, or add a pack."
        )
    if workspace.source_cap is not None and workspace.sources.count() >= workspace.source_cap:
        raise SourcesExhausted(f"{workspace} has a cap on data sources ({workspace.source_cap}), and all are in use.")


def used_by(agency: Agency) -> int:
    """How many sources the agency's workspaces own together."""
    return DataSource.objects.filter(workspace__agency=agency).count()


@transaction.atomic
def revise(source: DataSource, *, title: str, text: str) -> None:
    """Change a source and learn it anew; answers come from the new words at once."""
    source.title, source.text = title, text
    source.save(update_fields=["title", "text"])
    learn(source)


def delete(source: DataSource) -> None:
    """Delete a source with its passages: answers from it stop at once, and it is free again."""
    source.delete()


def learn(source: DataSource) -> None:
    """Write the source's passages anew. A Q&A is one passage, found by its question and its answer."""
    source.passages.all().delete()
    pieces = [source.text] if source.kind == DataSource.Kind.QA else passages.cut(source.text)
    config = source.chatbot.language
    Passage.objects.bulk_create(
        Passage(
            workspace_id=source.workspace_id,
            chatbot_id=source.chatbot_id,
            source=source,
            position=position,
            text=text,
            search=SearchVector(Value(source.title), weight="A", config=config)
            + SearchVector(Value(text), weight="D", config=config),
        )
        for position, text in enumerate(pieces)
    )


def relearn(chatbot: Chatbot) -> None:
    """Learn every source of a chatbot again."""
    for source in chatbot.sources.select_related("chatbot"):
        learn(source)
