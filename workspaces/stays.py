"""Staff and support in a client's workspace: each stay is written into its audit log, under their own name."""

from datetime import datetime, timedelta

from django.contrib.sessions.backends.base import SessionBase

from agencies import audit
from agencies.models import Action, SupportVisit, User
from workspaces.models import Workspace

KEPT = "stays"  # in the session: workspace → when the stay was written down, seconds since 1970
STAY = timedelta(hours=1)  # who comes back within it stays the same visitor


def enter(
    session: SessionBase, workspace: Workspace, *, by: User, now: datetime, visit: SupportVisit | None = None
) -> None:
    """Write down that somebody from outside came in, once an hour. Why support came is for the agency's eyes."""
    begun = {key: since for key, since in session.get(KEPT, {}).items() if now.timestamp() - since < STAY.seconds}
    key = f"{workspace.pk} {visit.pk}" if visit else str(workspace.pk)  # each visit of support is a stay of its own
    if key in begun:
        return
    record(Action.ENTERED, workspace, by=by, now=now)
    session[KEPT] = begun | {key: now.timestamp()}


def leave(session: SessionBase, workspace: Workspace, *, by: User, now: datetime) -> None:
    """Write down that they went; who was not there leaves nothing."""
    begun = dict(session.get(KEPT, {}))
    if begun.pop(str(workspace.pk), None):
        record(Action.LEFT, workspace, by=by, now=now)
        session[KEPT] = begun


def record(action: Action, workspace: Workspace, *, by: User, now: datetime) -> None:
    audit.record(action, agency_id=workspace.agency_id, workspace_id=workspace.pk, by=by, at=now)
