"""A view that does not say who may call it is a system-check error, so nothing starts with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.urls import URLPattern, URLResolver

from agencies.access import Access

DOORS = ("config.urls", "config.urls_public")

# Views that are not ours, and who guards them: the admin site asks for a support login itself; sign-up, login and reset
# have allauth's own guards and rate limits.
SUPPORT, ACCOUNT = Access("support"), Access("account")


@dataclass(frozen=True)
class Route:
    """One URL of one door, and what its view declared."""

    door: str
    name: str
    pattern: str
    view: Any
    access: Access | None


def routes() -> list[Route]:
    """Every URL of both doors."""
    return [route for door in DOORS for route in walk(door, import_module(door).urlpatterns, "", "")]


def walk(door: str, patterns: Sequence[URLPattern | URLResolver], prefix: str, space: str) -> Iterator[Route]:
    for pattern in patterns:
        whole = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            for route in walk(door, pattern.url_patterns, whole, inner):
                yield replace(route, access=SUPPORT) if pattern.app_name == "admin" else route
        else:
            yield Route(door, space + (pattern.name or ""), whole, pattern.callback, declared(pattern.callback))


def declared(view: Any) -> Access | None:
    """What a view declared, or who guards it elsewhere; None when nobody does."""
    access = getattr(view, "access", None)
    if isinstance(access, Access):
        return access
    return ACCOUNT if getattr(view, "__module__", "").startswith("allauth.") else None


def every_view_says_who_may_call_it(**_: Any) -> list[CheckMessage]:
    return [
        Error(
            f"{route.door}: {route.pattern!r} does not say who may call it.",
            hint="Put @public, @signed_in, @agency_view(...) or @workspace_view(...) on the view.",
            id="bureau.E001",
        )
        for route in routes()
        if route.access is None
    ]


def no_inner_host_is_fetched(**_: Any) -> list[CheckMessage]:
    """Whoever may add a website may read what these hosts answer."""
    if not settings.FETCH_ALLOWED or not settings.SECURE:
        return []
    return [
        Warning(
            f"FETCH_ALLOWED opens {', '.join(settings.FETCH_ALLOWED)} to everybody who may add a website.",
            hint="Leave it empty where others use Bureau.",
            id="bureau.W001",
        )
    ]
