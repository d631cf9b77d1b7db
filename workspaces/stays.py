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
    """Write down that somebody from outside came in, once an hour."""
    begun = {key: since for key, since in session.get(KEPT, {}).items() if now.timestamp() - since < STAY.seconds}
    if str(workspace.pk) in begun:
        return
    record(Action.ENTERED, workspace, by=by, now=now, reason=visit.reason if visit else "")
    session[KEPT] = begun | {str(workspace.pk): now.timestamp()}


def leave(session: SessionBase, workspace: Workspace, *, by: User, now: datetime) -> None:
    """Write down that they went; who was not there leaves nothing."""
    begun = dict(session.get(KEPT, {}))
    if begun.pop(str(workspace.pk), None):
        record(Action.LEFT, workspace, by=by, now=now)
        session[KEPT] = begun


def record(action: Action, workspace: Workspace, *, by: User, now: datetime, reason: str = "") -> None:
    audit.record(action, agency_id=workspace.agency_id, workspace_id=workspace.pk, by=by, at=now, reason=reason)
