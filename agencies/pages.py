"""What many views answer with: a panel of a composed page (the fragment for HTMX, else a whole page around the same
file), a step that was taken or refused, rows that were chosen.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from agencies.forms import ChosenForm


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


def chosen_in(request: HttpRequest) -> list[int]:
    """The keys of the rows that a button above a list was pressed for; when that makes no sense, none, and why."""
    form = ChosenForm(request.POST)
    if form.is_valid():
        return list(dict.fromkeys(form.cleaned_data["chosen"]))
    messages.error(request, " ".join(map(str, form.errors["chosen"])))
    return []


def how_many(what: str, *, changed: int, asked: int, told: str) -> str:
    """Of how many rows it is true now, and of how many it was before."""
    alike = asked - changed
    if not changed:
        return f"All of them were {told} already." if alike > 1 else f"It was {told} already."
    said = f"{changed} {what}s are {told}." if changed > 1 else f"1 {what} is {told}."
    return f"{said} {alike} {'were' if alike > 1 else 'was'} already." if alike else said


def press_again(request: HttpRequest, to: str, **ids: Any) -> HttpResponse:
    """Somebody comes from a login that stood in between: looking changes nothing, so the button is theirs to press."""
    messages.info(request, "Nothing was changed yet: please press the button again.")
    answer: HttpResponse = redirect(to, **ids)
    return answer
