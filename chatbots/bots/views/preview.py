"""The live preview: the public page with settings that are not saved. Nothing is stored, and nothing can be sent."""

from typing import Any

from django.conf import settings as house
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import get_urlconf, reverse, set_urlconf
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from agencies.access import Request
from agencies.permissions import Can
from chatbots.bots import appearance, changes, hours, pictures
from chatbots.bots.views import showing
from chatbots.bots.views.settings import FORMS
from chatbots.models import Chatbot
from chatbots.public.forms import MessageForm
from workspaces.access import workspace_view
from workspaces.models import Workspace

# No script runs in it, and no form is sent.
POLICY = {"script-src": ["'none'"], "form-action": ["'none'"], "connect-src": ["'none'"], "frame-ancestors": ["'self'"]}


@require_safe
@xframe_options_sameorigin
@workspace_view(Can.SEE)
def look_preview(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    """The public page as it would be, in one of its states."""
    chatbot = unsaved(request, get_object_or_404(workspace.chatbots, pk=chatbot_id))
    state = request.GET.get("state", "")
    there = {"workspace_id": workspace.pk, "chatbot_id": chatbot.pk}
    chatbot.public_id = "preview"  # its address may be withheld from who looks
    picture = reverse("chatbots:avatar", kwargs=there) if chatbot.avatar else ""
    look = f"{reverse('chatbots:look-css', kwargs=there)}?{request.GET.urlencode()}"
    context = {
        "chatbot": chatbot,
        "state": state if state in dict(showing.STATES) else "home",
        "form": MessageForm(),
        "away_notice": hours.notice(chatbot, timezone.now()),
        "look_url": look,
        "avatar_url": picture,
        "is_preview": True,
    }
    response = HttpResponse(at_public_door("public/chat.html", context, request))
    response._csp_replace = POLICY  # type: ignore[attr-defined]
    return response


@require_safe
@workspace_view(Can.SEE)
def look_css(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    """The stylesheet of the preview, from the same settings."""
    chatbot = unsaved(request, get_object_or_404(workspace.chatbots, pk=chatbot_id))
    return HttpResponse(appearance.stylesheet(changes.values_of(chatbot)), content_type="text/css; charset=utf-8")


@require_safe
@workspace_view(Can.SEE)
def avatar(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    """The picture, at the console's own origin. One pixel of nothing would be a lie: without one it is not there."""
    image = pictures.of(get_object_or_404(workspace.chatbots, pk=chatbot_id))
    return HttpResponse(image or b"", content_type="image/png", status=200 if image else 404)


def unsaved(request: Request, chatbot: Chatbot) -> Chatbot:
    """The chatbot with what was typed into one of the forms, as far as it was typed well; it is not saved."""
    kind = FORMS.get(request.GET.get("subject", ""))
    if kind:
        form = kind(request.GET)
        form.is_valid()
        for name, value in form.settings.items():
            setattr(chatbot, name, value)
    return chatbot


def at_public_door(template: str, context: dict[str, Any], request: Request) -> str:
    """The page as it is at the public door, whose URLs the console does not know."""
    console = get_urlconf()
    set_urlconf(house.PUBLIC_URLCONF)
    try:
        return render_to_string(template, context, request)
    finally:
        set_urlconf(console)
