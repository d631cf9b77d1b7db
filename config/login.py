"""Your login: one page with what a person signs in with, and where."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies import people, sessions
from agencies.access import HELD_UP, Request, public, signed_in
from agencies.browsers import plain
from agencies.forms import ZoneForm
from agencies.models import User


@require_safe
@signed_in
def yours(request: Request) -> HttpResponse:
    here = request.session.session_key
    signed_in_at = [
        {"session": one, "browser": plain(one.user_agent), "here": one.session_key == here}
        for one in sessions.of(request.user, now=timezone.now())
    ]
    waiting = EmailAddress.objects.get_new(request.user)
    found = factors(request.user)
    equipped = found["app"] or found["passkeys"]
    page = {
        "go_on": request.session.pop(HELD_UP, "") if equipped else "",
        "sessions": signed_in_at,
        "waiting": waiting,
        "passkeys_work": settings.PASSKEYS,
        **found,
    }
    return render(request, "account/yours.html", page)


def factors(user: User) -> dict[str, Any]:
    """What a person has besides the password: the app, how many recovery codes are left, the passkeys."""
    found = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    codes = next((one.wrap() for one in found if one.type == Authenticator.Type.RECOVERY_CODES), None)
    return {
        "app": next((one for one in found if one.type == Authenticator.Type.TOTP), None),
        "passkeys": [one for one in found if one.type == Authenticator.Type.WEBAUTHN],
        "has_codes": codes is not None,
        "codes_left": len(codes.get_unused_codes()) if codes else 0,
    }


@require_POST
@signed_in
def sign_out(request: Request, session_id: int) -> HttpResponse:
    if not sessions.end(request.user, session_id=session_id, keep=request.session.session_key):
        raise Http404
    messages.success(request, "That browser is signed out.")
    return redirect("your-login")


@require_POST
@signed_in
def sign_out_elsewhere(request: Request) -> HttpResponse:
    sessions.end_others(request.user, keep=request.session.session_key)
    messages.success(request, "You are signed out everywhere else.")
    return redirect("your-login")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def time_zone(request: Request) -> HttpResponse:
    """In which zone a person reads times, whatever the agency's is."""
    whose = "That of the agency whose page it is"
    form = ZoneForm(request.POST or request.draft or None, chosen=request.user.time_zone, empty=whose)
    if request.method == "POST" and form.is_valid():
        chosen = people.set_time_zone(request.user, time_zone=form.cleaned_data["time_zone"])
        messages.success(request, f"You read times in {chosen or 'the time zone of the agency'} now.")
        return redirect("your-login")
    return render(request, "account/time_zone.html", {"form": form}, status=422 if request.method == "POST" else 200)


@public
def to_yours(request: HttpRequest) -> HttpResponse:
    """Where allauth leads after a change."""
    return redirect("your-login")
