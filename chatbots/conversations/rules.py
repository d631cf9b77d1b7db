"""A workspace's rules for conversations. The public door knows nothing of them but what stands in the row."""

from datetime import datetime

from django.db import transaction

from agencies.models import Action, User
from workspaces import lifecycle
from workspaces.models import Workspace


@transaction.atomic
def set_rules(workspace: Workspace, *, reply_within: int, kept_days: int | None, by: User, now: datetime) -> None:
    """How soon people reply before the chatbot answers again, and for how long conversations are kept.

    Raises lifecycle.Archived.
    """
    wanted = {"reply_within": reply_within, "kept_days": kept_days}
    lifecycle.write(lifecycle.locked(workspace), Action.CONVERSATIONS_SET, wanted, by=by, now=now)
