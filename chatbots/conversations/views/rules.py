"""Being on duty, and the workspace's rules for conversations."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.access import Request
from agencies.pages import attempt, press_again
from agencies.permissions import Can
from chatbots.conversations import duty as domain
from chatbots.conversations import rules as of_workspace
from chatbots.conversations.forms.people import RulesForm
from workspaces import lifecycle
from workspaces.access import workspace_view
from workspaces.models import Workspace

ON = "You are on duty: a mail comes when a visitor asks for a person."
OFF = "You are off duty."


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.HANDLE_CONVERSATIONS)
def duty(request: Request, workspace: Workspace) -> HttpResponse:
    if request.method != "POST":
        return press_again(request, "chatbots:conversations", workspace_id=workspace.pk)
    on = request.POST.get("on") == "yes"
    attempt(request, partial(domain.switch, workspace, on=on, by=request.user, now=timezone.now()), ON if on else OFF)
    return redirect("chatbots:conversations", workspace_id=workspace.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SETTINGS)
def rules(request: Request, workspace: Workspace) -> HttpResponse:
    stands = {"reply_within": workspace.reply_within, "kept_days": workspace.kept_days}
    form = RulesForm(request.POST or request.draft or None, initial=stands)
    if request.method == "POST" and form.is_valid():
        try:
            of_workspace.set_rules(workspace, by=request.user, now=timezone.now(), **form.cleaned_data)
        except lifecycle.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved.")
            return redirect("chatbots:conversations", workspace_id=workspace.pk)
    page = {"workspace": workspace, "form": form, "people": domain.people(workspace)}
    status = 422 if request.method == "POST" else 200
    return render(request, "chatbots/conversation_rules.html", page, status=status)
