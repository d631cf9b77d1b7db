"""Adding data sources: by hand, websites, files, and many at once. All that were asked for, or none."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files import File
from django.db import transaction

from agencies import audit
from agencies.models import Action, Agency, User
from billing import alerts
from billing.uses import with_caps
from chatbots.bots import places
from chatbots.knowledge import learned, learning
from chatbots.knowledge.fetching import urls
from chatbots.knowledge.sources import counting
from chatbots.knowledge.sources.naming import file_name, name_of, record, refuse_twice
from chatbots.models import Chatbot, DataSource, Upload
from workspaces.models import Workspace

Kind = DataSource.Kind
Fields = Mapping[str, Any]


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
    """Add a text or a Q&A, and learn it at once. The same `request_key` again returns the first one.

    Raises SourcesExhausted when the pool, or the workspace's cap, is full; places.ElsewhereMeanwhile.
    """
    rows: list[Fields] = [{"kind": kind, "title": title, "text": text}]
    return add_all(chatbot, rows, by=by, now=now, request_key=request_key)[0]


def add_questions(
    chatbot: Chatbot, *, pairs: Sequence[tuple[str, str]], by: User, now: datetime, request_key: uuid.UUID | None = None
) -> list[DataSource]:
    """Add questions with their answers, each a source. Raises as `add` does."""
    rows: list[Fields] = [{"kind": Kind.QA, "title": question, "text": answer} for question, answer in pairs]
    return add_all(chatbot, rows, by=by, now=now, request_key=request_key)


def add_website(
    chatbot: Chatbot, *, url: str, by: User, now: datetime, request_key: uuid.UUID | None = None, **wishes: str
) -> DataSource:
    """Add one website, with a title, reach, include, exclude and schedule. Raises as `add_websites` does."""
    return add_websites(chatbot, addresses=[url], by=by, now=now, request_key=request_key, **wishes)[0]


def add_websites(
    chatbot: Chatbot,
    *,
    addresses: Sequence[str],
    by: User,
    now: datetime,
    request_key: uuid.UUID | None = None,
    title: str = "",
    **wishes: str,
) -> list[DataSource]:
    """Add websites as they were typed, each a source, with the same reach, include, exclude and schedule.

    Raises fetching.Refused for what is no address, AlreadyThere, and as `add` does.
    """
    chosen = list(dict.fromkeys(urls.normal(urls.typed(address)) for address in addresses))
    rows: list[Fields] = [
        {"kind": Kind.WEBSITE, "title": title or name_of(url), "url": url, **wishes} for url in chosen
    ]
    return add_all(chatbot, rows, by=by, now=now, request_key=request_key)


def add_files(
    chatbot: Chatbot, *, files: Sequence["File[Any]"], by: User, now: datetime, request_key: uuid.UUID | None = None
) -> list[DataSource]:
    """Add files, each a source; they are kept as they are, to be read by a worker. Raises as `add` does."""
    names = [file_name(file) for file in files]
    rows: list[Fields] = [{"kind": Kind.FILE, "title": name} for name in names]

    def keep(source: DataSource, number: int) -> None:
        Upload.objects.create(
            workspace_id=source.workspace_id, source=source, name=names[number], data=files[number].read()
        )

    return add_all(chatbot, rows, by=by, now=now, request_key=request_key, also=keep)


@transaction.atomic
def add_all(
    chatbot: Chatbot,
    rows: Sequence[Fields],
    *,
    by: User | None,
    now: datetime,
    request_key: uuid.UUID | None,
    also: Callable[[DataSource, int], None] = lambda source, number: None,
) -> list[DataSource]:
    """Add these sources, and learn them or have them learned. The same `request_key` again returns the first one."""
    agency = Agency.objects.select_for_update(no_key=True).get(pk=chatbot.workspace.agency_id)
    if request_key and (added := chatbot.sources.filter(request_key=request_key).first()):
        return [added]
    chatbot = places.stay(chatbot)
    places.open_one(chatbot.workspace, agency_id=agency.pk)
    refuse_twice(chatbot, [row["url"] for row in rows if row.get("url")])
    counting.refuse_if_full(agency, chatbot.workspace, by=by, now=now, wanted=len(rows))
    common = {"workspace": chatbot.workspace, "chatbot": chatbot, "added_by": by, "added_at": now}
    keys = [request_key, *[None] * len(rows)]
    made = [DataSource.objects.create(**common, **row, request_key=key) for row, key in zip(rows, keys, strict=False)]
    for number, source in enumerate(made):
        also(source, number)
        begin(source, now=now)
    tell(chatbot, made, by=by, now=now)
    its_own = with_caps(Workspace.objects.filter(pk=chatbot.workspace_id), now=now)
    alerts.raise_passed(counting.uses([agency], its_own, now=now), now=now)
    return made


def begin(source: DataSource, *, now: datetime) -> None:
    """Words are learned at once; pages and files are fetched and read by a worker."""
    if source.kind in learning.FETCHES:
        learning.begin(source, now=now)
    else:
        learned.learn(source)
        source.learned_at = now
        source.save(update_fields=["learned_at"])


def tell(chatbot: Chatbot, made: Sequence[DataSource], *, by: User | None, now: datetime) -> None:
    """Write into the audit log what was added: one by its name, many by their number."""
    if len(made) == 1:
        record(made[0], Action.SOURCE_ADDED, by=by, now=now)
    else:
        what = {"data sources": len(made), "kind": str(Kind(made[0].kind).label)}
        place = chatbot.workspace
        audit.record(
            Action.SOURCES_ADDED,
            agency_id=place.agency_id,
            workspace_id=place.pk,
            by=by,
            at=now,
            target=chatbot.name,
            after=what,
        )
