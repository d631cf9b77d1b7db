"""Text comes as UTF-8 and without the character zero.

Python knows charsets that no browser sends, and decoding a form by one of them can raise. PostgreSQL stores no zero,
and forms refuse it while the filters in an address do not.
"""

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware


@sync_and_async_middleware
def utf8_only(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Answer 400 to other text, before anything reads the request's form or query."""
    if iscoroutinefunction(get_response):
        following = cast(Callable[[HttpRequest], Awaitable[HttpResponseBase]], get_response)

        async def middleware(request: HttpRequest) -> HttpResponseBase:
            return refusal() if is_foreign(request) else await following(request)

        return middleware
    return lambda request: refusal() if is_foreign(request) else get_response(request)


def is_foreign(request: HttpRequest) -> bool:
    named = (request.content_params or {}).get("charset", "utf-8")
    return named.strip("\"' ").lower() not in {"utf-8", "utf8"} or "%00" in request.META.get("QUERY_STRING", "")


def refusal() -> HttpResponseBadRequest:
    return HttpResponseBadRequest("Please send text as UTF-8, without zeros.", content_type="text/plain; charset=utf-8")
