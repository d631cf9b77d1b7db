"""Blueprints of an agency: the list, one with its chatbots, saving, pushing, rolling back."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.pages import press_again
from agencies.permissions import Can
from chatbots.bots import blueprints as domain
from chatbots.bots import changes, places
from chatbots.bots.forms.chatbots import BlueprintForm, PushForm
from chatbots.bots.views import showing
from chatbots.models import Blueprint, BlueprintPush
from workspaces.access import workspace_view
from workspaces.models import Workspace

LISTED = 10  # pushes


@require_safe
@agency_view(Can.MANAGE_WORKSPACES)
def blueprints(request: Request, agency: Agency) -> HttpResponse:
    made = Count("links", filter=Q(links__chatbot__workspace__archived_at=None))
    rows = agency.blueprints.annotate(made=made).select_related("created_by")
    return render(request, "chatbots/blueprints/list.html", {"agency": agency, "blueprints": rows})


@require_safe
@agency_view(Can.MANAGE_WORKSPACES)
def blueprint(request: Request, agency: Agency, blueprint_id: int) -> HttpResponse:
    """Its settings, where each of its chatbots differs, and what was pushed."""
    kept = get_object_or_404(agency.blueprints, pk=blueprint_id)
    return show(request, agency, kept, PushForm(settings=[], chatbots=domain.chatbots_of(kept)))


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def preview(request: Request, agency: Agency, blueprint_id: int) -> HttpResponse:
    """What a push would change; nothing is done."""
    kept = get_object_or_404(agency.blueprints, pk=blueprint_id)
    if request.method != "POST":
        return redirect("chatbots:blueprint", agency_id=agency.pk, blueprint_id=kept.pk)
    form = form_of(request, kept)
    if not form.is_valid():
        return show(request, agency, kept, form, status=422)
    plan = domain.plan(kept, form.cleaned_data["chatbots"], settings=form.cleaned_data["settings"])
    page = {"agency": agency, "blueprint": kept, "rows": showing.plan(plan), "form": form}
    return render(request, "chatbots/blueprints/push.html", page | {"changes": any(each.changes for each in plan)})


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def push(request: Request, agency: Agency, blueprint_id: int) -> HttpResponse:
    kept = get_object_or_404(agency.blueprints, pk=blueprint_id)
    if request.method != "POST":
        return press_again(request, "chatbots:blueprint", agency_id=agency.pk, blueprint_id=kept.pk)
    form = form_of(request, kept)
    if not form.is_valid():
        return show(request, agency, kept, form, status=422)
    try:
        done = domain.push(kept, by=request.user, now=timezone.now(), **form.cleaned_data)
    except (domain.NothingToPush, places.ElsewhereMeanwhile) as refusal:
        form.add_error(None, str(refusal))
        return show(request, agency, kept, form, status=422)
    changed = sum(bool(each.changes) for each in done)
    messages.success(request, f"Pushed into {changed} chatbot{'s' if changed != 1 else ''}.")
    return redirect("chatbots:blueprint", agency_id=agency.pk, blueprint_id=kept.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def roll_back(request: Request, agency: Agency, blueprint_push_id: int) -> HttpResponse:
    pushes = BlueprintPush.objects.filter(agency=agency)
    pushed = get_object_or_404(pushes, pk=blueprint_push_id)
    there: dict[str, Any] = {"agency_id": agency.pk, "blueprint_id": pushed.blueprint_id}
    if request.method != "POST":
        return press_again(request, "chatbots:blueprint", **there)
    try:
        left = domain.roll_back(pushed, by=request.user, now=timezone.now())
    except (domain.RolledBackBefore, places.ElsewhereMeanwhile) as refusal:
        messages.error(request, str(refusal))
    else:
        stay = "; ".join(f"{chatbot}: {showing.labels(names)}" for chatbot, names in left)
        messages.success(request, "Rolled back." + (f" Changed again since, and left alone: {stay}." if stay else ""))
    return redirect("chatbots:blueprint", agency_id=agency.pk, blueprint_id=pushed.blueprint_id)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def delete(request: Request, agency: Agency, blueprint_id: int) -> HttpResponse:
    kept = get_object_or_404(agency.blueprints, pk=blueprint_id)
    if request.method != "POST":
        page = {"agency": agency, "blueprint": kept, "made": domain.chatbots_of(kept).count()}
        return render(request, "chatbots/blueprints/delete.html", page)
    domain.delete(kept, by=request.user, now=timezone.now())
    messages.success(request, f"{kept} is deleted. Its chatbots keep their settings.")
    return redirect("chatbots:blueprints", agency_id=agency.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_WORKSPACES)
def save(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    """Keep a chatbot's settings as a blueprint."""
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    form = BlueprintForm(request.POST or request.draft or None, initial={"name": chatbot.name})
    if request.method == "POST" and form.is_valid():
        try:
            kept = domain.save(chatbot, by=request.user, now=timezone.now(), **form.cleaned_data)
        except (domain.NameTaken, places.ElsewhereMeanwhile) as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, f"{kept} is saved. New chatbots can be made from it.")
            return redirect("chatbots:blueprint", agency_id=workspace.agency_id, blueprint_id=kept.pk)
    page = {"workspace": workspace, "chatbot": chatbot, "form": form, "kept": showing.LABELS_SHARED}
    return render(request, "chatbots/blueprints/save.html", page, status=422 if request.method == "POST" else 200)


def form_of(request: Request, kept: Blueprint) -> PushForm:
    return PushForm(request.POST, settings=list(kept.values), chatbots=domain.chatbots_of(kept))


def show(request: Request, agency: Agency, kept: Blueprint, form: PushForm, *, status: int = 200) -> HttpResponse:
    plan = domain.plan(kept, domain.chatbots_of(kept), settings=changes.SHARED)
    chosen = form.data if isinstance(form.data, QueryDict) else QueryDict()
    page: dict[str, Any] = {
        "agency": agency,
        "blueprint": kept,
        "form": form,
        "settings": showing.settings_of(kept, plan, chosen=chosen.getlist("settings")),
        "differs": any(each.changes or each.locked for each in plan),
        "rows": showing.plan(plan),
        "chosen": chosen.getlist("chatbots"),
        "pushes": kept.pushes.select_related("by", "rolled_back_by").annotate(reached=Count("changes"))[:LISTED],
    }
    return render(request, "chatbots/blueprints/blueprint.html", page, status=status)
