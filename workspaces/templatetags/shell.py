"""The frame around every console page: where one is, where one may go."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.template.context import RequestContext

from agencies.models import Agency, Staff, User
from workspaces.access import workspaces_of
from workspaces.models import Workspace

register = template.Library()
SHOWN = 50


@dataclass(frozen=True)
class Shell:
    """The present workspace and agency (the latter for its staff only), and what the switcher offers."""

    workspace: Workspace | None
    agency: Agency | None
    agencies: list[Agency]
    workspaces: list[Workspace]


@register.simple_tag(takes_context=True)
def shell(context: RequestContext) -> Shell | None:
    """None when nobody is signed in."""
    user = context["request"].user
    if not user.is_authenticated:
        return None
    agencies = agencies_of(user)
    workspace: Workspace | None = context.get("workspace")
    here: Agency | None = context.get("agency") or (workspace.agency if workspace else None)
    staffed = here if here in agencies else None
    reachable = list(workspaces_of(user).order_by("-is_main", "name")[:SHOWN])
    return Shell(workspace, staffed, agencies, reachable)


@register.simple_tag(takes_context=True)
def current(context: RequestContext, *names: str) -> str:
    """`page` for the link whose URL name is the page's own, for `aria-current`."""
    match: Any = context["request"].resolver_match
    return "page" if match and match.view_name in names else ""


def agencies_of(user: User) -> list[Agency]:
    return [staff.agency for staff in Staff.objects.filter(user=user).select_related("agency").order_by("pk")]
