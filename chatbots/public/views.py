"""The public chat page. No cookie, no login; it works without script, with whole pages."""

import secrets
import uuid
from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from agencies.access import public
from billing import pools
from chatbots.answers import exchange, llm
from chatbots.models import Chatbot, Message
from chatbots.public import limits
from chatbots.public.forms import MessageForm

NOTICES: dict[type[Exception], tuple[int, str]] = {
    pools.Refused: (429, "I have to take a break for now. Please try again later, or write to the team directly."),
    limits.TooMany: (429, "That was a lot at once. Please wait a minute, then ask again."),
    llm.Unavailable: (503, "I cannot answer at the moment. Please try again in a little while."),
    pools.HoldGone: (503, "I cannot answer at the moment. Please try again in a little while."),
    exchange.StillRunning: (409, "I am still answering that message. One moment, please."),
    pools.KeyReused: (409, "This message was sent before with other words. Please send it again."),
}


@require_safe
@public
def chat(request: HttpRequest, public_id: str) -> HttpResponse:
    chatbot = found(Chatbot.objects.filter(public_id=public_id).first())
    return page(request, chatbot, blank_form())


@csrf_exempt  # no cookie says who is asking, so there is nothing to forge
@require_POST
@public
async def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    chatbot = found(await Chatbot.objects.filter(public_id=public_id).select_related("workspace__agency").afirst())
    form = MessageForm(request.POST)
    if not form.is_valid():
        return answer(request, chatbot, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    sent = form.cleaned_data
    try:
        await exchange.in_database(limits.check, request, chatbot_id=chatbot.pk, token=sent["token"])
        reply = await exchange.ask(chatbot, token=sent["token"], message_id=str(sent["message_id"]), text=sent["text"])
    except tuple(NOTICES) as refusal:
        status, notice = next(NOTICES[kind] for kind in NOTICES if isinstance(refusal, kind))
        if isinstance(refusal, pools.KeyReused):  # the same words under a new id, or it would be refused for ever
            form = blank_form(sent["token"], sent["text"])
        return answer(request, chatbot, form, notice=notice, status=status)
    return answer(request, chatbot, blank_form(sent["token"]), asked=sent["text"], reply=reply)


def answer(
    request: HttpRequest,
    chatbot: Chatbot,
    form: MessageForm,
    *,
    asked: str = "",
    reply: Message | None = None,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    """The fragment for the script of the page, or the whole page without it."""
    context = {"chatbot": chatbot, "form": form, "asked": asked, "reply": reply, "notice": notice}
    template = "public/_turn.html" if request.headers.get("X-Fragment") else "public/chat.html"
    return private(render(request, template, context, status=status))


def page(request: HttpRequest, chatbot: Chatbot, form: MessageForm) -> HttpResponse:
    return private(render(request, "public/chat.html", {"chatbot": chatbot, "form": form}))


def private(response: HttpResponse) -> HttpResponse:
    """No cache keeps it, and only the console's Preview may frame it."""
    response["Cache-Control"] = "no-store"
    response._csp_replace = {"frame-ancestors": [settings.CONSOLE_URL]}  # type: ignore[attr-defined]
    return response


def blank_form(token: str = "", text: str = "") -> MessageForm:
    """An empty form: the conversation's token, or a new one of 256 bits, and a fresh message id."""
    return MessageForm(initial={"token": token or secrets.token_urlsafe(32), "message_id": uuid.uuid4(), "text": text})


def found(chatbot: Chatbot | None) -> Chatbot:
    if chatbot is None:
        raise Http404
    return chatbot
