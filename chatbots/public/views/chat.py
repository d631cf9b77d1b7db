"""The public chat page. No cookie, no login; it works without script, with whole pages, and with it as a stream."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import public
from chatbots.answers import at_limit, exchange, waiting
from chatbots.bots import hours
from chatbots.models import Chatbot, Lead
from chatbots.public import limits
from chatbots.public.forms import MessageForm
from chatbots.public.views import streams
from chatbots.public.views.coming import Coming
from chatbots.public.views.turns import (
    NOTICES,
    RESTING,
    SPENT,
    answer,
    blank_form,
    found,
    leave_form,
    noticed,
    private,
    reachable,
    said_in,
)


@require_safe
@public
def chat(request: HttpRequest, public_id: str) -> HttpResponse:
    chatbot = found(reachable(public_id).first())
    notice = "" if exchange.is_answering(chatbot) else RESTING
    page = {"chatbot": chatbot, "form": blank_form(), "notice": notice}
    page["away_notice"] = hours.notice(chatbot, timezone.now())
    return private(render(request, "public/chat.html", page), chatbot)


@csrf_exempt  # no cookie says who is asking, so there is nothing to forge
@require_http_methods(["GET", "HEAD", "POST"])
@public
async def ask(request: HttpRequest, public_id: str) -> HttpResponseBase:
    if request.method != "POST":  # the address of an answered page, opened anew
        return redirect("public:chat", public_id)
    chatbot = found(await reachable(public_id).afirst())
    form = MessageForm(request.POST)
    if not form.is_valid():
        return await answer(request, chatbot, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return await ask_once(request, chatbot, form)


async def ask_once(request: HttpRequest, chatbot: Chatbot, form: MessageForm) -> HttpResponseBase:
    """The answer, as a stream where the page's script asks for one. What is refused is refused before it begins."""
    sent = form.cleaned_data
    asked = {"token": sent["token"], "message_id": str(sent["message_id"]), "text": sent["text"]}
    try:
        await waiting.in_database(limits.check, request, **limits.own(chatbot), token=sent["token"])
        come = await waiting.in_database(Coming.of, request, chatbot, token=sent["token"])
        if streams.are_wanted(request):
            started = await at_limit.start(chatbot, **asked)
            return come.marked(streams.streamed(request, chatbot, started, form, come))
        reply = await at_limit.ask(chatbot, **asked)
    except at_limit.FormInstead as instead:
        page = dict[str, Any](leaving=leave_form(sent["token"], sent["text"]))
        page["is_handover"] = instead.kind == Lead.Kind.HANDOVER
        return await answer(request, chatbot, blank_form(sent["token"]), token=sent["token"], **page)
    except tuple(NOTICES) as refusal:
        status, notice = noticed(refusal)
        form = blank_form(sent["token"], sent["text"]) if isinstance(refusal, SPENT) else form
        return await answer(request, chatbot, form, token=sent["token"], notice=notice, status=status)
    await waiting.in_database(come.note)
    return come.marked(await answer(request, chatbot, blank_form(sent["token"]), token=sent["token"], **said_in(reply)))
