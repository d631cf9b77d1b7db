"""*Ask for more*: a client asks, the agency grants or declines. It stands where the use of every resource is known."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import Request, agency_view, require
from agencies.models import Agency
from agencies.pages import panel
from agencies.permissions import Can
from billing import periods
from chatbots.use import uses
from chatbots.use.forms import AskForm, DeclineForm, GrantForm
from workspaces import asking, caps, lifecycle
from workspaces.access import workspace_view
from workspaces.models import CapRequest, Resource, Workspace

DECIDED = 20  # so many of those that are decided are shown


@require_safe
@workspace_view(Can.SEE_ANALYTICS)
def own(request: Request, workspace: Workspace) -> HttpResponse:
    """What this workspace asked for and was granted, and what it may ask for now: a part of its use panel."""
    now = timezone.now()
    asked = list(asking.of_workspace(workspace, now=now)[:DECIDED])
    waiting = asking.waiting_for(workspace)
    may_ask = Can.MANAGE_MEMBERS in request.may and Can.MANAGE_WORKSPACES not in request.may
    near = [use for use in uses.of_workspace(workspace, now=now) if use.may_ask and use.resource not in waiting]
    context = {
        "workspace": workspace,
        "asked": [(each, asking.last_day(each)) for each in asked],
        "near": near if may_ask else [],
        "now": now,
    }
    return panel(request, "chatbots/_asking.html", context, title="Asked for more")


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view(Can.MANAGE_MEMBERS)
def ask(request: Request, workspace: Workspace, resource: str) -> HttpResponse:
    """For managers, who answer for the client, and as far as the agency lets them see the numbers."""
    require(request.may, Can.SEE_ANALYTICS)
    if resource not in Resource.values:
        raise Http404
    form, now = AskForm(request.POST or request.draft or None), timezone.now()
    use = uses.of_resource(workspace, resource, now=now)
    if request.method == "POST" and form.is_valid():
        used = use.used if use else 0
        try:
            asking.ask(workspace, resource=resource, used=used, by=request.user, now=now, **form.cleaned_data)
        except (asking.Refused, lifecycle.Refused) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Your agency was asked. You get a mail once it has decided.")
            return redirect("workspaces:show", workspace_id=workspace.pk)
    page = {"workspace": workspace, "form": form, "use": use, "what": caps.words(resource)}
    return render(request, "chatbots/ask.html", page, status=422 if request.method == "POST" else 200)


@require_safe
@agency_view(Can.SEE_AGENCY)
def asked(request: Request, agency: Agency) -> HttpResponse:
    """What clients ask for: a panel of the dashboard, and a page that shows what was decided too."""
    used = {use.key[1:]: use for use in uses.of_agency(agency, now=timezone.now())}
    waiting = [(each, used.get((each.workspace_id, each.resource))) for each in asking.of_agency(agency)]
    decided = [] if request.htmx else asking.decided_of_agency(agency)[:DECIDED]
    context = {
        "agency": agency,
        "waiting": waiting,
        "decided": [(each, asking.last_day(each)) for each in decided],
        "may_decide": Can.MANAGE_WORKSPACES in request.may,
    }
    return panel(request, "chatbots/_asked.html", context, title="Asked for more")


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def grant(request: Request, agency: Agency, cap_request_id: int) -> HttpResponse:
    wish, now = found(agency, cap_request_id), timezone.now()
    period = periods.current(agency, now)
    form = GrantForm(request.POST or request.draft or None, period=period, time_zone=agency.time_zone)
    if request.method == "POST" and form.is_valid():
        step = partial(asking.grant, wish, amount=form.cleaned_data["amount"], ends_at=form.ends_at)
        if done(request, step, form):
            return redirect("chatbots:asked", agency_id=agency.pk)
    return decision(request, "chatbots/grant.html", wish, form)


@require_http_methods(["GET", "HEAD", "POST"])
@agency_view(Can.MANAGE_WORKSPACES)
def decline(request: Request, agency: Agency, cap_request_id: int) -> HttpResponse:
    wish = found(agency, cap_request_id)
    form = DeclineForm(request.POST or request.draft or None)
    if request.method == "POST" and form.is_valid():
        step = partial(asking.decline, wish, **form.cleaned_data)
        if done(request, step, form):
            return redirect("chatbots:asked", agency_id=agency.pk)
    return decision(request, "chatbots/decline.html", wish, form)


def found(agency: Agency, pk: int) -> CapRequest:
    mine = CapRequest.objects.filter(workspace__agency=agency)
    return get_object_or_404(mine.select_related("workspace__agency__subscription", "asked_by", "decided_by"), pk=pk)


def done(request: Request, step: Callable[..., None], form: Form) -> bool:
    """Decide; a refusal stands in the form."""
    try:
        step(by=request.user, now=timezone.now())
    except (asking.Refused, lifecycle.Refused) as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, "Decided. The client reads it on its page, and gets a mail.")
    return True


def decision(request: Request, template: str, wish: CapRequest, form: Form) -> HttpResponse:
    page = {
        "agency": wish.workspace.agency,
        "wish": wish,
        "what": caps.words(wish.resource),
        "use": uses.of_resource(wish.workspace, wish.resource, now=timezone.now()),
        "form": form,
    }
    return render(request, template, page, status=422 if request.method == "POST" else 200)
