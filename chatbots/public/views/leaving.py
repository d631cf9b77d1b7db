"""A visitor leaves a message for the team."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from agencies.access import public
from chatbots.answers import waiting
from chatbots.conversations import leads
from chatbots.models import Lead
from chatbots.public import limits
from chatbots.public.forms import LeadForm
from chatbots.public.views.coming import Coming
from chatbots.public.views.turns import NOTICES, anew, answer, blank_form, found, noticed, reachable


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@public
async def leave(request: HttpRequest, public_id: str) -> HttpResponse:
    """The visitor leaves a message for the team; what was typed stays on the page until it is taken."""
    if request.method != "POST":
        return redirect("public:chat", public_id)
    chatbot = found(await reachable(public_id).afirst())
    form, page = LeadForm(request.POST), dict[str, Any]()
    is_valid, token = form.is_valid(), form.cleaned_data.get("token", "")
    try:
        await waiting.in_database(limits.check, request, **limits.own(chatbot), token=token)
        kind = await waiting.in_database(leads.kind_for, chatbot, token=token)
        page["is_handover"] = kind == Lead.Kind.HANDOVER
        if is_valid:
            come = await waiting.in_database(Coming.of, request, chatbot, token=token)
            page["left"] = await waiting.in_database(leads.leave, chatbot, now=timezone.now(), **form.cleaned_data)
            await waiting.in_database(come.note)
    except tuple(NOTICES) as refusal:
        status, page["notice"] = noticed(refusal)
        page["leaving"] = anew(form) if isinstance(refusal, leads.SentOtherwise) else form
    else:
        status = HTTPStatus.OK if is_valid else HTTPStatus.UNPROCESSABLE_ENTITY
        page["leaving"] = None if is_valid else form
    return await answer(request, chatbot, blank_form(token), token=token, status=status, **page)
