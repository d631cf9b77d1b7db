"""The audit log of an agency and of a workspace, with filters and export; and a workspace's access history."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from agencies import audit, sheets, zones
from agencies.access import Request, agency_view
from agencies.models import Agency, AuditEntry
from agencies.permissions import Can
from workspaces.access import workspace_view
from workspaces.forms.audit import AuditForm
from workspaces.models import Workspace

PAGE = 50
MOMENT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")
HEADER = ("When (UTC)", "Who", "As", "What", "On what", "Workspace", "Before", "After", "Reason")


@require_safe
@agency_view(Can.SEE_AGENCY)
def of_agency(request: Request, agency: Agency) -> HttpResponse:
    page = page_of(request, audit.of_agency(agency.pk), agency, with_workspace=True)
    return render(request, "workspaces/agency_audit.html", page | {"agency": agency})


@require_safe
@agency_view(Can.SEE_AGENCY)
def export_of_agency(request: Request, agency: Agency) -> StreamingHttpResponse:
    form = AuditForm(request.GET, with_workspace=True)
    return sheet(filtered(request, audit.of_agency(agency.pk), form, agency), name=agency.name)


@require_safe
@workspace_view(Can.SEE_AUDIT)
def of_workspace(request: Request, workspace: Workspace) -> HttpResponse:
    page = page_of(request, audit.of_workspace(workspace.agency_id, workspace.pk), workspace.agency)
    return render(request, "workspaces/audit.html", page | {"workspace": workspace})


@require_safe
@workspace_view(Can.SEE_AUDIT)
def export_of_workspace(request: Request, workspace: Workspace) -> StreamingHttpResponse:
    form = AuditForm(request.GET, with_workspace=False)
    entries = filtered(request, audit.of_workspace(workspace.agency_id, workspace.pk), form, workspace.agency)
    return sheet(entries, name=workspace.name)


@require_safe
@workspace_view(Can.SEE)
def access_history(request: Request, workspace: Workspace) -> HttpResponse:
    """Who of the agency, or of support, was in this workspace: every member may read it."""
    visits = audit.of_workspace(workspace.agency_id, workspace.pk).filter(action__in=audit.VISITS)
    page = page_of(request, visits, workspace.agency)
    return render(request, "workspaces/access_history.html", page | {"workspace": workspace})


def filtered(request: Request, entries: QuerySet[AuditEntry], form: AuditForm, agency: Agency) -> QuerySet[AuditEntry]:
    """What the filters leave. One that makes no sense leaves everything, and the form says so at the field."""
    form.is_valid()
    wanted = form.cleaned_data
    zone = ZoneInfo(zones.of_reader(request))  # in which the page shows them
    if who := wanted.get("who"):
        entries = entries.filter(actor_name__icontains=who)
    if action := wanted.get("action"):
        entries = entries.filter(action=action)
    if name := wanted.get("workspace"):
        entries = entries.filter(workspace_id__in=agency.workspaces.filter(name__icontains=name).values("pk"))
    if since := wanted.get("since"):
        entries = entries.filter(at__gte=datetime.combine(since, time(), zone))
    if until := wanted.get("until"):
        entries = entries.filter(at__lt=datetime.combine(until + timedelta(days=1), time(), zone))
    return entries


def page_of(
    request: Request, entries: QuerySet[AuditEntry], agency: Agency, *, with_workspace: bool = False
) -> dict[str, Any]:
    """One page, the newest first; `older` leads to the next one."""
    form = AuditForm(request.GET, with_workspace=with_workspace)
    entries = filtered(request, entries, form, agency)
    if before := form.cleaned_data.get("before"):
        entries = entries.filter(pk__lt=before)
    rows = list(entries[: PAGE + 1])
    query = asked(form)
    return {
        "form": form,
        "rows": [(entry, differences(entry, ZoneInfo(zones.of_reader(request)))) for entry in rows[:PAGE]],
        "named": Workspace.objects.in_bulk([entry.workspace_id for entry in rows if entry.workspace_id]),
        "older": following(query, rows[PAGE - 1].pk) if len(rows) > PAGE else "",
        "newest": not before,
        "query": urlencode(query),
    }


def asked(form: AuditForm) -> dict[str, str]:
    """The filters that are set, as they stand in the address; nothing else that stands there."""
    return {name: form.data[name] for name in form.fields if name != "before" and form.data.get(name)}


def following(query: dict[str, str], last: int) -> str:
    """The address of the page after the entry `last`."""
    return urlencode({**query, "before": last})


def differences(entry: AuditEntry, zone: ZoneInfo) -> list[tuple[str, str, str]]:
    """(what, before, after) of an entry in words, in the order in which it was written; empty is nothing."""
    names = dict.fromkeys([*entry.before, *entry.after])
    was, now = entry.before, entry.after
    return [(name.replace("_", " "), said(was.get(name), zone), said(now.get(name), zone)) for name in names]


def said(value: object, zone: ZoneInfo | None = None) -> str:
    """In words. Moments are those of `zone`, or stay as a machine wrote them."""
    if zone and isinstance(value, str) and MOMENT.fullmatch(value):
        with suppress(ValueError):  # it only looks like one
            return f"{datetime.fromisoformat(value).astimezone(zone):%-d %b %Y, %H:%M}"
    if isinstance(value, list):
        return ", ".join(str(part).replace("_", " ") for part in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def sheet(entries: QuerySet[AuditEntry], *, name: str) -> StreamingHttpResponse:
    """The whole log as CSV."""
    file = slugify(f"audit {name} {timezone.localdate()}")
    answer = StreamingHttpResponse(sheets.lines(HEADER, cells(entries)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{file}.csv"'
    return answer


def cells(entries: QuerySet[AuditEntry]) -> Iterator[tuple[object, ...]]:
    names: dict[int, str] = {}
    for entry in entries.iterator(chunk_size=1000):
        if entry.workspace_id and entry.workspace_id not in names:
            names[entry.workspace_id] = Workspace.objects.get(pk=entry.workspace_id).name
        yield (
            f"{entry.at:%Y-%m-%d %H:%M:%S}",
            entry.actor_name,
            entry.acting_as,
            entry.words,
            entry.target,
            names.get(entry.workspace_id or 0, ""),
            words_of(entry.before),
            words_of(entry.after),
            entry.reason,
        )


def words_of(values: dict[str, Any]) -> str:
    return "; ".join(f"{name}: {said(value)}" for name, value in values.items())
