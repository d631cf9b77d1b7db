"""The Embed tab: how a chatbot comes onto a site, and the secret with which that site says who its visitor is."""

from functools import partial

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request
from agencies.pages import attempt, press_again
from agencies.permissions import Can
from chatbots.bots.places import ElsewhereMeanwhile
from chatbots.embed import identity
from chatbots.models import Chatbot, IdentitySecret
from workspaces.access import workspace_view
from workspaces.models import Workspace

RENEWED = "There is a new secret. What was signed with the one before does not count any more."


@require_safe
@workspace_view(Can.EMBED)
def embed(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    page = {"workspace": workspace, "chatbot": chatbot, "tab": "embed", "door": settings.PUBLIC_URL}
    page |= {"chat_url": door(chatbot, "chat"), "try_url": door(chatbot, "try")}
    page |= {"seen": list(chatbot.embeddings.all())}
    if Can.MANAGE_SETTINGS in request.may:
        page["secret"] = identity.secret_of(chatbot)
        page["stored"] = IdentitySecret.objects.filter(chatbot=chatbot).select_related("made_by").first()
    return render(request, "chatbots/embed.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SETTINGS)
def renew_identity(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    back = "chatbots:embed" if Can.EMBED in request.may else "chatbots:preview"
    if request.method != "POST":
        return press_again(request, back, workspace_id=workspace.pk, chatbot_id=chatbot.pk)
    step = partial(identity.renew, chatbot, by=request.user, now=timezone.now())
    attempt(request, step, RENEWED, ElsewhereMeanwhile)
    return redirect(back, workspace_id=workspace.pk, chatbot_id=chatbot.pk)


def door(chatbot: Chatbot, name: str) -> str:
    """An address of the chatbot at the public door."""
    path = reverse(f"public:{name}", args=[chatbot.public_id], urlconf=settings.PUBLIC_URLCONF)
    return f"{settings.PUBLIC_URL}{path}"
