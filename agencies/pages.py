"""A panel of a composed page: the fragment for HTMX, and a whole page around the same file without it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def panel(
    request: HttpRequest, fragment: str, context: dict[str, Any], *, title: str, action: str = "", status: int = 200
) -> HttpResponse:
    """Render `fragment` alone for HTMX, else in a whole page titled `title`, with the fragment `action` at its head."""
    if getattr(request, "htmx", None):
        return render(request, fragment, context, status=status)
    page = {**context, "fragment": fragment, "panel_title": title, "panel_action": action}
    return render(request, "panel.html", page, status=status)


def attempt(request: HttpRequest, step: Callable[[], object], told: str, *refusals: type[Exception]) -> bool:
    """Take a step and say how it went: `told`, or the words of a refusal. Whether it was taken."""
    try:
        step()
    except refusals as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, told)
    return True


def press_again(request: HttpRequest, to: str, **ids: Any) -> HttpResponse:
    """Somebody comes from a login that stood in between: looking changes nothing, so the button is theirs to press."""
    messages.info(request, "Nothing was changed yet: please press the button again.")
    answer: HttpResponse = redirect(to, **ids)
    return answer
