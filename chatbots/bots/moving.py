"""A chatbot moves to another workspace of its agency, or is cloned there."""

import uuid
from datetime import datetime

from django.db import connection, transaction

from agencies import audit
from agencies.models import Action, Agency, User
from chatbots.bots import blueprints, bots, changes, pictures, places
from chatbots.knowledge import learning, sources
from chatbots.models import Chatbot, ChatbotProvider, DataSource
from workspaces.models import Workspace

UPLOAD = """
    INSERT INTO chatbots_upload (workspace_id, source_id, name, data)
    SELECT %(workspace)s, %(copy)s, name, data FROM chatbots_upload WHERE source_id = %(source)s
"""
PAGES = """
    INSERT INTO chatbots_page (workspace_id, source_id, url, depth, status, failure, title, text, content, body,
                               etag, last_modified, links, size, tries, fetched_at)
    SELECT %(workspace)s, %(copy)s, url, depth, status, failure, title, text, content, body,
           etag, last_modified, links, size, 0, fetched_at
    FROM chatbots_page WHERE source_id = %(source)s ORDER BY id
"""
PASSAGES = """
    INSERT INTO chatbots_passage (workspace_id, chatbot_id, source_id, page_id, position, heading, text)
    SELECT %(workspace)s, %(chatbot)s, %(copy)s, its.id, p.position, p.heading, p.text
    FROM chatbots_passage p LEFT JOIN chatbots_page page ON page.id = p.page_id
    LEFT JOIN chatbots_page its ON its.source_id = %(copy)s AND its.url = page.url
    WHERE p.source_id = %(source)s
"""
COPIED = (  # of a source, beside what it becomes where it goes
    *("kind", "title", "text", "status", "failure", "failed_at", "learned_at"),
    *("url", "reach", "include", "exclude", "schedule", "due_at"),
)


@transaction.atomic
def move(chatbot: Chatbot, *, to: Workspace, by: User, now: datetime) -> Chatbot:
    """Move a chatbot with its sources and conversations; units it took so far stay with the workspace that used them.

    Raises places.ElsewhereMeanwhile, or sources.SourcesExhausted when that workspace's cap does not hold its sources,
    or the guarantee of the one it leaves could not be kept.
    """
    agency = lock(to.agency_id)
    held = places.stay(chatbot)
    origin = places.open_one(held.workspace, agency_id=to.agency_id)
    to = places.open_one(to, agency_id=origin.agency_id)
    if held.workspace_id == to.pk:
        return held
    sources.refuse_move(agency, origin=origin, to=to, moved=held.sources.count(), now=now)
    bots.record(held, Action.CHATBOT_MOVED_OUT, by=by, now=now)
    ChatbotProvider.objects.filter(chatbot=held).delete()  # the key of one client's account is no other client's
    Chatbot.objects.filter(pk=held.pk).update(workspace=to, request_key=None)  # the database moves what belongs to it
    held.workspace = to
    bots.record(held, Action.CHATBOT_MOVED_IN, by=by, now=now)
    audit.record(  # both names in one row, for the agency's eyes only
        Action.CHATBOT_MOVED,
        agency_id=to.agency_id,
        by=by,
        at=now,
        target=held.name,
        before={"workspace": origin.name},
        after={"workspace": to.name},
    )
    return held


@transaction.atomic
def clone(
    chatbot: Chatbot, *, to: Workspace, name: str, by: User, now: datetime, request_key: uuid.UUID | None = None
) -> Chatbot:
    """Copy a chatbot's settings and sources, not its conversations. The same `request_key` returns the first copy.

    Raises bots.ChatbotLimitReached, sources.SourcesExhausted, places.ElsewhereMeanwhile.
    """
    agency = lock(to.agency_id)
    if request_key and (made := to.chatbots.filter(request_key=request_key).first()):
        return made
    chatbot = places.stay(chatbot)
    places.open_one(chatbot.workspace, agency_id=to.agency_id)
    to = places.open_one(to, agency_id=agency.pk)
    bots.refuse_if_full(agency)
    learned = list(chatbot.sources.order_by("pk"))
    sources.refuse_if_full(agency, to, by=by, now=now, wanted=len(learned))
    settings = changes.values_of(chatbot) | {"name": name, "locked": chatbot.locked}
    copy = Chatbot.objects.create(workspace=to, created_by=by, created_at=now, request_key=request_key, **settings)
    pictures.copy(chatbot, copy)
    blueprints.copy_link(chatbot, copy)
    for source in learned:
        copy_source(source, copy, by=by, now=now)
    bots.record(copy, Action.CHATBOT_CLONED, by=by, now=now, after={"name": name, "data sources": len(learned)})
    return copy


def copy_source(source: DataSource, chatbot: Chatbot, *, by: User, now: datetime) -> None:
    """One source with its file, its pages and its passages."""
    fields = {name: getattr(source, name) for name in COPIED}
    place = chatbot.workspace_id
    copied = DataSource.objects.create(workspace_id=place, chatbot=chatbot, added_by=by, added_at=now, **fields)
    where = {"workspace": place, "chatbot": chatbot.pk, "copy": copied.pk, "source": source.pk}
    with connection.cursor() as cursor:
        for copy in (UPLOAD, PAGES, PASSAGES):
            cursor.execute(copy, where)
    if source.run:
        learning.begin(copied, now=now)


def lock(agency_id: int) -> Agency:
    return Agency.objects.select_for_update(no_key=True).get(pk=agency_id)
