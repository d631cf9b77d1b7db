"""A visitor and people: asking for one, hearing what is new while they speak, and a thumb for an answer."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from agencies.access import public
from chatbots.answers import waiting
from chatbots.conversations import hearing, takeover
from chatbots.models import Message
from chatbots.public import limits
from chatbots.public.forms import NewsForm, PersonForm, RateForm
from chatbots.public.views.coming import Coming
from chatbots.public.views.turns import NOTICES, answer, blank_form, found, leave_form, noticed, private, reachable

OUT_OF_DATE = "This page is out of date. Please reload it."


@csrf_exempt
@require_POST
@public
async def news(request: HttpRequest, public_id: str) -> HttpResponse:
    """What others said in the visitor's own conversation since a line, and who speaks now."""
    chatbot, form = found(await reachable(public_id).afirst()), NewsForm(request.POST)
    if not form.is_valid():
        return private(JsonResponse({"error": OUT_OF_DATE}, status=HTTPStatus.UNPROCESSABLE_ENTITY))
    sent = form.cleaned_data
    try:
        await waiting.in_database(limits.check_reading, request, chatbot_id=chatbot.pk, token=sent["token"])
    except limits.TooMany as refusal:
        status, notice = noticed(refusal)
        return private(JsonResponse({"error": notice}, status=status))
    heard = await waiting.in_database(hearing.since, chatbot, token=sent["token"], line=sent["after"] or 0)
    shown = [render_to_string("public/_line.html", {"chatbot": chatbot, "line": line}, request) for line in heard.lines]
    return private(JsonResponse({"lines": shown, "last": heard.last, "state": heard.state}))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@public
async def person(request: HttpRequest, public_id: str) -> HttpResponse:
    """The visitor asks for a person: a notice that one was called, or a form to leave a message."""
    if request.method != "POST":
        return redirect("public:chat", public_id)
    chatbot, form = found(await reachable(public_id).afirst()), PersonForm(request.POST)
    if not form.is_valid():
        return await answer(request, chatbot, blank_form(), notice=OUT_OF_DATE, status=422)
    token, page, status = form.cleaned_data["token"], dict[str, Any](), HTTPStatus.OK
    try:
        await waiting.in_database(limits.check, request, **limits.own(chatbot), token=token)
        come = await waiting.in_database(Coming.of, request, chatbot, token=token)
        called = await waiting.in_database(takeover.want, chatbot, token=token, now=timezone.now())
    except tuple(NOTICES) as refusal:
        status, page["notice"] = noticed(refusal)  # type: ignore[assignment]
    else:
        await waiting.in_database(come.note)
        page = told(called, token) if "X-Fragment" in request.headers or called is None else {}
    return await answer(request, chatbot, blank_form(token), token=token, status=status, **page)


@csrf_exempt
@require_POST
@public
async def rate(request: HttpRequest, public_id: str) -> HttpResponse:
    """A thumb for a line of the visitor's own conversation, or none."""
    chatbot, form = found(await reachable(public_id).afirst()), RateForm(request.POST)
    if not form.is_valid():
        return private(HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY))
    sent = form.cleaned_data
    try:
        await waiting.in_database(limits.check_reading, request, chatbot_id=chatbot.pk, token=sent["token"])
    except limits.TooMany as refusal:
        return private(HttpResponse(status=noticed(refusal)[0]))
    if not await waiting.in_database(hearing.rate, chatbot, **sent):
        raise Http404
    return private(HttpResponse(status=HTTPStatus.NO_CONTENT))


def told(called: Message | None, token: str) -> dict[str, Any]:
    """The line that a person was called, or the form to leave a message for one."""
    if called:
        return {"reply": called}
    return {"leaving": leave_form(token, ""), "is_handover": True}
