"""Filters that a person keeps under a name, for one inbox."""

from django.db import transaction
from django.db.models import QuerySet

from agencies.models import User
from chatbots.conversations.inbox import Inbox
from chatbots.models import SavedView

MOST = 30  # of one person and inbox


class TooMany(Exception):
    """No further view is kept; the text is for the user's eyes."""

    def __init__(self) -> None:
        super().__init__(f"You keep {MOST} views here already. Delete one first.")


def of(inbox: Inbox, *, user: User) -> QuerySet[SavedView]:
    """This person's, of this inbox."""
    return SavedView.objects.filter(user=user, agency=inbox.agency, workspace=inbox.workspace)


@transaction.atomic
def keep(inbox: Inbox, *, name: str, query: str, by: User) -> SavedView:
    """Keep the filters; the same name again means other filters. Raises TooMany."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if of(inbox, user=by).exclude(name=name).count() >= MOST:
        raise TooMany
    kept, _ = SavedView.objects.update_or_create(
        user=by, agency=inbox.agency, workspace=inbox.workspace, name=name, defaults={"query": query}
    )
    return kept
