"""The report behind its mailed link: without a login, until the link ends."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from agencies.access import public
from chatbots.models import Report
from chatbots.public import limits
from chatbots.reports import reports, showing
from chatbots.reports.views.paper import paper_of

PAPERS = 6  # a minute, of one report: to draw one takes up to seconds, and a link is passed on


@require_safe
@public
def report(request: HttpRequest, key: str) -> HttpResponse:
    """A link that never was is like any address without a page; one that has ended says whom to ask."""
    sent = wanted(key)
    if reports.is_over(sent, now=timezone.now()):
        return private(render(request, "chatbots/reports/ended.html", {"brand": sent.workspace.agency}, status=410))
    page = {"shown": showing.of(sent), "key": key, "until": sent.link_ends_at}
    return private(render(request, "chatbots/reports/client.html", page))


@require_safe
@public
def paper(request: HttpRequest, key: str) -> HttpResponse:
    sent = wanted(key)
    if reports.is_over(sent, now=timezone.now()):
        return private(render(request, "chatbots/reports/ended.html", {"brand": sent.workspace.agency}, status=410))
    try:
        limits.heed([limits.Limit(f"report:{sent.pk}", PAPERS)])
    except limits.TooMany:
        return private(render(request, "429.html", status=429))
    return private(paper_of(sent))


def wanted(key: str) -> Report:
    sent = reports.opened(key)
    if sent is None:
        raise Http404
    return sent


def private(response: HttpResponse) -> HttpResponse:
    """No cache keeps it, no search engine, and no other site is told its address."""
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
