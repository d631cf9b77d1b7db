"""The admin is for support with a second factor: whoever has none is led to set one up first."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from agencies import second_factor
from agencies.access import HELD_UP
from agencies.models import User

Declare = Callable[..., Callable[..., HttpResponse]]
WITHOUT = ("logout", "login", "jsi18n")  # pages of the admin that show nothing of anybody
WANTED = (
    "Support signs in with a second factor. Set up an authenticator app or a passkey here; after that you can go on."
)


def with_second_factor(admin_view: Declare) -> Declare:
    """`AdminSite.admin_view`, whose pages also ask for a second factor."""

    def declare(view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        guarded = admin_view(view, cacheable)

        @wraps(guarded)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return lead_to_second_factor(request) if lacks_one(request) else guarded(request, *args, **kwargs)

        return asked

    return declare


def lacks_one(request: HttpRequest) -> bool:
    """Whether this is somebody of support on a page of the admin, without a second factor."""
    user, match = request.user, request.resolver_match
    if not settings.SUPPORT_NEEDS_SECOND_FACTOR or not isinstance(user, User) or not user.is_staff:
        return False
    return not (match and match.url_name in WITHOUT) and not second_factor.has_one(user)


def lead_to_second_factor(request: HttpRequest) -> HttpResponse:
    request.session[HELD_UP] = request.get_full_path() if request.method == "GET" else "/admin/"
    messages.warning(request, WANTED)
    return redirect("your-login")
