"""Data sources: adding and deleting them, and learning their passages.

Sources exist, so they are counted under the agency row's lock; a source is used the moment it is saved.
"""

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count

from agencies import audit
from agencies.models import Action, Agency, User
from billing import alerts
from billing.uses import Use, of_caps, periods_of
from chatbots.bots import places
from chatbots.knowledge import passages
from chatbots.models import Chatbot, DataSource, Passage
from workspaces import caps
from workspaces.caps import Counted
from workspaces.models import Resource, Workspace


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

    Raises SourcesExhausted when the shared pool, or the workspace's cap, is full; places.ElsewhereMeanwhile.
    """
    agency = Agency.objects.select_for_update(no_key=True).get(pk=chatbot.workspace.agency_id)
    if request_key and (added := chatbot.sources.filter(request_key=request_key).first()):
        return added
    chatbot = places.stay(chatbot)
    places.open_one(chatbot.workspace, agency_id=agency.pk)
    refuse_if_full(agency, chatbot.workspace, by=by, now=now)
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
    record(source, Action.SOURCE_ADDED, by=by, now=now)
    alerts.raise_passed(uses([agency], [chatbot.workspace], now=now), now=now)
    return source


def refuse_if_full(agency: Agency, workspace: Workspace, *, by: User | None, now: datetime, wanted: int = 1) -> None:
    """Raises SourcesExhausted when `wanted` more do not fit into the limit or the cap. The agency row is locked."""
    refuse_above_limit(agency, workspace, by=by, wanted=wanted)
    refuse_above_cap(workspace, now=now, wanted=wanted)


def refuse_above_limit(agency: Agency, workspace: Workspace, *, by: User | None, wanted: int) -> None:
    """Raises SourcesExhausted when the pool, less what it keeps for other workspaces, does not hold `wanted` more.

    Only staff read numbers of the pool.
    """
    if agency.source_limit is None or not wanted:
        return
    stands, guaranteed = counted(agency), caps.guarantees(agency, Resource.SOURCES)
    if caps.fits(stands, guaranteed, workspace_id=workspace.pk, wanted=wanted):
        return
    if by and not agency.staff.filter(user=by).exists():
        raise SourcesExhausted(f"No data source is left for {workspace}. Delete one, or ask {agency} for more.")
    kept = caps.reserved(guaranteed, stands.owned, but=workspace.pk)
    raise SourcesExhausted(why_not(agency, used=stands.used, kept=kept, wanted=wanted))


def why_not(agency: Agency, *, used: int, kept: int, wanted: int) -> str:
    """In words for staff: the pool is full, or what it has left is guaranteed, or it is too little."""
    limit = agency.source_limit or 0
    free = max(0, limit - used)
    if not free and wanted == 1:
        taken = f"All {limit:,} data sources of {agency} are in use."
        over = f"{agency} has {used:,} data sources, and may have {limit:,}."
        return f"{taken if used == limit else over} Delete one, or add a pack."
    if free and kept:
        return (
            f"Of the {free:,} data sources that are left, {min(kept, free):,} are guaranteed to other clients, and "
            f"{wanted:,} {'is' if wanted == 1 else 'are'} needed. Lower a guarantee, or delete some."
        )
    return f"{agency} has room for {free:,} more data sources, and {wanted:,} are needed."


def refuse_above_cap(workspace: Workspace, *, now: datetime, wanted: int) -> None:
    """Raises SourcesExhausted when the workspace's cap does not hold `wanted` more."""
    cap, used = caps.at_most(workspace, Resource.SOURCES, now=now), workspace.sources.count()
    if cap is not None and wanted and used + wanted > cap:
        rest = "all are in use." if wanted == 1 and used == cap else f"{used:,} are in use; {wanted:,} are needed."
        raise SourcesExhausted(f"{workspace} has a cap on data sources ({cap:,}), and {rest}")


