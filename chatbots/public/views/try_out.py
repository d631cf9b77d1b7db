"""A page that stands for a site, to try a chatbot on. It is at this door: the console runs no script but its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.access import public
from chatbots.public.views.turns import found, reachable


@require_safe
@public
def try_out(request: HttpRequest, public_id: str) -> HttpResponse:
    """With the launcher, or the conversation in its place."""
    chatbot = found(reachable(public_id).first())
    page = {"chatbot": chatbot, "mode": "inline" if request.GET.get("mode") == "inline" else "messenger"}
    answer = render(request, "public/try.html", page)
    answer["Cache-Control"] = "no-store"
    return answer
