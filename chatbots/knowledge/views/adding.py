"""The forms by which a chatbot is taught, and those that change what it was taught."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.access import Request
from agencies.permissions import Can
from chatbots.bots.places import ElsewhereMeanwhile
from chatbots.knowledge import sources as knowledge
from chatbots.knowledge.fetching import Refused
from chatbots.knowledge.forms.files import FileForm, FilesForm
from chatbots.knowledge.forms.texts import QAForm, QuestionsForm, TextForm
from chatbots.knowledge.forms.websites import WebsiteForm, WebsitesForm
from chatbots.models import Chatbot, DataSource
from workspaces.access import workspace_view
from workspaces.models import Workspace

Kind = DataSource.Kind
REFUSALS = (knowledge.SourcesExhausted, knowledge.AlreadyThere, Refused, ElsewhereMeanwhile)
CHANGED_IN: dict[str, type[forms.Form]] = {
    Kind.WEBSITE: WebsiteForm,
    Kind.FILE: FileForm,
    Kind.TEXT: TextForm,
    Kind.QA: QAForm,
}
CHANGED_BY: dict[str, Callable[..., None]] = {
    Kind.WEBSITE: knowledge.revise_website,
    Kind.FILE: knowledge.revise_file,
    Kind.TEXT: knowledge.revise,
    Kind.QA: knowledge.revise,
}


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SOURCES)
def add_website(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    return add(request, chatbot, WebsiteForm, partial(knowledge.add_website, chatbot), "Add a website")


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SOURCES)
def add_websites(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    return add(request, chatbot, WebsitesForm, partial(knowledge.add_websites, chatbot), "Add a list of websites")


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SOURCES)
def add_files(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    return add(request, chatbot, FilesForm, partial(knowledge.add_files, chatbot), "Add files")


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SOURCES)
def add_text(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    return add(request, chatbot, TextForm, partial(knowledge.add, chatbot, kind=Kind.TEXT), "Add a text")


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SOURCES)
def add_qa(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    return add(
        request, chatbot, QAForm, partial(knowledge.add, chatbot, kind=Kind.QA), "Add a question with its answer"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SOURCES)
def add_questions(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    return add(request, chatbot, QuestionsForm, partial(knowledge.add_questions, chatbot), "Add questions from a CSV")


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SOURCES)
def revise(request: Request, workspace: Workspace, chatbot_id: int, source_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    source = get_object_or_404(chatbot.sources, pk=source_id)
    form = filled(request, CHANGED_IN[source.kind], source)
    if request.method == "POST" and form.is_valid():
        wishes = {name: value for name, value in form.cleaned_data.items() if name != "request_key"}
        try:
            CHANGED_BY[source.kind](source, by=request.user, now=timezone.now(), **wishes)
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, how_it_goes(chatbot, source))
            return redirect("chatbots:sources", workspace_id=workspace.pk, chatbot_id=chatbot.pk)
    page = {"workspace": workspace, "chatbot": chatbot, "tab": "sources", "form": form, "source": source}
    return render(request, "chatbots/revise_source.html", page, status=422 if request.method == "POST" else 200)


def add(
    request: Request, chatbot: Chatbot, form_class: type[forms.Form], step: Callable[..., Any], title: str
) -> HttpResponse:
    form, now = filled(request, form_class), timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            added = step(by=request.user, now=now, **form.cleaned_data)
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, how_it_goes(chatbot, *(added if isinstance(added, list) else [added])))
            return redirect("chatbots:sources", workspace_id=chatbot.workspace_id, chatbot_id=chatbot.pk)
    is_staff = Can.SEE_AGENCY in request.may
    page = {
        "workspace": chatbot.workspace,
        "chatbot": chatbot,
        "tab": "sources",
        "form": form,
        "title": title,
        "room": knowledge.room(chatbot.workspace, is_staff=is_staff, now=now),
        "is_staff": is_staff,
    }
    return render(request, "chatbots/add_source.html", page, status=422 if request.method == "POST" else 200)


def filled(request: Request, form_class: type[forms.Form], source: DataSource | None = None) -> forms.Form:
    """The form with what was sent, or was typed before the session ended, or stands in the source."""
    initial = {name: getattr(source, name) for name in form_class.base_fields if hasattr(source, name)}
    sent = request.POST or request.draft or None
    return form_class(sent, request.FILES or None, initial={**initial, "request_key": uuid.uuid4()})


def how_it_goes(chatbot: Chatbot, *added: DataSource) -> str:
    """What happens with these sources, for the person who sent them."""
    waiting = sum(source.status == DataSource.Status.QUEUED for source in added)
    if waiting:
        what = "It is" if waiting == 1 else f"{waiting:,} data sources are"
        if chatbot.workspace.paused_at:
            return f"{what} learned some minutes after the workspace runs again."
        return f"{what} being learned. The table shows how far it is."
    them = "it" if len(added) == 1 else f"{len(added):,} data sources more"
    return f"Learned. {chatbot.name} answers from {them} now."
