"""Where a person is signed in: allauth's row for each sign-in, beside Django's session of the same key.

The public door loads this module and has neither, so they are imported inside.
"""

from datetime import datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY
from django.db import transaction

from agencies.models import User


def of(user: User, *, now: datetime) -> list[Any]:
    """The sign-ins that still let `user` in, newest first. Two queries, however many there are."""
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    begun = list(UserSession.objects.filter(user=user).order_by("-created_at", "-pk"))
    running = Session.objects.filter(session_key__in=[one.session_key for one in begun], expire_date__gt=now)
    password = user.get_session_auth_hash()  # a session of an earlier password opens nothing any more
    open_ones = {one.session_key for one in running if one.get_decoded().get(HASH_SESSION_KEY) == password}
    return [one for one in begun if one.session_key in open_ones]


@transaction.atomic
def end(user: User, *, session_id: int, keep: str | None) -> bool:
    """Sign `user` out in one other place; False when that is no session of theirs, or the one of the key `keep`."""
    from allauth.usersessions.models import UserSession

    session = UserSession.objects.filter(user=user, pk=session_id).exclude(session_key=keep).first()
    if session is not None:
        session.end()
    return session is not None


@transaction.atomic
def end_others(user: User, *, keep: str | None) -> int:
    """Sign `user` out everywhere but in the session of the key `keep`; how many sessions that ended."""
    from allauth.usersessions.models import UserSession

    others = list(UserSession.objects.filter(user=user).exclude(session_key=keep))
    for session in others:
        session.end()
    return len(others)


def forget_ended() -> None:
    """Delete what is known of sign-ins whose session is gone: an address is kept no longer than it is needed."""
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
