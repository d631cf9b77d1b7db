"""What the header's workspace switcher offers, for every console page: one scope, loaded when a template asks."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from agencies.models import Staff, User
from workspaces.access import workspaces_of

SHOWN = 50


def switcher(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        user = getattr(user, "_wrapped", None) if user is not None and user.is_authenticated else None
    if user is None:
        return {}
    return {
        "my_staff": SimpleLazyObject(lambda: list(Staff.objects.filter(user=user).select_related("agency"))),
        "my_workspaces": SimpleLazyObject(lambda: list(workspaces_of(user).order_by("-is_main", "name")[:SHOWN])),
    }
