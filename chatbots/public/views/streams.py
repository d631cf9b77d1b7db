"""An answer as server-sent events: `words` with all that was said so far, and last `turn`, or `refused`.

Each carries markup that the server has sanitised, as JSON; the last one the fragment that comes without a stream.
"""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string

from chatbots.answers import exchange, markup, waiting
from chatbots.answers.exchange import Running
from chatbots.models import Chatbot, Message
from chatbots.public.forms import MessageForm
from chatbots.public.views.coming import Coming
from chatbots.public.views.turns import NOTICES, SPENT, after, blank_form, noticed, private, said_in

EVENTS = "text/event-stream"


def are_wanted(request: HttpRequest) -> bool:
    return EVENTS in request.headers.get("Accept", "")


def streamed(
    request: HttpRequest, chatbot: Chatbot, started: Running | Message, form: MessageForm, come: Coming
) -> StreamingHttpResponse:
    """The stream of an exchange, or of a reply that was stored before."""
    response = StreamingHttpResponse(events(request, chatbot, started, form, come), content_type=EVENTS)
    response["X-Accel-Buffering"] = "no"
    return private(response, chatbot)


async def events(
    request: HttpRequest, chatbot: Chatbot, started: Running | Message, form: MessageForm, come: Coming
) -> AsyncGenerator[str, None]:
    token, text = form.cleaned_data["token"], form.cleaned_data["text"]
    try:
        async with aclosing(exchange.frames(started)) as shown:
            async for frame in shown:
                if isinstance(frame, Message):
                    await waiting.in_database(come.note)
                    page = await waiting.in_database(after, chatbot, frame, token=token)
                    page |= {"chatbot": chatbot, "form": blank_form(token), **said_in(frame)}
                    yield turn("turn", request, page)
                else:
                    yield event("words", markup.of(frame))
    except tuple(NOTICES) as refusal:
        again = blank_form(token, text) if isinstance(refusal, SPENT) else form
        _, notice = noticed(refusal)
        yield turn("refused", request, {"chatbot": chatbot, "form": again, "notice": notice})


def turn(name: str, request: HttpRequest, context: dict[str, object]) -> str:
    return event(name, render_to_string("public/_turn.html", context, request))


def event(name: str, html: str) -> str:
    return f"event: {name}\ndata: {json.dumps(html)}\n\n"
