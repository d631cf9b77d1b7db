"""Restoring an archived workspace, and what archiving one frees."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request
from agencies.pages import panel, press_again
from agencies.permissions import Can
from chatbots.bots.bots import ChatbotLimitReached
from chatbots.closing import closing as domain
from chatbots.knowledge.sources import SourcesExhausted
from workspaces import closing, lifecycle
from workspaces.access import workspace_view
from workspaces.models import Workspace
from workspaces.seats import SeatsExhausted

REFUSALS = (closing.Refused, lifecycle.Refused, SeatsExhausted, ChatbotLimitReached, SourcesExhausted)


@require_safe
@workspace_view(Can.CLOSE_WORKSPACES)
def frees(request: Request, workspace: Workspace) -> HttpResponse:
    """What archiving the workspace frees on this floor: a panel of the archive page."""
    context = {"workspace": workspace, "owned": domain.owned_by(workspace)}
    return panel(request, "chatbots/_frees.html", context, title="What becomes free")


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.CLOSE_WORKSPACES)
def restore(request: Request, workspace: Workspace) -> HttpResponse:
    if request.method != "POST":
        return press_again(request, "workspaces:profile", agency_id=workspace.agency_id)
    try:
        given_up = domain.restore(workspace, by=request.user, now=timezone.now())
    except REFUSALS as refusal:
        messages.error(request, f"{workspace} stays archived. {refusal}")
        return redirect("workspaces:profile", agency_id=workspace.agency_id)
    told = f"{workspace} is open again, with its people, chatbots and data sources."
    messages.success(request, f"{told} Invitations that were withdrawn have to be sent anew.")
    if given_up:
        messages.warning(request, "What was guaranteed to it did not fit beside the others' any more, and is gone.")
    return redirect("workspaces:show", workspace_id=workspace.pk)
