"""The page, and an address that always fails, so that one can see what a lost answer looks like."""

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.access import public
from config.styleguide import samples, tokens

TOLD = (
    Message(constants.SUCCESS, "Bakery is open."),
    Message(constants.WARNING, "Its cap is nearly reached."),
    Message(constants.ERROR, "No seat is left. Free one, or widen the pool."),
)


@require_safe
@public
def styleguide(request: HttpRequest) -> HttpResponse:
    context = samples.everything(timezone.now()) | {
        "messages": TOLD,
        "colours": tokens.colours().values(),
        "words": tokens.words(),
        "type": tokens.beginning("text-"),
        "spaces": tokens.beginning("space-"),
        "radii": tokens.beginning("radius-"),
    }
    return render(request, "styleguide/page.html", context)


@require_safe
@public
def failing(request: HttpRequest) -> HttpResponse:
    """Status 503, as a page behind a proxy whose application is gone."""
    return render(request, "500.html", status=503)
