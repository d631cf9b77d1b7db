"""What is used of pools and caps: messages, data sources and seats together, which only this floor knows."""

from datetime import datetime

from agencies.models import Agency
from billing import uses
from billing.uses import Use
from chatbots.knowledge import sources
from workspaces.models import Workspace


def of_agency(agency: Agency, *, now: datetime) -> list[Use]:
    """Its pools, and the caps of its open workspaces."""
    capped = uses.capped([agency], now=now)
    return [use for of in (uses.of_messages, sources.uses, uses.of_seats) for use in of([agency], capped, now=now)]


def of_workspace(workspace: Workspace, *, now: datetime) -> list[Use]:
    """Its own caps, and nothing of the pool."""
    itself = uses.with_caps(Workspace.objects.filter(pk=workspace.pk), now=now)
    return [use for of in (uses.of_messages, sources.uses, uses.of_seats) for use in of([], itself, now=now)]


def of_resource(workspace: Workspace, resource: str, *, now: datetime) -> Use | None:
    """Its cap on one resource; None when it has none."""
    return next((use for use in of_workspace(workspace, now=now) if use.resource == resource), None)
