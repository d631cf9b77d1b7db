"""The model provider of an agency, and of one chatbot."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import attempt, press_again
from agencies.permissions import Can
from chatbots.answers import providers
from chatbots.answers.forms import ProviderForm
from chatbots.bots.places import ElsewhereMeanwhile
from chatbots.models import AgencyProvider, ChatbotProvider, Endpoint
from workspaces.access import workspace_view
from workspaces.models import Workspace

SAVED = "Saved. Answers come from there now."
REMOVED = "Removed, with its key."


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def of_agency(request: Request, agency: Agency) -> HttpResponse:
    stored = AgencyProvider.objects.filter(agency=agency).first()
    form = form_of(request, stored)
    if request.method == "POST" and form.is_valid():
        try:
            providers.set_for_agency(agency, by=request.user, now=timezone.now(), **form.cleaned_data)
        except providers.KeyMissing as refusal:
            form.add_error("api_key", str(refusal))
        else:
            messages.success(request, SAVED)
            return redirect("chatbots:agency-provider", agency_id=agency.pk)
    page = page_of(form, stored) | {"agency": agency, "next": providers.of_this_bureau()}
    return render(request, "chatbots/agency_provider.html", page, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def remove_from_agency(request: Request, agency: Agency) -> HttpResponse:
    if request.method != "POST":
        return press_again(request, "chatbots:agency-provider", agency_id=agency.pk)
    providers.remove_from_agency(agency, by=request.user, now=timezone.now())
    messages.success(request, REMOVED)
    return redirect("chatbots:agency-provider", agency_id=agency.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SETTINGS)
def of_chatbot(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    stored = ChatbotProvider.objects.filter(chatbot=chatbot).first()
    form = form_of(request, stored)
    if request.method == "POST" and form.is_valid():
        try:
            providers.set_for_chatbot(chatbot, by=request.user, now=timezone.now(), **form.cleaned_data)
        except providers.KeyMissing as refusal:
            form.add_error("api_key", str(refusal))
        except ElsewhereMeanwhile as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, SAVED)
            return redirect("chatbots:provider", workspace_id=workspace.pk, chatbot_id=chatbot.pk)
    page = page_of(form, stored) | {"workspace": workspace, "chatbot": chatbot, "tab": "settings"}
    return render(request, "chatbots/provider.html", page, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SETTINGS)
def remove_from_chatbot(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    if request.method != "POST":
        return press_again(request, "chatbots:provider", workspace_id=workspace.pk, chatbot_id=chatbot.pk)
    step = partial(providers.remove_from_chatbot, chatbot, by=request.user, now=timezone.now())
    attempt(request, step, REMOVED, ElsewhereMeanwhile)
    return redirect("chatbots:provider", workspace_id=workspace.pk, chatbot_id=chatbot.pk)


def form_of(request: Request, stored: Endpoint | None) -> ProviderForm:
    initial = {name: getattr(stored, name) for name in ("base_url", "model", "falls_back")} if stored else {}
    return ProviderForm(request.POST or request.draft or None, initial=initial, endpoint=stored)


def page_of(form: ProviderForm, stored: Endpoint | None) -> dict[str, object]:
    return {"form": form, "stored": stored, "lost": stored is not None and not providers.is_readable(stored)}
