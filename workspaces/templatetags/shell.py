"""The frame around every console page: where one is, and what one may do there."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.template.context import RequestContext

from agencies.models import Agency, SupportVisit
from agencies.permissions import Can
from workspaces.models import Workspace

register = template.Library()


@dataclass(frozen=True)
class Shell:
    """The present workspace and agency (the latter for its staff only), and what the guard let this person do there."""

    workspace: Workspace | None
    agency: Agency | None
    may: frozenset[str]
    visit: SupportVisit | None
    suspended: Agency | None = None  # whose account the page is of, while that is only read

    @property
    def is_guest(self) -> bool:
        """Whether somebody of the agency is in a client's workspace."""
        return bool(self.workspace and self.agency and not self.workspace.is_main and not self.visit)


@register.simple_tag(takes_context=True)
def shell(context: RequestContext) -> Shell | None:
    """None when nobody is signed in."""
    request: Any = context["request"]
    if not request.user.is_authenticated:
        return None
    may: frozenset[str] = getattr(request, "may", frozenset())
    workspace: Workspace | None = context.get("workspace")
    agency: Agency | None = context.get("agency") or (workspace.agency if workspace else None)
    suspended = agency if agency and agency.suspended_at and may else None
    visit: SupportVisit | None = getattr(request, "visit", None)
    return Shell(workspace, agency if Can.SEE_AGENCY in may else None, may, visit, suspended)


@register.simple_tag(takes_context=True)
def current(context: RequestContext, *names: str) -> str:
    """`page` for the link whose URL name is the page's own, for `aria-current`."""
    match: Any = context["request"].resolver_match
    return "page" if match and match.view_name in names else ""


@register.filter
def named(loaded: dict[int, Any], pk: int | None) -> Any:
    """The workspace or agency of this id, from those that the page loaded; None when it loaded none."""
    return loaded.get(pk or 0)
