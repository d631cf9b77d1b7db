"""The OpenAI-compatible endpoint at the public door: each chatbot of the key's workspace is a model."""

import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TypeVar

from django.http import HttpRequest, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from agencies.access import public
from chatbots.answers import at_limit, exchange, storing, waiting
from chatbots.answers.exchange import Running
from chatbots.api import refusals, requests, shapes
from chatbots.api.refusals import REFUSALS, NoSuchModel
from chatbots.api.shapes import Shape
from chatbots.keys import keys
from chatbots.models import ApiKey, Chatbot, Message
from chatbots.public import limits

R = TypeVar("R", bound=HttpResponseBase)
ONCE = ("Idempotency-Key", "X-Client-Request-Id", "X-Request-Id")  # headers that name a request, the first one counts


@require_safe
@public
def models(request: HttpRequest) -> HttpResponseBase:
    try:
        key = keys.holder(bearer(request), now=timezone.now())
    except keys.NotValid as refusal:
        return refused(refusal)
    return private(JsonResponse(shapes.models(key.workspace.chatbots.order_by("name", "pk"))))


@csrf_exempt  # the key says who is asking, and no cookie does
@require_POST
@public
async def completions(request: HttpRequest) -> HttpResponseBase:
    try:
        key = await waiting.in_database(keys.holder, bearer(request), now=timezone.now())
        wanted = requests.read(request.body)
        chatbot = await waiting.in_database(model_of, key, wanted.model)
        await waiting.in_database(limits.check_key, key_id=key.pk, chatbot_id=chatbot.pk, per_day=chatbot.per_day)
        once = storing.hash_of(name_of(request))[:32]
        sent = {"token": token_of(key, wanted, once), "message_id": once, "text": wanted.text}
        started = await at_limit.start(chatbot, **sent, history=wanted.history, body=wanted.body)
        shape = Shape(once, chatbot.public_id, wanted.text, timezone.now())
        if wanted.stream:
            return streamed(shape, started)
        reply = started if isinstance(started, Message) else await at_limit.reply(started)
    except tuple(REFUSALS) as refusal:
        return refused(refusal)
    return private(JsonResponse(shape.completion(reply)))


def streamed(shape: Shape, started: Running | Message) -> HttpResponseBase:
    response = StreamingHttpResponse(chunks(shape, started), content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"
    return private(response)


async def chunks(shape: Shape, started: Running | Message) -> AsyncGenerator[str, None]:
    """Each with what is new. A failure after the first words is told as the last of them."""
    said = ""
    try:
        async with aclosing(exchange.frames(started)) as coming:
            async for frame in coming:
                words = (frame.text if isinstance(frame, Message) else frame)[len(said) :]
                if words:
                    yield shape.more(words) if said else shape.first(words)
                    said += words
                if isinstance(frame, Message):
                    yield shape.last(frame)
    except tuple(REFUSALS) as error:
        refusal = refusals.of(error)
        yield shapes.event(shapes.error(refusal.text, kind=refusal.kind, code=refusal.code))
    else:
        yield shapes.DONE


def bearer(request: HttpRequest) -> str:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" else ""


def name_of(request: HttpRequest) -> str:
    """What makes a question count once; without a header each is another."""
    return next(filter(None, map(request.headers.get, ONCE)), "") or uuid.uuid4().hex


def token_of(key: ApiKey, wanted: requests.Wanted, once: str) -> str:
    """What keeps conversations apart: those of one `user` are one, and else each question is its own."""
    which = f"user {wanted.user}" if wanted.user else f"question {once}"
    return f"{storing.PROGRAM}{key.pk} {which}"


def model_of(key: ApiKey, model: str) -> Chatbot:
    """Raises NoSuchModel, for a chatbot elsewhere as for one that never was."""
    chatbot = key.workspace.chatbots.filter(public_id=model).select_related("workspace__agency__subscription").first()
    if chatbot is None:
        raise NoSuchModel
    return chatbot


def refused(error: Exception) -> JsonResponse:
    refusal, field = refusals.of(error), getattr(error, "field", None)
    body = shapes.error(refusal.text or str(error), kind=refusal.kind, code=refusal.code, field=field)
    answer = private(JsonResponse(body, status=refusal.status))
    answer["X-Should-Retry"] = "false" if refusal.again is None else "true"  # OpenAI's libraries heed it
    if refusal.again is not None:
        answer["Retry-After"] = str(refusal.again)
    return answer


def private(response: R) -> R:
    response["Cache-Control"] = "no-store"
    return response
