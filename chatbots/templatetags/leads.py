"""How much the navigation says about visitors who wait, and what they left."""

from django import template

from agencies.permissions import Can
from chatbots.conversations import waiting
from chatbots.conversations.waiting import Waiting
from workspaces.templatetags.shell import Shell

register = template.Library()


@register.simple_tag
def waiting_at(here: Shell) -> Waiting:
    """For who handles conversations there; the others are told of none."""
    if Can.HANDLE_CONVERSATIONS not in here.may:
        return Waiting()
    return waiting.of(here.agency, here.workspace)
