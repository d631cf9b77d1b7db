"""What was typed into a form whose session had ended: kept over the login, shown again on the same page."""

from django.http import HttpRequest, QueryDict

KEY = "unfinished"
LONGEST = 200_000  # characters; a session is no place for more
KEPT_FOR = 3600  # seconds, unless somebody signs in
SECRETS = ("csrfmiddlewaretoken", "password", "password1", "password2")


def keep(request: HttpRequest) -> None:
    """Remember the posted fields for this path, without secrets."""
    if request.method != "POST":
        return
    typed = request.POST.copy()
    for name in SECRETS:
        typed.pop(name, None)
    data = typed.urlencode()
    if len(data) <= LONGEST:
        request.session[KEY] = {"path": request.path, "data": data}
        request.session.set_expiry(KEPT_FOR)


def take_up(request: HttpRequest) -> QueryDict | None:
    """The fields typed into this page before the login, once; None if there are none."""
    kept = request.session.get(KEY)
    if request.method != "GET" or not kept or kept["path"] != request.path:
        return None
    del request.session[KEY]
    return QueryDict(kept["data"])
