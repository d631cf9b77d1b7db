"""Asks one provider one short question, so that whoever typed it in sees whether it answers, and if not, why not.

Nothing of a chatbot is sent and no message unit is taken; the provider counts what it counts.
"""

import ssl
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass
from threading import BoundedSemaphore
from time import monotonic
from urllib.parse import urlsplit

from asgiref.sync import async_to_sync
from django.conf import settings

from chatbots.answers import llm
from chatbots.answers.providers import Provider
from chatbots.knowledge.fetching import calls
from chatbots.knowledge.fetching.refusals import Refused
from chatbots.models import Chatbot

QUESTION = "Please say hello in a few words."
SHOWN = 300  # characters of the reply
LONGEST_WAIT = 30  # seconds: a thread of the console waits so long
AT_ONCE = 2  # in one process of the console, which has other work to do
places = BoundedSemaphore(AT_ONCE)

BUSY = "Others are trying a provider just now. Please press the button again in a minute."
SLOW = "{host} did not answer within {seconds} seconds. Try again later, or take a faster model."
CERTIFICATE = "{host} has no valid certificate, so the key was not sent. Ask whoever runs it."
NO_ANSWER = "{host} could not be reached. Look for a typing mistake in the address, else try again later."
RUBBISH = "{host} sent no reply of the OpenAI protocol. Look whether the address is the one for such clients."
NOTHING = "{host} sent an empty reply. Look whether the model is one for chats."
BROKE_OFF = "{host} broke off in the middle of its reply. Try again; if it stays so, take another model."
STATUSES = {
    400: "{host} refused the question (400). Look whether the model is one that it has, and one for chats.",
    401: "{host} does not accept the key (401). Please enter it again, or make a new one there.",
    402: "{host} wants to be paid first (402). Look at your account there.",
    403: "{host} does not let this key use the model (403). Look at what the key may do there.",
    404: "{host} knows no such model or no such address (404). Look at both for a typing mistake.",
    429: "{host} was asked too often, or your account there is used up (429). Look at it there, or try again later.",
}
BROKEN = "{host} has a fault of its own just now ({status}). Try again later."
WRONG = (
    "{host} refused the question ({status}). Look whether the address is the one for clients of the OpenAI protocol."
)


@dataclass(frozen=True)
class Outcome:
    """What came and after how many seconds; else in `failure`, for the user's eyes, why nothing did."""

    text: str = ""
    seconds: float = 0.0
    failure: str = ""


def ask(provider: Provider) -> Outcome:
    """Wait for the provider's reply to QUESTION, at most LLM_TIMEOUT and LONGEST_WAIT seconds."""
    if not places.acquire(blocking=False):
        return Outcome(failure=BUSY)
    try:
        return async_to_sync(reply)(provider)
    finally:
        places.release()


async def reply(provider: Provider) -> Outcome:
    openai = await llm.sdk()
    began, seconds = monotonic(), min(settings.LLM_TIMEOUT, LONGEST_WAIT)
    wanted = {
        "messages": [{"role": "user", "content": QUESTION}],
        "max_tokens": llm.LENGTHS[Chatbot.Length.SHORT][0],
        "temperature": Chatbot().temperature,  # as chatbots send it: some models refuse one
        "stream": True,
    }
    said = ""
    try:
        with llm.a_place():
            async with aclosing(llm.attempt(openai, provider, wanted, llm.now() + seconds)) as pieces:
                async for piece in pieces:
                    said += piece
    except (llm.Unavailable, llm.BrokeOff) as failure:
        return Outcome(failure=told(failure, host=urlsplit(provider.base_url).netloc, seconds=seconds))
    text = said.strip()
    return Outcome(text if len(text) <= SHOWN else f"{text[:SHOWN]}…", monotonic() - began)


def told(failure: Exception, *, host: str, seconds: int) -> str:
    """Why there is no reply. Of what the provider wrote itself nothing is shown: it may hold the key."""
    causes = list(chain(failure))
    if refused := next((each for each in causes if isinstance(each, Refused)), None):
        return str(refused)
    if status := next((each.status_code for each in causes if hasattr(each, "status_code")), 0):
        return STATUSES.get(status, BROKEN if status >= 500 else WRONG).format(host=host, status=status)
    kinds = (
        (calls.TOO_SLOW, SLOW),
        (ssl.SSLError, CERTIFICATE),
        (calls.NOT_REACHED, NO_ANSWER),
        (llm.BrokeOff, BROKE_OFF),
    )
    fits = (text for kind, text in kinds if any(isinstance(each, kind) for each in causes))
    text = next(fits, RUBBISH if len(causes) > 1 else NOTHING)
    return text.format(host=host, seconds=seconds)


def chain(failure: BaseException | None) -> Iterator[BaseException]:
    """The failure, and what each came from."""
    while failure:
        yield failure
        failure = failure.__cause__ or failure.__context__
