"""The ledger as pages and as CSV: of an agency, and of one workspace."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from agencies import sheets
from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.permissions import Can
from billing import ledger
from billing.ledger import PAGE, Total, Wanted
from chatbots.insights.forms.ledger import LedgerForm
from chatbots.insights.lines import Line, Reader, named
from chatbots.onboarding import progress
from workspaces.access import workspace_view
from workspaces.models import Workspace

HEADER = ("Row", "When", "Workspace", "Chatbot", "Conversation", "Who", "Rule", "Units", "Pool after")
OF_CORRECTIONS = ("Corrects row", "Reason")
OF_THE_AGENCY = ("Workspace", "Pool after")  # columns that a workspace's own ledger does not have


@require_safe
@agency_view(Can.SEE_AGENCY)
def of_agency(request: Request, agency: Agency) -> HttpResponse:
    if request.visit is None:  # support's look is not the agency's
        progress.look(agency, now=timezone.now())
    return render(request, "chatbots/ledger.html", page_of(request, Reader(agency)) | {"agency": agency})


@require_safe
@workspace_view(Can.SEE_ANALYTICS)
def of_workspace(request: Request, workspace: Workspace) -> HttpResponse:
    """A workspace's own rows; nothing here tells of its siblings, or of the pool."""
    return render(request, "chatbots/ledger.html", page_of(request, reader_of(request, workspace)))


@require_safe
@agency_view(Can.SEE_AGENCY)
def export_of_agency(request: Request, agency: Agency) -> StreamingHttpResponse:
    return sheet(request, Reader(agency), name=agency.name)


@require_safe
@workspace_view(Can.SEE_ANALYTICS)
def export_of_workspace(request: Request, workspace: Workspace) -> StreamingHttpResponse:
    return sheet(request, reader_of(request, workspace), name=workspace.name)


def reader_of(request: Request, workspace: Workspace) -> Reader:
    return Reader(workspace.agency, workspace, is_client=Can.SEE_AGENCY not in request.may)


def page_of(request: Request, reader: Reader) -> dict[str, Any]:
    """One page, the newest first; `older` leads to the next one. Times are those of the agency."""
    form = LedgerForm(request.GET, reader=reader, now=timezone.now())
    wanted = form.wanted()
    before = form.cleaned_data.get("before")
    rows = ledger.page(wanted, before=before, size=PAGE + 1) if wanted else []
    query = {name: form.data[name] for name in form.fields if name != "before" and form.data.get(name)}
    return {
        "workspace": reader.workspace,
        "form": form,
        "zone": reader.agency.time_zone,
        "lines": named(rows[:PAGE], reader),
        "total": ledger.total(wanted) if wanted else Total(0, 0),
        "older": urlencode({**query, "before": rows[PAGE - 1].pk}) if len(rows) > PAGE else "",
        "newest": not before,
        "query": urlencode(query),
    }


def sheet(request: Request, reader: Reader, *, name: str) -> StreamingHttpResponse:
    """All rows that the filters leave, as CSV."""
    wanted = LedgerForm(request.GET, reader=reader, now=timezone.now()).wanted()
    header = [column for column in HEADER if not (reader.workspace and column in OF_THE_AGENCY)]
    lines = sheets.lines([*header, *OF_CORRECTIONS], cells(wanted, reader) if wanted else [])
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{slugify(f"ledger {name} {timezone.localdate()}")}.csv"'
    return answer


def cells(wanted: Wanted, reader: Reader) -> Iterator[list[object]]:
    zone = ZoneInfo(reader.agency.time_zone)
    for rows in ledger.batches(wanted):
        for line in named(rows, reader):
            yield cells_of(line, zone, of_agency=reader.workspace is None)


def cells_of(line: Line, zone: ZoneInfo, *, of_agency: bool) -> list[object]:
    entry = line.entry
    return [
        entry.pk,
        entry.at.astimezone(zone).isoformat(timespec="seconds"),
        *([line.workspace] if of_agency else []),
        line.chatbot,
        entry.conversation_id,
        line.who,
        entry.rule,
        entry.units,
        *([entry.pool_after] if of_agency else []),
        entry.corrects_id,
        entry.reason,
    ]
