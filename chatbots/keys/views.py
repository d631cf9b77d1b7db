"""A workspace's API keys in the console. A key lets a program in, so whoever may let people in makes them."""

import uuid
from functools import partial

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.access import Request
from agencies.pages import attempt
from agencies.permissions import Can
from chatbots.bots.places import ElsewhereMeanwhile
from chatbots.keys import keys as domain
from chatbots.keys.forms import KeyForm
from workspaces.access import workspace_view
from workspaces.models import Workspace


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_MEMBERS)
def keys(request: Request, workspace: Workspace) -> HttpResponse:
    """The keys, and a form for another; the new one is shown on the page that making it brings, and never again."""
    form, blank = KeyForm(request.POST or request.draft or None, initial={"request_key": uuid.uuid4()}), None
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _, secret = domain.create(workspace, by=request.user, now=timezone.now(), **form.cleaned_data)
        except (domain.MadeAlready, domain.TooMany, ElsewhereMeanwhile) as refusal:
            form.add_error(None, str(refusal))
        else:
            blank = KeyForm(initial={"request_key": uuid.uuid4()})
    page = {"workspace": workspace, "form": blank or form, "secret": secret, "keys": domain.of_workspace(workspace)}
    page |= {
        "base_url": f"{settings.PUBLIC_URL}/v1",
        "chatbots": workspace.chatbots.order_by("name"),
    }
    refused = request.method == "POST" and not secret
    return render(request, "chatbots/keys.html", page, status=422 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_MEMBERS)
def revoke(request: Request, workspace: Workspace, api_key_id: int) -> HttpResponse:
    key = get_object_or_404(workspace.api_keys, pk=api_key_id)
    if request.method != "POST":
        return render(request, "chatbots/revoke_key.html", {"workspace": workspace, "key": key})
    step = partial(domain.revoke, key, by=request.user, now=timezone.now())
    attempt(request, step, f"{key} is revoked. Whatever used it is refused from now on.")
    return redirect("chatbots:keys", workspace_id=workspace.pk)
