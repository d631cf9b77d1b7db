"""The public chat page. No cookie, no login; it works without script, with whole pages."""

import secrets
import uuid
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from agencies.access import public
from billing import pools
from chatbots.answers import at_limit, exchange, llm
from chatbots.conversations import leads
from chatbots.models import Chatbot, Lead
from chatbots.public import limits
from chatbots.public.forms import LeadForm, MessageForm
from workspaces.models import AtLimit

SHOWN = 50  # lines of the conversation on a page without script
RESTING = "I am resting at the moment. Please write to the team directly, or try again later."
REWORDED = "This message was sent before with other words. Please send it again."
NOTICES: dict[type[Exception], tuple[int, str]] = {
    exchange.NotAnswering: (503, RESTING),
    pools.Refused: (429, "I have to take a break for now. Please try again later, or write to the team directly."),
    limits.TooManyForNow: (429, "That was a lot for today. Please try again later, or write to the team directly."),
    limits.TooMany: (429, "That was a lot at once. Please wait a minute, then ask again."),
    llm.Unavailable: (503, "I cannot answer at the moment. Please try again in a little while."),
    pools.HoldGone: (503, "I cannot answer at the moment. Please try again in a little while."),
    exchange.StillRunning: (409, "I am still answering that message. One moment, please."),
    pools.KeyReused: (409, REWORDED),
    leads.SentOtherwise: (409, REWORDED),
    leads.NotTaken: (409, "No messages can be left here any more. Please write to the team directly."),
}
# These ids are spent: under the same one, other words would be refused for ever.
SPENT = (pools.KeyReused, pools.HoldGone, llm.Unavailable)


@require_safe
@public
def chat(request: HttpRequest, public_id: str) -> HttpResponse:
    chatbot = found(reachable(public_id).first())
    notice = "" if exchange.is_answering(chatbot) else RESTING
    return private(render(request, "public/chat.html", {"chatbot": chatbot, "form": blank_form(), "notice": notice}))


@csrf_exempt  # no cookie says who is asking, so there is nothing to forge
@require_http_methods(["GET", "HEAD", "POST"])
@public
async def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    if request.method != "POST":  # the address of an answered page, opened anew
        return redirect("public:chat", public_id)
    chatbot = found(await reachable(public_id).afirst())
    form = MessageForm(request.POST)
    if not form.is_valid():
        return await answer(request, chatbot, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return await ask_once(request, chatbot, form)


async def ask_once(request: HttpRequest, chatbot: Chatbot, form: MessageForm) -> HttpResponse:
    sent = form.cleaned_data
    asked = {"token": sent["token"], "message_id": str(sent["message_id"]), "text": sent["text"]}
    try:
        await exchange.in_database(limits.check, request, chatbot_id=chatbot.pk, token=sent["token"])
        reply = await at_limit.ask(chatbot, **asked)
    except at_limit.FormInstead as instead:
        blank = LeadForm(initial={"token": sent["token"], "request_key": uuid.uuid4(), "text": sent["text"]})
        page = dict[str, Any](leaving=blank, is_handover=instead.kind == Lead.Kind.HANDOVER)
        return await answer(request, chatbot, blank_form(sent["token"]), token=sent["token"], **page)
    except tuple(NOTICES) as refusal:
        status, notice = noticed(refusal)
        form = blank_form(sent["token"], sent["text"]) if isinstance(refusal, SPENT) else form
        return await answer(request, chatbot, form, token=sent["token"], notice=notice, status=status)
    return await answer(request, chatbot, blank_form(sent["token"]), token=sent["token"], reply=reply)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@public
async def leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """The visitor leaves a message for the team; what was typed stays on the page until it is taken."""
    if request.method != "POST":
        return redirect("public:chat", public_id)
    chatbot = found(await reachable(public_id).afirst())
    form, page = LeadForm(request.POST), dict[str, Any](is_handover=chatbot.workspace.at_limit == AtLimit.PERSON)
    is_valid, token = form.is_valid(), form.cleaned_data.get("token", "")
    try:
        await exchange.in_database(limits.check, request, chatbot_id=chatbot.pk, token=token)
        if is_valid:
            page["left"] = await exchange.in_database(leads.leave, chatbot, now=timezone.now(), **form.cleaned_data)
    except tuple(NOTICES) as refusal:
        status, page["notice"] = noticed(refusal)
        page["leaving"] = anew(form) if isinstance(refusal, leads.SentOtherwise) else form
    else:
        status = HTTPStatus.OK if is_valid else HTTPStatus.UNPROCESSABLE_ENTITY
        page["leaving"] = None if is_valid else form
    return await answer(request, chatbot, blank_form(token), token=token, status=status, **page)


def noticed(refusal: Exception) -> tuple[int, str]:
    """The status and the sentence for a refusal."""
    return next(NOTICES[kind] for kind in NOTICES if isinstance(refusal, kind))


async def answer(
    request: HttpRequest, chatbot: Chatbot, form: MessageForm, *, token: str = "", status: int = 200, **page: Any
) -> HttpResponse:
    """The fragment for the script of the page; or the whole page without it, with the conversation so far."""
    context = {"chatbot": chatbot, "form": form, **page}
    if "X-Fragment" in request.headers:
        return private(render(request, "public/_turn.html", context, status=status))
    token = token or getattr(form, "cleaned_data", {}).get("token", "")
    context["lines"] = await exchange.in_database(exchange.lines_of, chatbot, token=token, most=SHOWN)
    return private(render(request, "public/chat.html", context, status=status))


def private(response: HttpResponse) -> HttpResponse:
    """No cache keeps it, and only the console's Preview may frame it."""
    response["Cache-Control"] = "no-store"
    response._csp_replace = {"frame-ancestors": [settings.CONSOLE_URL]}  # type: ignore[attr-defined]
    return response


def blank_form(token: str = "", text: str = "") -> MessageForm:
    """A form with a fresh message id, and the conversation's token, or a new one of 256 bits."""
    return MessageForm(initial={"token": token or secrets.token_urlsafe(32), "message_id": uuid.uuid4(), "text": text})


def anew(form: LeadForm) -> LeadForm:
    """The same words under another key."""
    return LeadForm({**form.cleaned_data, "request_key": uuid.uuid4()})


def reachable(public_id: str) -> QuerySet[Chatbot]:
    """The chatbot of this id, unless its workspace was deleted."""
    open_ones = Chatbot.objects.filter(workspace__deleted_at=None)
    return open_ones.filter(public_id=public_id).select_related("workspace__agency__subscription")


def found(chatbot: Chatbot | None) -> Chatbot:
    if chatbot is None:
        raise Http404
    return chatbot
