"""What was typed into a form whose session had ended: kept over the login, shown again on the same page.

Kept only for a browser in which somebody had signed in, and shown to that person only: a signed cookie remembers who.
"""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from agencies.models import User

KEY = "unfinished"
LAST = "bureau_last"  # the cookie that names who signed in last
REMEMBERED_FOR = 30 * 24 * 3600  # seconds
KEPT_FOR = 3600  # seconds, unless somebody signs in
LONGEST = 1_500_000  # characters, as sent: the longest text that a form takes, also where each letter is sent as six
SECRETS = ("csrfmiddlewaretoken", "password", "password1", "password2", "api_key")


def remember(response: HttpResponseBase, request: HttpRequest, user: User) -> None:
    """Note who is signed in, for the day on which the session has ended."""
    if last_here(request) != str(user.pk):
        response.set_signed_cookie(
            LAST, str(user.pk), max_age=REMEMBERED_FOR, secure=settings.SECURE, httponly=True, samesite="Lax"
        )


def keep(request: HttpRequest) -> None:
    """Remember the posted fields for this path and the person who was here, without secrets."""
    person = last_here(request)
    if request.method != "POST" or not person:
        return
    typed = request.POST.copy()
    for name in SECRETS:
        typed.pop(name, None)
    data = typed.urlencode()
    if len(data) <= LONGEST:
        request.session[KEY] = {"path": request.path, "data": data, "person": person}
        request.session.set_expiry(KEPT_FOR)


def take_up(request: HttpRequest, user: User) -> QueryDict | None:
    """The fields that this person typed into this page before the login, once; None if there are none."""
    kept = request.session.get(KEY)
    if request.method != "GET" or not kept or kept["path"] != request.path:
        return None
    del request.session[KEY]
    if kept["person"] != str(user.pk):
        return None
    messages.info(request, "Here is what you typed before your session ended. Nothing was sent yet.")
    return QueryDict(kept["data"])


def last_here(request: HttpRequest) -> str:
    """Who signed in last in this browser; empty when nobody did."""
    return str(request.get_signed_cookie(LAST, default="", max_age=REMEMBERED_FOR))
