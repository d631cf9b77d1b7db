"""How much the navigation says about visitors who wait, and what they left."""

from django import template

from agencies.models import Agency
from chatbots.conversations import inbox, leads
from chatbots.conversations.inbox import Inbox
from workspaces.models import Workspace

register = template.Library()


@register.simple_tag
def open_leads(workspace: Workspace) -> int:
    return leads.waiting_in(workspace)


@register.simple_tag
def waiting_visitors(workspace: Workspace) -> int:
    return inbox.pending(Inbox(workspace.agency, workspace))


@register.simple_tag
def waiting_clients(agency: Agency) -> int:
    """Visitors of all clients of the agency."""
    return inbox.pending(Inbox(agency))
