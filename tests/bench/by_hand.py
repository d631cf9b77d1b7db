"""A page of a person's workspaces as somebody would write it in SQL: step by step, and in one statement."""

from typing import Any

from django.db import connection

from agencies.models import Agency
from workspaces.models import Workspace
from workspaces.switcher import PAGE

Rows = list[tuple[Any, ...]]


def columns(model: Any, table: str) -> str:
    return ", ".join(f"{table}.{field.column}" for field in model._meta.concrete_fields)


IN_ORDER = f"ORDER BY w.is_main DESC, lower(w.name), w.id LIMIT {PAGE + 1}"
OPEN = "w.archived_at IS NULL AND (%(name)s = '' OR upper(w.name) LIKE upper('%%' || %(name)s || '%%'))"
AGENCIES = (
    f"SELECT {columns(Agency, 'a')} FROM agencies_agency a JOIN agencies_staff s ON s.agency_id = a.id "
    "WHERE s.user_id = %(user)s ORDER BY s.id"
)
MEMBERSHIPS = "SELECT workspace_id FROM workspaces_membership WHERE user_id = %(user)s"
WORKSPACES = f"SELECT {columns(Workspace, 'w')} FROM workspaces_workspace w"
OF_AGENCY = f"{WORKSPACES} WHERE w.agency_id = %(agency)s AND {OPEN} {IN_ORDER}"
OF_MEMBER = f"{WORKSPACES} WHERE w.id = ANY(%(ids)s) AND {OPEN} {IN_ORDER}"
AT_ONCE = f"""
SELECT {columns(Workspace, "w")} FROM (
    (SELECT w.* FROM workspaces_workspace w JOIN agencies_staff s ON s.agency_id = w.agency_id
      WHERE s.user_id = %(user)s AND {OPEN} {IN_ORDER})
    UNION
    (SELECT w.* FROM workspaces_workspace w JOIN workspaces_membership m ON m.workspace_id = w.id
      WHERE m.user_id = %(user)s AND {OPEN} {IN_ORDER})
) w {IN_ORDER}"""


def in_steps(user_id: int, name: str) -> Rows:
    """The same three questions that `scope_of` and `find` ask: the agencies, the memberships, the page."""
    agencies = run(AGENCIES, user=user_id)
    ids = [pk for (pk,) in run(MEMBERSHIPS, user=user_id)]
    rows = [row for agency in agencies for row in run(OF_AGENCY, agency=agency[0], name=name)]
    return rows + (run(OF_MEMBER, ids=ids, name=name) if ids else [])


def at_once(user_id: int, name: str) -> Rows:
    """The page alone, whoever asks; it tells nothing of the agencies, which the switcher shows too."""
    return run(AT_ONCE, user=user_id, name=name)


def run(sql: str, **values: Any) -> Rows:
    """Through psycopg itself, on the connection that Django uses."""
    return connection.connection.execute(sql, values).fetchall()
