"""Who may call a view. Every view carries one of these declarations; `config/checks.py` refuses to start without.

The decorators load the tenant *through the user*, so a view cannot hold one that its user may not see: a stranger gets
the same 404 as for an id that never was, an insider without the permission gets 403.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails
from guardian.shortcuts import assign_perm, get_user_perms, remove_perm

from agencies import unfinished
from agencies.models import Agency, Staff, User
from agencies.permissions import STAFF_MAY, Can

P = ParamSpec("P")
View = Callable[..., Any]


class Request(HttpRequest):
    """A request of somebody who is signed in, as the guarded views receive it."""

    user: User  # the guard lets nobody else through
    htmx: HtmxDetails
    draft: QueryDict | None  # what was typed into this page before the session ended
    may: frozenset[str]  # the permissions held on the view's tenant


@dataclass(frozen=True)
class Access:
    """What a view declared: `public`, `signed in`, `agency` or `workspace`, the latter two with a permission."""

    kind: str
    permission: str = ""


def public(view: View) -> View:
    """Anybody may call it."""
    view.access = Access("public")  # type: ignore[attr-defined]
    return view


def signed_in(view: Callable[Concatenate[Request, P], HttpResponse]) -> View:
    """Anybody with a login may call it, and it shows only what is that person's."""

    @wraps(view)
    def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return guard(request, lambda: view(request, *args, **kwargs))

    guarded.access = Access("signed in")  # type: ignore[attr-defined]
    return guarded


def agency_view(permission: str) -> Callable[[Callable[..., HttpResponse]], View]:
    """The view receives the agency of `agency_id`, if its user holds `permission` there."""

    def declare(view: Callable[..., HttpResponse]) -> View:
        @wraps(view)
        def guarded(request: Request, *, agency_id: int, **kwargs: Any) -> HttpResponse:
            def admitted() -> HttpResponse:
                agency, request.may = agency_for(request.user, agency_id)
                require(request.may, permission)
                return view(request, agency, **kwargs)

            return guard(request, admitted)

        guarded.access = Access("agency", permission)  # type: ignore[attr-defined]
        return guarded

    return declare


def guard(request: Request, admitted: Callable[[], HttpResponse]) -> HttpResponse:
    """Ask for a login first, keep what was typed meanwhile, and let no cache keep the answer."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    request.draft = unfinished.take_up(request, request.user)
    response = admitted()
    add_never_cache_headers(response)
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    unfinished.remember(response, request, request.user)
    return response


def sign_in_first(request: Request) -> HttpResponse:
    """Lead to the login and back; a form that was being sent is kept and shown again afterwards."""
    unfinished.keep(request)
    back = request.get_full_path()
    if request.htmx:  # a fragment's URL is no place to come back to: the page around it is
        back = request.path if request.method == "POST" else request.htmx.current_url_abs_path or "/"
    login = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}"
    return HttpResponseClientRedirect(login) if request.htmx else HttpResponseRedirect(login)


def require(held: frozenset[str], permission: str) -> None:
    """Raises PermissionDenied (403) when an insider lacks `permission`."""
    if permission not in held:
        raise PermissionDenied(Can(permission).label)


def agency_for(user: User, agency_id: int) -> tuple[Agency, frozenset[str]]:
    """The agency and what `user` may do in it. Raises Http404 for strangers, as for an id that never was."""
    agency = Agency.objects.filter(pk=agency_id).first()
    held = permissions_on(user, agency) if agency else frozenset()
    if agency is None or not held:
        raise Http404
    return agency, held


def permissions_on(user: User, tenant: Any) -> frozenset[str]:
    """The codenames that guardian holds for this user on this tenant; being a superuser adds nothing."""
    return frozenset(get_user_perms(user, tenant)) if user.is_active else frozenset()


@transaction.atomic
def set_staff_role(agency: Agency, *, user: User, role: str) -> Staff:
    """Make `user` staff of the agency, or change the role; the only place that writes guardian rows for staff."""
    staff, _ = Staff.objects.update_or_create(agency=agency, user=user, defaults={"role": role})
    project(user, agency, STAFF_MAY[role])
    return staff


def project(user: User, tenant: Any, wanted: frozenset[str]) -> None:
    """Write guardian's rows so that they say exactly what the role says."""
    held = permissions_on(user, tenant)
    for codename in wanted - held:
        assign_perm(codename, user, tenant)
    for codename in held - wanted:
        remove_perm(codename, user, tenant)
