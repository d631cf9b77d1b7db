"""A visitor's conversation, for a page that was loaded anew. The token comes in the body: addresses are logged."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from agencies.access import public
from chatbots.answers import storing
from chatbots.models import Conversation
from chatbots.public import limits
from chatbots.public.forms import TokenForm
from chatbots.public.views.turns import SHOWN, found, private, reachable


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@public
def lines(request: HttpRequest, public_id: str) -> HttpResponse:
    """The last lines, and who speaks. Of an unknown token there are none: it opens nothing and tells nothing."""
    if request.method != "POST":
        return redirect("public:chat", public_id)
    chatbot = found(reachable(public_id).first())
    form = TokenForm(request.POST)
    if not form.is_valid():
        return private(HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY), chatbot)
    token = form.cleaned_data["token"]
    try:
        limits.check_reading(request, chatbot_id=chatbot.pk, token=token)
    except limits.TooMany:
        return private(HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS), chatbot)
    talk = Conversation.objects.filter(chatbot=chatbot, token_hash=storing.hash_of(token)).first()
    page = {"chatbot": chatbot, "lines": storing.lines_of(chatbot, token=token, most=SHOWN)}
    page["state"] = talk.state if talk else ""
    return private(render(request, "public/_lines.html", page), chatbot)
