"""What is done with the data sources that were chosen in the table."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.access import Request
from agencies.pages import attempt, chosen_in, how_many, press_again
from agencies.permissions import Can
from chatbots.bots.places import ElsewhereMeanwhile
from chatbots.knowledge import sources as knowledge
from chatbots.models import Chatbot
from workspaces.access import workspace_view
from workspaces.models import Workspace


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SOURCES)
def retrain(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    if request.method != "POST":
        return press_again(request, "chatbots:sources", workspace_id=workspace.pk, chatbot_id=chatbot.pk)
    if ids := chosen_in(request):
        try:
            begun = knowledge.retrain_chosen(chatbot, ids=ids, by=request.user, now=timezone.now())
        except ElsewhereMeanwhile as refusal:
            messages.error(request, str(refusal))
        else:
            told = how_many("data source", changed=len(begun), asked=len(ids), told="being learned anew")
            messages.success(request, told)
    return to(chatbot)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.DELETE)
def delete(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    """First it is asked, with their names; what is deleted is gone for good."""
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    if request.method != "POST":
        return press_again(request, "chatbots:sources", workspace_id=workspace.pk, chatbot_id=chatbot.pk)
    if not (ids := chosen_in(request)):
        return to(chatbot)
    found = list(chatbot.sources.filter(pk__in=ids).defer("text"))
    if len(found) == len(ids) and "sure" not in request.POST:
        page = {"workspace": workspace, "chatbot": chatbot, "tab": "sources", "chosen": found}
        return render(request, "chatbots/delete_sources.html", page)
    told = how_many("data source", changed=len(ids), asked=len(ids), told="deleted, and nothing is answered from there")
    step = partial(knowledge.delete_chosen, chatbot, ids=ids, by=request.user, now=timezone.now())
    attempt(request, step, told, ElsewhereMeanwhile)
    return to(chatbot)


def to(chatbot: Chatbot) -> HttpResponse:
    answer: HttpResponse = redirect("chatbots:sources", workspace_id=chatbot.workspace_id, chatbot_id=chatbot.pk)
    return answer
