"""Changing a workspace's caps."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.access import Request
from agencies.permissions import Can
from billing import usage
from billing.forms import CapsForm
from workspaces import lifecycle, seats
from workspaces.access import workspace_view
from workspaces.models import Workspace


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_WORKSPACES)
def change(request: Request, workspace: Workspace) -> HttpResponse:
    initial = {name: getattr(workspace, name) for name in ("message_cap", "source_cap", "seat_cap")}
    form = CapsForm(request.POST or request.draft or None, initial=initial)
    meter = usage.meter(workspace, timezone.now())
    if request.method == "POST" and form.is_valid():
        caps = form.cleaned_data
        wanted = lifecycle.Caps(caps["message_cap"], caps["source_cap"], caps["seat_cap"])
        lifecycle.set_caps(workspace, wanted, by=request.user, now=timezone.now())
        for sentence in consequences(workspace, meter.used):
            messages.success(request, sentence)
        return redirect("workspaces:show", workspace_id=workspace.pk)
    page = {"workspace": workspace, "form": form, "meter": meter}
    return render(request, "billing/caps.html", page, status=422 if request.method == "POST" else 200)


def consequences(workspace: Workspace, used: int) -> list[str]:
    """What the new caps mean from now on, in words."""
    return [of_messages(workspace, used), *of_seats(workspace), *of_sources(workspace)]


def of_seats(workspace: Workspace) -> list[str]:
    taken = len(seats.holders(Workspace.objects.filter(pk=workspace.pk), now=timezone.now()))
    if workspace.seat_cap is None or taken < workspace.seat_cap:
        return []
    return [f"{taken} seats are taken, and the cap is {workspace.seat_cap}: they stay, and nobody new can be invited."]


def of_sources(workspace: Workspace) -> list[str]:
    if workspace.source_cap is None:
        return []
    return [f"Up to {workspace.source_cap:,} data sources may be added; those that are there already stay."]


def of_messages(workspace: Workspace, used: int) -> str:
    if workspace.message_cap is None:
        return f"{workspace.name} draws on the shared pool of messages."
    if used < workspace.message_cap:
        return f"{workspace.name} may use {workspace.message_cap - used:,} more message units in this period."
    return (
        f"{workspace.name} has used {used:,} message units, and its cap is {workspace.message_cap:,}: its visitors get "
        "a notice until the period ends or you raise the cap. Nothing that was used is taken back."
    )
