"""Who may call a view. Every view carries one of these declarations; `config/checks.py` refuses to start without.

The decorators load the tenant *through the user*, so a view cannot hold one that its user may not see: a stranger gets
the same 404 as for an id that never was, an insider without the permission gets 403.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef
from django.http import Http404, HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails
from guardian.models import UserObjectPermissionBase
from guardian.shortcuts import get_user_perms
from guardian.utils import get_user_obj_perms_model

from agencies import second_factor, unfinished, visits
from agencies.models import Agency, AgencyUserObjectPermission, Staff, SupportVisit, User
from agencies.permissions import READING, STAFF_MAY, Can

READS = ("GET", "HEAD", "OPTIONS")
HELD_UP = "held_up"  # in the session: where somebody wanted to go who had no second factor
P = ParamSpec("P")
View = Callable[..., Any]


class Request(HttpRequest):
    """A request of somebody who is signed in, as the guarded views receive it."""

    user: User  # the guard lets nobody else through
    htmx: HtmxDetails
    draft: QueryDict | None  # what was typed into this page before the session ended
    may: frozenset[str]  # the permissions held on the view's tenant
    zone: str  # of the view's agency, for who has none of their own
    visit: SupportVisit | None  # through which support reads this page


@dataclass(frozen=True)
class Access:
    """What a view declared: `public`, `signed in`, `agency` or `workspace`, the latter two with a permission."""

    kind: str
    permission: str = ""
    while_suspended: bool = False  # whether it changes things even then: leaving and paying stay possible


def public(view: View) -> View:
    """Anybody may call it."""
    view.access = Access("public")  # type: ignore[attr-defined]
    return view


def signed_in(view: Callable[Concatenate[Request, P], HttpResponseBase]) -> View:
    """Anybody with a login may call it, and it shows only what is that person's."""

    @wraps(view)
    def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return guard(request, lambda: view(request, *args, **kwargs))

    guarded.access = Access("signed in")  # type: ignore[attr-defined]
    return guarded


def agency_view(permission: str, *, while_suspended: bool = False) -> Callable[[Callable[..., HttpResponseBase]], View]:
    """The view receives the agency of `agency_id`, if its user holds `permission` there."""

    access = Access("agency", permission, while_suspended)

    def declare(view: Callable[..., HttpResponseBase]) -> View:
        @wraps(view)
        def guarded(request: Request, *, agency_id: int, **kwargs: Any) -> HttpResponseBase:
            def admitted() -> HttpResponseBase:
                agency = (
                    Agency.objects.filter(pk=agency_id)
                    .annotate(held=held_on(AgencyUserObjectPermission, request.user))
                    .first()
                )
                if agency is None:
                    raise Http404
                request.may, request.visit = standing_in(request.user, agency, frozenset(agency.held))
                request.zone = agency.time_zone
                if not request.may:
                    raise Http404
                if answer := held_up(request, agency):
                    return answer
                require(request.may, permission, lambda: f"Your role in {agency} does not allow it. Ask an owner.")
                return permitted(request, agency, access, lambda: view(request, agency, **kwargs))

            return guard(request, admitted)

        guarded.access = access  # type: ignore[attr-defined]
        return guarded

    return declare


def guard(request: Request, admitted: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Ask for a login first, keep what was typed meanwhile, say why not, and let no cache keep the answer."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    request.draft = unfinished.take_up(request, request.user)
    try:
        response: HttpResponseBase = admitted()
    except PermissionDenied as denial:  # answered here: its words name tenants, and Django would log them
        response = render(request, "403.html", {"exception": str(denial)}, status=403)
    add_never_cache_headers(response)
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    unfinished.remember(response, request, request.user)
    note_activity(request.user)
    return response


def note_activity(user: User) -> None:
    """Remember the day, once a day: seats of people who do not come any more are marked as idle."""
    today = datetime.now(UTC).date()
    if user.last_active_on != today:
        User.objects.filter(pk=user.pk).update(last_active_on=today)


def sign_in_first(request: Request) -> HttpResponseBase:
    """Lead to the login and back; a form that was being sent is kept and shown again afterwards."""
    unfinished.keep(request)
    back = request.get_full_path()
    if request.htmx:  # a fragment's URL is no place to come back to: the page around it is
        back = request.path if request.method == "POST" else request.htmx.current_url_abs_path or "/"
    login = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}"
    return HttpResponseClientRedirect(login) if request.htmx else HttpResponseRedirect(login)


