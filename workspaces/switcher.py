"""The workspaces a person reaches: found by name, in pages, and the ones they were in last.

Scope first, then equality: each way in is a query of its own over an index, and the pages are merged. One query with an
OR over both ways in was ten times slower, and grew with what the person does not see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Lower

from agencies import second_factor, visits
from agencies.models import Agency, User
from workspaces.models import Workspace

# What a list can be ordered by, with what its column is called; a minus before it begins with the most.
SORTS = {
    "name": "Name",
    "-messages": "Messages cap",
    "-sources": "Sources cap",
    "-seats": "Seats cap",
    "-opened": "Opened",
}
BY: dict[str, Any] = {
    "name": Lower("name"),
    "messages": F("message_cap"),
    "sources": F("source_cap"),
    "seats": F("seat_cap"),
    "opened": F("created_at"),
}
RECENT = "recent"  # in the session: ids, the last one first
MOST_RECENT = 5
PAGE = 50

# By hand: `make bench-access` showed that composing these two anew took longer than the query of the page itself.
AGENCIES = (
    "SELECT a.* FROM agencies_agency a JOIN agencies_staff s ON s.agency_id = a.id WHERE s.user_id = %s ORDER BY s.id"
)
MEMBERSHIPS = "SELECT workspace_id FROM workspaces_membership WHERE user_id = %s"


@dataclass(frozen=True)
class Scope:
    """What a person reaches: agencies as staff, and single workspaces as a member."""

    agencies: Sequence[Agency]
    workspace_ids: Sequence[int]


@dataclass(frozen=True)
class Found:
    """One page of workspaces; `more` says that another page follows."""

    workspaces: list[Workspace]
    more: bool


def scope_of(user: User) -> Scope:
    """Two queries, whatever the number of workspaces. An agency that requires a second factor waits for it.

    Support on a visit reaches the agency that it looks at.
    """
    agencies = list(Agency.objects.raw(AGENCIES, [user.pk]))
    if any(agency.second_factor_required_at for agency in agencies) and not second_factor.has_one(user):
        agencies = [agency for agency in agencies if agency.second_factor_required_at is None]
    if visit := visits.current(user):
        agencies = [*agencies, *({visit.agency} - set(agencies))]
    with connection.cursor() as cursor:
        cursor.execute(MEMBERSHIPS, [user.pk])
        return Scope(agencies, [pk for (pk,) in cursor.fetchall()])


def find(scope: Scope, *, name: str = "", page: int = 1, size: int = PAGE) -> Found:
    """A page of the open workspaces in `scope` whose name holds `name`: main ones first, then by name."""
    first, last = (page - 1) * size, page * size + 1
    ways = [ordered(Workspace.objects.filter(agency_id=agency.pk), name) for agency in scope.agencies]
    if scope.workspace_ids:
        ways.append(ordered(Workspace.objects.filter(pk__in=scope.workspace_ids), name))
    if not ways:
        return Found([], more=False)
    reached = ways[0] if len(ways) == 1 else together(ways, last=last)
    rows = list(reached[first:last])
    return Found(rows[:size], len(rows) > size)


def together(ways: Sequence[QuerySet[Workspace]], *, last: int) -> QuerySet[Workspace]:
    """All ways in as one list, each workspace once, merged by the database: only it knows the order of its letters."""
    heads = [way.annotate(in_letters=Lower("name"))[:last] for way in ways]
    return heads[0].union(*heads[1:]).order_by("-is_main", "in_letters", "pk")


def ordered(workspaces: QuerySet[Workspace], name: str, *, sort: str = "") -> QuerySet[Workspace]:
    """Open ones, as the index `workspaces_in_order` holds them, or by one of SORTS; what has no cap comes last."""
    named = {"name__icontains": name} if name else {}
    found = workspaces.filter(archived_at=None, **named)
    if not sort:
        return found.order_by(F("is_main").desc(), Lower("name"), "pk")
    by = BY[sort.removeprefix("-")]
    return found.order_by(by.desc(nulls_last=True) if sort.startswith("-") else by.asc(nulls_last=True), "pk")


def remember(session: SessionBase, workspace: Workspace) -> None:
    """Put the workspace first among the recent ones."""
    recent = session.get(RECENT, [])
    if recent[:1] != [workspace.pk]:
        session[RECENT] = [workspace.pk, *(pk for pk in recent if pk != workspace.pk)][:MOST_RECENT]


def recent(session: SessionBase, scope: Scope) -> list[Workspace]:
    """The workspaces this person was in last, of those still in reach."""
    own = {agency.pk for agency in scope.agencies}
    met = Workspace.objects.filter(archived_at=None).in_bulk(session.get(RECENT, []))
    found = [met[pk] for pk in session.get(RECENT, []) if pk in met]
    return [each for each in found if each.agency_id in own or each.pk in scope.workspace_ids]
