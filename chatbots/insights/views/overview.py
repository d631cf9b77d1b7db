"""All clients of an agency in one table, to sort, search and export."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from agencies import sheets, sorting
from agencies.access import Request, agency_view
from agencies.models import Agency
from agencies.permissions import Can
from chatbots.insights import numbers, overview
from chatbots.insights.overview import SORTS, Overview, Row

PAGE, LONGEST_SEARCH = 50, 80
HEADER = (
    "Client",
    "Units used",
    "Share of the pool",
    "Units a day",
    "Conversations",
    "Visitor messages",
    "Answered",
    "Unanswered",
    "Waiting for a person",
    "Margin",
)


@require_safe
@agency_view(Can.SEE_AGENCY)
def show(request: Request, agency: Agency) -> HttpResponse:
    found, sort, search = asked(request, agency)
    rows = Paginator(found.ordered(sort), PAGE).get_page(request.GET.get("page"))
    kept = {name: value for name, value in (("sort", request.GET.get("sort")), ("q", search)) if value}
    page = {
        "agency": agency,
        "overview": found,
        "rows": rows,
        "trends": numbers.trends(agency, found.span, [row.workspace.pk for row in rows]),
        "columns": sorting.columns(SORTS, sort, kept={"q": search}),
        "search": search,
        "query": urlencode(kept),
    }
    return render(request, "chatbots/insights/overview.html", page)


@require_safe
@agency_view(Can.SEE_AGENCY)
def export(request: Request, agency: Agency) -> StreamingHttpResponse:
    found, sort, _ = asked(request, agency)
    lines = sheets.lines(HEADER, cells(found.ordered(sort)))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    named = slugify(f"overview {agency.name} {timezone.localdate()}")
    answer["Content-Disposition"] = f'attachment; filename="{named}.csv"'
    return answer


def asked(request: Request, agency: Agency) -> tuple[Overview, str, str]:
    """The clients that were searched for, how they are ordered, and the search."""
    search = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    sort = sorting.asked(request.GET.get("sort", ""), SORTS, default="-used")
    return overview.of(agency, now=timezone.now(), search=search), sort, search


def cells(rows: list[Row]) -> Iterator[list[object]]:
    for row in rows:
        each = row.numbers
        yield [
            row.workspace.name,
            row.used,
            "" if row.share is None else f"{row.share:.4f}",
            row.pace,
            each.conversations,
            each.visitor_messages,
            each.answered,
            each.unanswered,
            row.waiting,
            "" if row.money is None or row.money.margin is None else f"{row.money.margin:.4f}",
        ]
