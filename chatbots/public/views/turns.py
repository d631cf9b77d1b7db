"""What one message brings: a fragment for the page's script, or the whole page; and the sentences for refusals."""

import re
import secrets
import uuid
from typing import Any, TypeVar

from csp.constants import SELF
from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from billing import pools
from chatbots.answers import exchange, follow_ups, llm, storing, waiting
from chatbots.conversations import leads
from chatbots.models import Chatbot, Message
from chatbots.public import limits
from chatbots.public.forms import LeadForm, MessageForm
from workspaces.models import AtLimit

R = TypeVar("R", bound=HttpResponseBase)
SHOWN = 50  # lines of the conversation on a page without script
RESTING = "I am resting at the moment. Please write to the team directly, or try again later."
REWORDED = "This message was sent before with other words. Please send it again."
STILL = "I am still answering that message. One moment, please."
NOTICES: dict[type[Exception], tuple[int, str]] = {
    exchange.NotAnswering: (503, RESTING),
    pools.Refused: (429, "I have to take a break for now. Please try again later, or write to the team directly."),
    limits.TooManyForNow: (429, "That was a lot for today. Please try again later, or write to the team directly."),
    limits.TooMany: (429, "That was a lot at once. Please wait a minute, then ask again."),
    llm.Unavailable: (503, "I cannot answer at the moment. Please try again in a little while."),
    pools.HoldGone: (503, "I cannot answer at the moment. Please try again in a little while."),
    storing.StillRunning: (409, STILL),
    storing.AnsweredFree: (409, STILL),
    pools.KeyReused: (409, REWORDED),
    leads.SentOtherwise: (409, REWORDED),
    leads.NotTaken: (409, "No messages can be left here any more. Please write to the team directly."),
}
HOST = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?")
# These ids are spent: under the same one, other words would be refused for ever.
SPENT = (pools.KeyReused, pools.HoldGone, llm.Unavailable)


def noticed(refusal: Exception) -> tuple[int, str]:
    """The status and the sentence for a refusal."""
    return next(NOTICES[kind] for kind in NOTICES if isinstance(refusal, kind))


async def answer(
    request: HttpRequest, chatbot: Chatbot, form: MessageForm, *, token: str = "", status: int = 200, **page: Any
) -> HttpResponse:
    """The fragment for the script of the page; or the whole page without it, with the conversation so far."""
    context = {"chatbot": chatbot, "form": form, **page}
    token = token or getattr(form, "cleaned_data", {}).get("token", "")
    if reply := page.get("reply"):
        context |= await waiting.in_database(after, chatbot, reply, token=token)
    if "X-Fragment" in request.headers:
        return private(render(request, "public/_turn.html", context, status=status), chatbot)
    context["lines"] = await waiting.in_database(storing.lines_of, chatbot, token=token, most=SHOWN)
    return private(render(request, "public/chat.html", context, status=status), chatbot)


def after(chatbot: Chatbot, reply: Message, *, token: str) -> dict[str, Any]:
    """What a visitor can do next: ask on, ask for a person, or leave a message where there was no answer."""
    if reply.author != Message.Author.AI:
        return {}
    page: dict[str, Any] = {"further": follow_ups.of(chatbot, reply), "may_person": may_person(chatbot)}
    if not reply.found and chatbot.without_answer == Chatbot.WithoutAnswer.LEAD:
        asked = reply.conversation.messages.filter(author=Message.Author.VISITOR, pk__lt=reply.pk).last()
        page["leaving"] = leave_form(token, asked.text if asked else "")
        page["is_unanswered"] = True
    return page


def may_person(chatbot: Chatbot) -> bool:
    """Whether visitors may ask for a person."""
    at_limit = chatbot.workspace.at_limit == AtLimit.PERSON
    return at_limit or chatbot.without_answer == Chatbot.WithoutAnswer.PERSON


def private(response: R, chatbot: Chatbot | None = None) -> R:
    """No cache keeps it, and only the console's Preview and the chatbot's sites may frame it."""
    response["Cache-Control"] = "no-store"
    response._csp_replace = {"frame-ancestors": ancestors(chatbot)}  # type: ignore[attr-defined]
    return response


def said_in(line: Message) -> dict[str, Any]:
    """The chatbot's reply, or the visitor's own line, which a person got: as the turn's template names them."""
    return {"told" if line.author == Message.Author.VISITOR else "reply": line}


def ancestors(chatbot: Chatbot | None) -> list[str]:
    """Who may show the page in a frame. Without allowed domains every site may; what is no host of ours never may."""
    if chatbot and not chatbot.allowed_domains:
        return ["*"]
    hosts = chatbot.allowed_domains if chatbot else []
    return [SELF, settings.CONSOLE_URL, *(host for host in hosts if HOST.fullmatch(host))]


def blank_form(token: str = "", text: str = "") -> MessageForm:
    """A form with a fresh message id, and the conversation's token, or a new one of 256 bits."""
    return MessageForm(initial={"token": token or secrets.token_urlsafe(32), "message_id": uuid.uuid4(), "text": text})


def leave_form(token: str, text: str) -> LeadForm:
    """A form to leave a message for the team, with what was asked."""
    return LeadForm(initial={"token": token, "request_key": uuid.uuid4(), "text": text})


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
