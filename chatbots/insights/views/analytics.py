"""Analytics as pages, of a chatbot, a workspace and an agency; what visitors asked there; and all of it as CSV."""

from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from agencies import sheets
from agencies.access import Request, agency_view, require
from agencies.models import Agency
from agencies.pages import panel
from agencies.permissions import Can
from chatbots.insights import questions as asked
from chatbots.insights.forms import spans as forms
from chatbots.insights.numbers import Scope
from chatbots.insights.views import exporting
from chatbots.insights.views.page import page_of
from chatbots.insights.views.places import Place
from workspaces.access import workspace_view
from workspaces.models import Workspace

PAGE, TAB = "chatbots/insights/analytics.html", "chatbots/insights/tab.html"


@require_safe
@agency_view(Can.SEE_AGENCY)
def of_agency(request: Request, agency: Agency) -> HttpResponse:
    return render(request, PAGE, page_of(request, Scope(agency)) | {"agency": agency})


@require_safe
@workspace_view(Can.SEE_ANALYTICS)
def of_workspace(request: Request, workspace: Workspace) -> HttpResponse:
    return render(request, PAGE, page_of(request, Scope(workspace.agency, workspace)) | {"workspace": workspace})


@require_safe
@workspace_view(Can.SEE_ANALYTICS)
def of_chatbot(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    page = page_of(request, Scope(workspace.agency, workspace, chatbot.pk))
    return render(request, TAB, page | {"workspace": workspace, "chatbot": chatbot, "tab": "analytics"})


@require_safe
@agency_view(Can.HANDLE_CONVERSATIONS)
def questions_of_agency(request: Request, agency: Agency) -> HttpResponse:
    return questions(request, Scope(agency))


@require_safe
@workspace_view(Can.HANDLE_CONVERSATIONS)
def questions_of_workspace(request: Request, workspace: Workspace) -> HttpResponse:
    return questions(request, Scope(workspace.agency, workspace))


@require_safe
@workspace_view(Can.HANDLE_CONVERSATIONS)
def questions_of_chatbot(request: Request, workspace: Workspace, chatbot_id: int) -> HttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    return questions(request, Scope(workspace.agency, workspace, chatbot.pk))


@require_safe
@agency_view(Can.SEE_AGENCY)
def export_of_agency(request: Request, agency: Agency) -> StreamingHttpResponse:
    return sheet(request, Scope(agency), name=agency.name)


@require_safe
@workspace_view(Can.SEE_ANALYTICS)
def export_of_workspace(request: Request, workspace: Workspace) -> StreamingHttpResponse:
    return sheet(request, Scope(workspace.agency, workspace), name=workspace.name)


@require_safe
@workspace_view(Can.SEE_ANALYTICS)
def export_of_chatbot(request: Request, workspace: Workspace, chatbot_id: int) -> StreamingHttpResponse:
    chatbot = get_object_or_404(workspace.chatbots, pk=chatbot_id)
    return sheet(request, Scope(workspace.agency, workspace, chatbot.pk), name=f"{workspace.name} {chatbot.name}")


def questions(request: Request, scope: Scope) -> HttpResponse:
    """The questions of the days, grouped."""
    form = forms.of(request.GET)
    chosen = form.chosen(scope.agency, now=timezone.now())
    page: dict[str, Any] = {
        "workspace": scope.workspace,
        "agency": None if scope.workspace else scope.agency,
        "asked": asked.of(scope, chosen.span) if chosen else None,
        "may_teach": Can.MANAGE_SOURCES in request.may,
        "export": f"{Place(scope, request.may).at('export')}?of=questions&{form.days_query()}",
        "may_export": Can.SEE_ANALYTICS in request.may,
    }
    return panel(request, "chatbots/insights/_questions.html", page, title="Questions")


def sheet(request: Request, scope: Scope, *, name: str) -> StreamingHttpResponse:
    """One table of the page as CSV: its days, or what `of` names."""
    of = request.GET.get("of") or "days"
    if of not in exporting.SHEETS:
        raise Http404
    if of == "questions":
        require(request.may, Can.HANDLE_CONVERSATIONS)
    chosen = forms.of(request.GET).chosen(scope.agency, now=timezone.now())
    header, rows = exporting.SHEETS[of]
    lines = sheets.lines(header, rows(scope, chosen.span) if chosen else [])
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{slugify(f"{of} {name} {timezone.localdate()}")}.csv"'
    return answer
