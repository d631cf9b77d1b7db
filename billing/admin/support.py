"""Who is at work in the admin."""

from typing import cast

from django.http import HttpRequest

from agencies.models import User


def supporter(request: HttpRequest) -> User:
    """The support person behind this request; the admin site lets nobody else through."""
    return cast(User, request.user)
