"""A chatbot rests, and answers again."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.access import Request
from agencies.pages import attempt, press_again
from agencies.permissions import Can
from chatbots.bots import bots, places
from workspaces.access import workspace_view
from workspaces.models import Workspace


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SETTINGS)
def pause(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    if request.method != "POST":
        return press_again(request, "chatbots:availability", workspace_id=workspace.pk, chatbot_id=chatbot.pk)
    step = partial(bots.pause, chatbot, by=request.user, now=timezone.now())
    attempt(request, step, f"{chatbot} rests: visitors are told so.", places.ElsewhereMeanwhile)
    return redirect("chatbots:availability", workspace_id=workspace.pk, chatbot_id=chatbot.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SETTINGS)
def resume(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    if request.method != "POST":
        return press_again(request, "chatbots:availability", workspace_id=workspace.pk, chatbot_id=chatbot.pk)
    step = partial(bots.resume, chatbot, by=request.user, now=timezone.now())
    attempt(request, step, f"{chatbot} answers again.", places.ElsewhereMeanwhile)
    return redirect("chatbots:availability", workspace_id=workspace.pk, chatbot_id=chatbot.pk)
