"""A panel of a composed page: the fragment for HTMX, and a whole page around the same file without it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def panel(
    request: HttpRequest, fragment: str, context: dict[str, Any], *, title: str, status: int = 200
) -> HttpResponse:
    """Render `fragment` alone for HTMX, else inside a whole page titled `title`."""
    if getattr(request, "htmx", None):
        return render(request, fragment, context, status=status)
    return render(request, "panel.html", {**context, "fragment": fragment, "panel_title": title}, status=status)


def press_again(request: HttpRequest, to: str, **ids: Any) -> HttpResponse:
    """Somebody comes from a login that stood in between: looking changes nothing, so the button is theirs to press."""
    messages.info(request, "Nothing was changed yet: please press the button again.")
    answer: HttpResponse = redirect(to, **ids)
    return answer
