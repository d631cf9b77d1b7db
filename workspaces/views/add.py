"""Profile → Add workspace: name, member, resources. One URL a step; HTMX swaps the step in place, and all of it works
without script. The form carries what was typed in the other steps, and the session keeps it for back and reload."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect, push_url

from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.permissions import Can
from workspaces import drafts, invitations, lifecycle, seats
from workspaces.forms.workspaces import AddWorkspaceForm
from workspaces.lifecycle import Caps


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def add(request: Request, agency: Agency, step: str = "name") -> HttpResponse:
    """Show `step`, if what comes before it is right; else the step that is wrong, with words at the field."""
    if step not in AddWorkspaceForm.STEPS:
        raise Http404
    try:
        lifecycle.refuse_if_full(agency)
    except lifecycle.Refused as refusal:
        return render(request, "workspaces/add.html", {"agency": agency, "refusal": str(refusal)})
    typed = request.POST or request.draft or drafts.find(request.session, request.GET.get("form", ""))
    if not typed:
        return show(request, agency, "name", AddWorkspaceForm(agency=agency, initial={"request_key": uuid.uuid4()}))
    form = AddWorkspaceForm(typed, agency=agency)
    if wrong := form.first_wrong(before=step):
        return show(request, agency, wrong, form, status=422)
    return go_on(request, agency, step, form) if request.method == "POST" else show_step(request, agency, step, form)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def create(request: Request, agency: Agency) -> HttpResponse:
    """Open the workspace. The same form sent twice opens one."""
    form = AddWorkspaceForm(request.POST or request.draft or None, agency=agency)
    if not form.is_bound:
        return redirect("workspaces:add", agency_id=agency.pk)
    if request.method == "POST" and form.is_valid():
        try:
            return opened(request, agency, form)
        except lifecycle.Refused as refusal:
            form.add_error("name", str(refusal))
        except (invitations.Refused, seats.SeatsExhausted) as refusal:
            form.add_error("email", str(refusal))
    return show(request, agency, form.first_wrong() or "resources", form, status=422 if form.errors else 200)


def go_on(request: Request, agency: Agency, step: str, form: AddWorkspaceForm) -> HttpResponse:
    """Keep what was typed, and lead to a URL of its own: back, forward and reload come to it again."""
    key = form.cleaned_data.get("request_key") or uuid.uuid4()
    drafts.keep(request.session, key, form.data)
    there = reverse("workspaces:add-step", args=[agency.pk, step]) + "?" + urlencode({"form": key})
    return push_url(show_step(request, agency, step, form), there) if request.htmx else redirect(there)


def opened(request: Request, agency: Agency, form: AddWorkspaceForm) -> HttpResponse:
    sent = form.cleaned_data
    workspace = lifecycle.open_sub_workspace(
        agency,
        name=sent["name"],
        by=request.user,
        now=timezone.now(),
        caps=Caps(sent["message_cap"], sent["source_cap"], sent["seat_cap"]),
        email=sent["email"],
        role=sent["role"],
        request_key=sent["request_key"],
    )
    drafts.drop(request.session, sent["request_key"])
    invited = f" {sent['email']} gets a mail with the invitation." if sent["email"] else ""
    messages.success(request, f"{workspace.name} is open.{invited}")
    there = redirect("workspaces:profile", agency_id=agency.pk)
    return HttpResponseClientRedirect(there.url) if request.htmx else there


def show_step(request: Request, agency: Agency, step: str, form: AddWorkspaceForm) -> HttpResponse:
    """The step with what was typed, and no word about fields that were not sent yet."""
    return show(request, agency, step, AddWorkspaceForm(agency=agency, initial=dict(form.data.items())))


def show(request: Request, agency: Agency, step: str, form: AddWorkspaceForm, *, status: int = 200) -> HttpResponse:
    names = list(AddWorkspaceForm.STEPS)
    at = names.index(step)
    page = {
        "agency": agency,
        "form": form,
        "step": step,
        "steps": names,
        "number": at + 1,
        "previous": names[at - 1] if at else "",
        "next": names[at + 1] if at + 1 < len(names) else "",
        "hidden": [form[name] for other, fields in form.STEPS.items() if other != step for name in fields],
    }
    in_place = request.htmx and not request.htmx.history_restore_request
    template = "workspaces/_add_step.html" if in_place else "workspaces/add.html"
    return render(request, template, page, status=status)