def refuse_move(agency: Agency, *, origin: Workspace, to: Workspace, moved: int, now: datetime) -> None:
    """Raises SourcesExhausted when `to` has no room under its cap, or `origin` would lose what it is guaranteed.

    What leaves a guaranteed workspace is reserved for it anew, and that has to fit beside everything that is used.
    """
    refuse_above_cap(to, now=now, wanted=moved)
    owned = by_workspace(agency)
    guaranteed = caps.guarantees(agency, Resource.SOURCES)
    before = caps.reserved(guaranteed, owned, but=to.pk)
    after = caps.reserved(guaranteed, owned - Counter({origin.pk: moved}), but=to.pk)
    limit = agency.source_limit
    if limit is not None and after > before and sum(owned.values()) + after > limit:
        raise SourcesExhausted(
            f"{origin} is guaranteed {caps.amount(guaranteed[origin.pk], Resource.SOURCES)}, and the pool could not "
            f"give it again what moves away. Lower its guarantee first."
        )


def by_workspace(agency: Agency) -> Counter[int]:
    """How many sources each open workspace owns, by its id; an archived one holds none of the pool."""
    rows = DataSource.objects.filter(workspace__agency=agency, workspace__archived_at=None)
    return Counter(dict(rows.values_list("workspace_id").annotate(owned=Count("pk")).order_by()))


def counted(agency: Agency, now: datetime | None = None) -> Counted:
    """The sources as they stand. Other resources are counted at a time, these have none."""
    owned = by_workspace(agency)
    return Counted(Resource.SOURCES, agency.source_limit, sum(owned.values()), owned)


def used_by(agency: Agency) -> int:
    """How many sources the agency's open workspaces own together."""
    return sum(by_workspace(agency).values())


def uses(agencies: Sequence[Agency], workspaces: Collection[Workspace], *, now: datetime) -> list[Use]:
    """What is used of these agencies' pools and these workspaces' caps, as `billing.uses` tells it of the others."""
    running = periods_of(agencies, workspaces, now)
    owned = DataSource.objects.filter(workspace__archived_at=None).order_by()
    pool = dict(owned.filter(workspace__agency__in=agencies).values_list("workspace__agency").annotate(n=Count("pk")))
    here = dict(owned.filter(workspace__in=workspaces).values_list("workspace").annotate(n=Count("pk")))
    return [
        Use(each, None, Resource.SOURCES, running[each.pk], pool.get(each.pk, 0), each.source_limit)
        for each in agencies
    ] + of_caps(workspaces, Resource.SOURCES, here, running, now=now)


@transaction.atomic
def revise(source: DataSource, *, title: str, text: str, by: User, now: datetime) -> None:
    """Change a source and learn it anew; answers come from the new words at once. Raises places.ElsewhereMeanwhile."""
    stay(source)
    before = about(source)
    source.title, source.text = title, text
    source.save(update_fields=["title", "text"])
    learn(source)
    record(source, Action.SOURCE_REVISED, by=by, now=now, **audit.changes(before, about(source)))


@transaction.atomic
def delete(source: DataSource, *, by: User, now: datetime) -> None:
    """Delete a source with its passages: answers from it stop at once, and it is free again.

    Raises places.ElsewhereMeanwhile when its chatbot was moved.
    """
    stay(source)
    record(source, Action.SOURCE_DELETED, by=by, now=now, before=about(source))
    source.delete()


def stay(source: DataSource) -> None:
    """Keep the source where the caller has seen it. Raises places.ElsewhereMeanwhile when its chatbot was moved."""
    rows = DataSource.objects.select_for_update(no_key=True).filter(pk=source.pk, workspace_id=source.workspace_id)
    if not rows.exists():
        raise places.ElsewhereMeanwhile


def about(source: DataSource) -> dict[str, object]:
    """What the audit log keeps of a source: not its text, which may be long."""
    return {"title": source.title, "characters": len(source.text)}


def record(source: DataSource, action: Action, *, by: User | None, now: datetime, **change: Any) -> None:
    audit.record(
        action,
        agency_id=source.workspace.agency_id,
        workspace_id=source.workspace_id,
        by=by,
        at=now,
        target=source.title,
        **change,
    )


def learn(source: DataSource) -> None:
    """Write the source's passages anew. A Q&A is one passage, found by its question and its answer."""
    source.passages.all().delete()
    is_qa = source.kind == DataSource.Kind.QA
    pieces = [passages.Piece(source.text)] if is_qa else passages.cut(source.text)
    Passage.objects.bulk_create(
        Passage(
            workspace_id=source.workspace_id,
            chatbot_id=source.chatbot_id,
            source=source,
            position=position,
            heading=piece.heading,
            text=piece.text,
        )
        for position, piece in enumerate(pieces)
    )
