"""What the navigation counts on every page, in one query: visitors who wait for a person, and what they left."""

from dataclasses import dataclass
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

from agencies.models import Agency
from chatbots.conversations.inbox import Inbox
from chatbots.models import Lead
from workspaces.models import Workspace


@dataclass(frozen=True)
class Waiting:
    """Of all clients of an agency, and of one workspace: visitors who wait; and of this one, messages left open."""

    clients: int = 0
    visitors: int = 0
    leads: int = 0


class HowMany(Subquery):
    """The number of rows, as a column of another query."""

    template = "(SELECT count(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def of(agency: Agency | None, workspace: Workspace | None) -> Waiting:
    """One query, whichever of the two there is; of neither there is nothing to count."""
    home = agency or (workspace.agency if workspace else None)
    if home is None:
        return Waiting()
    counted = {"clients": pending(Inbox(agency))} if agency else {}
    if workspace:
        counted["visitors"] = pending(Inbox(workspace.agency, workspace))
        counted["leads"] = how_many(Lead.objects.filter(workspace=workspace, handled_at=None))
    return Waiting(**Agency.objects.filter(pk=home.pk).values(**counted).get())


def pending(inbox: Inbox) -> HowMany:
    return how_many(inbox.conversations().filter(wanted_at__isnull=False))


def how_many(rows: QuerySet[Any]) -> HowMany:
    return HowMany(rows.order_by().values("pk"))
