"""A chatbot's look and picture, for whoever shows it. Caches may keep both for a while, then ask anew by ETag."""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from agencies.access import public
from chatbots.bots import appearance, changes, pictures
from chatbots.public.views.turns import found, reachable

KEPT = "public, max-age=300"  # seconds; a changed look is there soon


@require_safe
@public
def look(request: HttpRequest, public_id: str) -> HttpResponseBase:
    chatbot = found(reachable(public_id).first())
    return kept(request, appearance.stylesheet(changes.values_of(chatbot)).encode(), "text/css; charset=utf-8")


@require_safe
@public
def avatar(request: HttpRequest, public_id: str) -> HttpResponseBase:
    image = pictures.of(found(reachable(public_id).first()))
    if image is None:
        raise Http404
    return kept(request, image, "image/png")


def kept(request: HttpRequest, body: bytes, content_type: str) -> HttpResponseBase:
    """The body, or word that the browser has it already."""
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    response = HttpResponse(body, content_type=content_type)
    response["ETag"], response["Cache-Control"] = etag, KEPT
    return get_conditional_response(request, etag=etag, response=response) or response
