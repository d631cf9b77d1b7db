"""How much the navigation says about what visitors left."""

from django import template

from chatbots.conversations import leads
from workspaces.models import Workspace

register = template.Library()


@register.simple_tag
def open_leads(workspace: Workspace) -> int:
    return leads.waiting_in(workspace)
