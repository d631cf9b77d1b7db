"""The Settings tab: a form for each subject, saved in place, and its last changes, which can be undone."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request, require
from agencies.pages import attempt, press_again
from agencies.permissions import Can
from chatbots.bots import appearance, bots, changes, places
from chatbots.bots.forms.availability import AvailabilityForm
from chatbots.bots.forms.subjects import BehaviourForm, IdentityForm, LookForm, SubjectForm
from chatbots.bots.views import showing
from chatbots.models import Chatbot
from workspaces.access import workspace_view
from workspaces.models import Workspace

FORMS: dict[str, type[SubjectForm]] = {
    "identity": IdentityForm,
    "behaviour": BehaviourForm,
    "look": LookForm,
    "availability": AvailabilityForm,
}
GENERAL = [subject for subject in FORMS if subject != "look"]  # the look has a permission of its own


@require_safe
@workspace_view(Can.MANAGE_SETTINGS)
def first(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    """The tab leads to the first of its pages."""
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    return redirect("chatbots:identity", workspace_id=workspace.pk, chatbot_id=chatbot.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SETTINGS)
def configure(request: Request, workspace: Workspace, chatbot_id: int, subject: str) -> HttpResponse:
    return save(request, workspace, chatbot_id, subject)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_LOOK)
def configure_look(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    return save(request, workspace, chatbot_id, "look")


def save(request: Request, workspace: Workspace, chatbot_id: int, subject: str) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    form = form_of(request, chatbot, subject)
    if request.method != "POST" or not form.is_valid():
        return page(request, chatbot, subject, form, status=422 if request.method == "POST" else 200)
    try:
        now = timezone.now()
        change = bots.configure(chatbot, by=request.user, now=now, picture=form.picture, **form.settings)
    except places.ElsewhereMeanwhile as refusal:
        form.add_error(None, str(refusal))
        return page(request, chatbot, subject, form, status=422)
    return saved(request, chatbot, subject, "Saved." if change else "Nothing was changed: it stands so already.")


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SETTINGS)
def undo(
    request: Request, workspace: Workspace, chatbot_id: int, settings_change_id: int, subject: str
) -> HttpResponse:
    return take_back(request, workspace, chatbot_id, settings_change_id, subject)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_LOOK)
def undo_look(request: Request, workspace: Workspace, chatbot_id: int, settings_change_id: int) -> HttpResponse:
    return take_back(request, workspace, chatbot_id, settings_change_id, "look")


def take_back(
    request: Request, workspace: Workspace, chatbot_id: int, settings_change_id: int, subject: str
) -> HttpResponse:
    """Bring back what one change replaced; what was changed again since stays, and is named."""
    there, chatbot = page_named(subject), get_object_or_404(workspace.chatbots, pk=chatbot_id)
    change = get_object_or_404(chatbot.changes.select_related("chatbot"), pk=settings_change_id)
    if request.method != "POST":
        return press_again(request, there, workspace_id=workspace.pk, chatbot_id=chatbot.pk)
    for name in change.after:  # a push may have changed settings of several pages
        require(request.may, Can.MANAGE_LOOK if name in changes.OF["look"] else Can.MANAGE_SETTINGS)
    try:
        left = changes.undo(change, by=request.user, now=timezone.now())
    except (changes.NothingStands, places.ElsewhereMeanwhile) as refusal:
        return saved(request, chatbot, subject, str(refusal))
    stay = f" These were changed again since, and stay: {showing.labels(left)}." if left else ""
    return saved(request, chatbot, subject, f"Undone.{stay}")


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_SETTINGS)
def lock(request: Request, workspace: Workspace, chatbot_id: int, subject: str) -> HttpResponse:
    return hold_against_pushes(request, workspace, chatbot_id, subject)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_LOOK)
def lock_look(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    return hold_against_pushes(request, workspace, chatbot_id, "look")


def hold_against_pushes(request: Request, workspace: Workspace, chatbot_id: int, subject: str) -> HttpResponse:
    """Choose which settings of this page pushes of a blueprint leave alone."""
    there, chatbot = page_named(subject), get_object_or_404(workspace.chatbots, pk=chatbot_id)
    if request.method != "POST":
        return press_again(request, there, workspace_id=workspace.pk, chatbot_id=chatbot.pk)
    locked = [name for name in changes.OF[subject] if name in request.POST.getlist("locked")]
    step = partial(bots.lock, chatbot, among=changes.OF[subject], locked=locked, by=request.user, now=timezone.now())
    attempt(request, step, "Saved.", places.ElsewhereMeanwhile)
    return redirect(there, workspace_id=workspace.pk, chatbot_id=chatbot.pk)


def form_of(request: Request, chatbot: Chatbot, subject: str) -> SubjectForm:
    """What was sent, or was typed before a login stood in between; else the settings, with a look to begin with."""
    kind, values = FORMS[subject], changes.values_of(chatbot)
    if subject == "look":
        values |= appearance.PRESETS.get(request.GET.get("preset", ""), ("", {}))[1]
    typed = request.POST or request.draft or None
    return kind(typed, request.FILES if typed else None, initial=kind.typed_for(values))


def saved(request: Request, chatbot: Chatbot, subject: str, told: str) -> HttpResponse:
    """The page as it is now: in place, or anew without script."""
    if not request.htmx:
        messages.success(request, told)
        return redirect(page_named(subject), workspace_id=chatbot.workspace_id, chatbot_id=chatbot.pk)
    fresh = Chatbot.objects.select_related("workspace__agency").get(pk=chatbot.pk)
    form = FORMS[subject](initial=FORMS[subject].typed_for(changes.values_of(fresh)))
    return page(request, fresh, subject, form, told=told)


def page(
    request: Request, chatbot: Chatbot, subject: str, form: SubjectForm, *, status: int = 200, told: str = ""
) -> HttpResponse:
    context: dict[str, Any] = {
        "workspace": chatbot.workspace,
        "chatbot": chatbot,
        "tab": "settings",
        "subject": subject,
        "fields": f"chatbots/settings/_{subject}.html",
        "form": form,
        "told": told,
        "changes": showing.last_of(chatbot, changes.OF[subject]),
        "locks": showing.locks_of(chatbot, subject),
        "states": showing.STATES,
    }
    context |= showing.beside(subject, form, chatbot)
    template = "chatbots/settings/_form.html" if request.htmx else "chatbots/settings/page.html"
    return render(request, template, context, status=status)


def page_named(subject: str) -> str:
    """The URL name of a subject's page. Raises Http404 for a word that is none."""
    if subject not in FORMS:
        raise Http404
    return f"chatbots:{subject}"