def ask_an_owner() -> str:
    return "Your role does not allow it. Ask an owner of the agency."


def require(held: frozenset[str], permission: str, why_not: Callable[[], str] = ask_an_owner) -> None:
    """Raises PermissionDenied (403) with words for an insider who lacks `permission`."""
    if permission not in held:
        raise PermissionDenied(why_not())


def standing_in(user: User, agency: Agency, held: frozenset[str]) -> tuple[frozenset[str], SupportVisit | None]:
    """What `user`, who holds this as staff, may do in all of the agency, and the visit through which support reads."""
    visit = None if held else visits.running(user, agency)
    return (READING if visit else held), visit


def held_up(request: Request, agency: Agency) -> HttpResponseBase | None:
    """What stands before staff whose agency requires a second factor, until they have one."""
    if request.visit or agency.second_factor_required_at is None or second_factor.has_one(request.user):
        return None
    if request.htmx:
        return HttpResponseClientRedirect(resolve_url("your-login"))
    request.session[HELD_UP] = request.get_full_path() if request.method == "GET" else request.path
    messages.warning(request, second_factor.wanted_by(agency))
    return HttpResponseRedirect(resolve_url("your-login"))


def permitted(
    request: Request, agency: Agency, access: Access, view: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """The view's answer. Raises PermissionDenied where a visit, or a suspended account, would change something."""
    if request.visit and request.method not in READS:
        raise PermissionDenied("On a visit support only reads. Ask the agency to change it.")
    if agency.suspended_at and request.method not in READS and not access.while_suspended:
        raise PermissionDenied(only_read(agency, Can.SEE_AGENCY in request.may))
    return view()


def only_read(agency: Agency, is_staff: bool) -> str:
    """Why nothing can be changed in a suspended account, and who can help: its people, or their clients."""
    help_by = "The reason stands on its pages; write to support to settle it." if is_staff else f"Ask {agency}."
    return f"{agency} is suspended, so its pages are only read, and nothing was changed. {help_by}"


def permissions_on(user: User, tenant: Any) -> frozenset[str]:
    """The codenames that guardian holds for this user on this tenant; being a superuser adds nothing."""
    return frozenset(get_user_perms(user, tenant)) if user.is_active else frozenset()


def held_on(grants: type[UserObjectPermissionBase], user: User, *, at: str = "pk") -> ArraySubquery:
    """The same as a column of the tenants' table, or of another at whose `at` they stand: loaded with the tenant."""
    own = grants._default_manager.filter(user=user, user__is_active=True, content_object=OuterRef(at))
    return ArraySubquery(own.values("permission__codename"))


@transaction.atomic
def set_staff_role(agency: Agency, *, user: User, role: str) -> Staff:
    """Make `user` staff of the agency, or change the role; the only place that writes guardian rows for staff."""
    staff, _ = Staff.objects.update_or_create(agency=agency, user=user, defaults={"role": role})
    project(user, agency, STAFF_MAY[role])
    return staff


def project(user: User, tenant: Any, wanted: frozenset[str]) -> None:
    """Write guardian's rows so that they say exactly what the role says, also for somebody who is locked out now."""
    grants = get_user_obj_perms_model(tenant)
    rows = grants._default_manager.filter(user=user, content_object=tenant)
    held = set(rows.values_list("permission__codename", flat=True))
    if missing := wanted - held:
        kind = ContentType.objects.get_for_model(tenant)
        permissions = Permission.objects.filter(content_type=kind, codename__in=missing)
        new = [grants(user=user, content_object=tenant, permission=permission) for permission in permissions]
        if len(new) < len(missing):
            raise Permission.DoesNotExist(f"{kind} has no permission for some of {sorted(missing)}.")
        grants._default_manager.bulk_create(new, ignore_conflicts=True)  # one by one, a role took a hundred queries
    if surplus := held - wanted:
        rows.filter(permission__codename__in=surplus).delete()
