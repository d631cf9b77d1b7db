"""The model provider of an agency, and of one chatbot."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import attempt, press_again
from agencies.permissions import Can
from chatbots.answers import providers, sealing, trying
from chatbots.answers.forms import ProviderForm
from chatbots.bots.places import ElsewhereMeanwhile
from chatbots.models import AgencyProvider, Chatbot, ChatbotProvider, Endpoint
from workspaces.access import workspace_view
from workspaces.models import Workspace

SAVED = "Saved. Answers come from there now. Try it, to see whether it answers."
REMOVED = "Removed, with its key."
LOST = "The stored key cannot be read any more. Please enter it again."


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
    return agency_page(request, agency, page_of(form, stored), status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def try_of_agency(request: Request, agency: Agency) -> HttpResponse:
    stored = AgencyProvider.objects.filter(agency=agency).first()
    if request.method != "POST" or not stored:
        return press_again(request, "chatbots:agency-provider", agency_id=agency.pk)
    page = {"outcome": outcome_of(stored)}
    if request.htmx:
        return render(request, "chatbots/_tried.html", page)
    return agency_page(request, agency, page_of(filled(stored), stored) | page)


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
    return chatbot_page(request, chatbot, page_of(form, stored), status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SETTINGS)
def try_of_chatbot(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    stored = ChatbotProvider.objects.filter(chatbot=chatbot).first()
    if request.method != "POST" or not stored:
        return press_again(request, "chatbots:provider", workspace_id=workspace.pk, chatbot_id=chatbot.pk)
    page = {"outcome": outcome_of(stored)}
    if request.htmx:
        return render(request, "chatbots/_tried.html", page)
    return chatbot_page(request, chatbot, page_of(filled(stored), stored) | page)


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
    return filled(stored, request.POST or request.draft or None)


def filled(stored: Endpoint | None, sent: QueryDict | None = None) -> ProviderForm:
    """The form as it is stored, unless something was sent."""
    initial = {name: getattr(stored, name) for name in ("base_url", "model", "falls_back")} if stored else {}
    return ProviderForm(sent, initial=initial, endpoint=stored)


def page_of(form: ProviderForm, stored: Endpoint | None) -> dict[str, object]:
    return {"form": form, "stored": stored, "lost": stored is not None and not providers.is_readable(stored)}


def agency_page(request: Request, agency: Agency, page: dict[str, object], *, status: int = 200) -> HttpResponse:
    page |= {"agency": agency, "next": providers.of_this_bureau()}
    return render(request, "chatbots/agency_provider.html", page, status=status)


def chatbot_page(request: Request, chatbot: Chatbot, page: dict[str, object], *, status: int = 200) -> HttpResponse:
    page |= {"workspace": chatbot.workspace, "chatbot": chatbot, "tab": "settings"}
    return render(request, "chatbots/provider.html", page, status=status)


def outcome_of(stored: Endpoint) -> trying.Outcome:
    """What comes of asking it. A key that cannot be read is told of as on the page."""
    try:
        return trying.ask(providers.typed_in(stored))
    except sealing.Unreadable:
        return trying.Outcome(failure=LOST)
